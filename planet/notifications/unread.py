"""How many rows of an inbox are unread, kept in Redis so that a page costs no query for its badge.

What filters put aside is not among them. The number in Redis must never be older than the last commit. A plain
"read, miss, count, store" can store a count from before a commit after that commit has cleared the key. So a reader
first leaves a lease under the key, and the count is stored only where that lease still stands; a commit clears either.
Without Redis the database answers.
"""

import logging
import secrets
from collections.abc import Iterable
from uuid import UUID

from django_redis import get_redis_connection
from redis.exceptions import RedisError

from planet.notifications.models import Notification

logger = logging.getLogger(__name__)

KEPT_SECONDS = 600
LEASE_SECONDS = 10
# Store the count only where the lease still is ours.
_STORE = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3]) end"


def _key(user_id: UUID) -> str:
    return f"planet:unread:{user_id}"


def _counted(user_id: UUID) -> int:
    return Notification.objects.filter(recipient=user_id, read_at=None, filtered=False).count()


def count(user_id: UUID) -> int:
    """How many rows are unread, as of now."""
    try:
        redis = get_redis_connection("default")
        kept = redis.get(_key(user_id))
        if kept is not None and kept.isdigit():
            return int(kept)
        lease = "lease-" + secrets.token_hex(8)
        if not redis.set(_key(user_id), lease, nx=True, ex=LEASE_SECONDS):
            return _counted(user_id)  # another reader is filling it
        found = _counted(user_id)
        redis.eval(_STORE, 1, _key(user_id), lease, found, KEPT_SECONDS)
    except RedisError:
        logger.warning("the unread count could not be kept", exc_info=True)
        return _counted(user_id)
    return found


def clear(user_ids: Iterable[UUID]) -> None:
    """Forget the counts; call it after the commit that changed them."""
    keys = [_key(user_id) for user_id in user_ids]
    if not keys:
        return
    try:
        get_redis_connection("default").delete(*keys)
    except RedisError:
        logger.warning("%s unread counts may be old for %s seconds", len(keys), KEPT_SECONDS, exc_info=True)
