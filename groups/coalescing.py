"""Changes that come by the hundred (reactions, votes, answers in a thread) are told together.

The first of a quiet time is told at once. What follows within `EVERY_MS` waits in Redis, for all processes together:
which revisions of the channel, of which messages. Whoever was the first to wait tells all of it when the time is up:
each message once, as it is by then, with the revisions that this stands for, so that no browser misses any.

Should the process die meanwhile, or Redis forget, the revisions are a hole that browsers notice, or that the
confirmation every five seconds (`groups.broadcasts.confirm`) tells: they fetch what they lack.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from threading import Timer
from typing import Any, Final
from uuid import UUID

import redis
from django.db import close_old_connections, connection

from planet.realtime.connection import client

logger = logging.getLogger(__name__)

EVERY_MS: Final = 250  # a channel
_WAITED_MS: Final = 2_000  # whoever promised to tell and did not within this time is dead
_KEPT_SECONDS: Final = 30

Tell = Callable[[UUID, Mapping[UUID, Collection[int]]], None]  # a channel, revisions by message

# In one step: nobody may add to what was taken, and nobody may find it a second time.
_TAKE: Final = """
local found = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return found
"""


def soon(channel_id: UUID, message_id: UUID, revision: int, tell: Tell) -> None:
    """Have `tell` called with this change: now if nothing was told of the channel just before, else together.

    Call it after the commit. With Redis away everything is told at once.
    """
    try:
        _wait(channel_id, message_id, revision)
        found = _taken(channel_id) if _is_turn(channel_id) else _promised(channel_id, tell)
    except redis.RedisError:
        found = {message_id: [revision]}
    if found:
        tell(channel_id, found)


def _promised(channel_id: UUID, tell: Tell) -> dict[UUID, list[int]]:
    """Tell what waits when the time is up, unless somebody will; for now nothing."""
    if client().set(_name(channel_id, "promised"), 1, px=_WAITED_MS, nx=True):
        later(lambda: _keep_promise(channel_id, tell))
    return {}


def later(run: Callable[[], None]) -> None:
    """In a thread of its own, when the time is up; it ends with the process."""
    timer = Timer(EVERY_MS / 1000, _alone, [run])
    timer.daemon = True
    timer.start()


def _alone(run: Callable[[], None]) -> None:
    close_old_connections()
    try:
        run()
    except Exception:
        logger.exception("changes could not be told")
    finally:
        connection.close()


def _keep_promise(channel_id: UUID, tell: Tell) -> None:
    try:
        # Before looking: whoever comes from now on promises anew, or finds that it is its turn.
        client().delete(_name(channel_id, "promised"))
        if _is_turn(channel_id):
            found = _taken(channel_id)
        else:
            waits = client().exists(_name(channel_id, "waiting"))
            found = _promised(channel_id, tell) if waits else {}
    except redis.RedisError as error:
        logger.warning("changes of channel %s are left to its confirmation: %s", channel_id, error)
        return
    if found:
        tell(channel_id, found)


def _name(channel_id: UUID, what: str) -> str:
    return f"planet:groups:changes:{channel_id}:{what}"


def _wait(channel_id: UUID, message_id: UUID, revision: int) -> None:
    pipeline = client().pipeline(transaction=False)
    pipeline.hset(_name(channel_id, "waiting"), str(revision), str(message_id))
    pipeline.expire(_name(channel_id, "waiting"), _KEPT_SECONDS)
    pipeline.execute()


def _is_turn(channel_id: UUID) -> bool:
    return bool(client().set(_name(channel_id, "told"), 1, px=EVERY_MS, nx=True))


def _taken(channel_id: UUID) -> dict[UUID, list[int]]:
    """What waits, by message; it waits no more."""
    flat: Any = client().register_script(_TAKE)(keys=[_name(channel_id, "waiting")])
    found: dict[UUID, list[int]] = {}
    for revision, message_id in sorted((int(a), b) for a, b in zip(flat[::2], flat[1::2], strict=True)):
        found.setdefault(UUID(message_id.decode()), []).append(revision)
    return found
