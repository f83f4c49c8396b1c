"""Drawn pictures: made once, kept in Redis, one at a time in a process."""

import threading
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from posts.sharing.drawing import draw
from posts.sharing.subjects import Subject

SECONDS_KEPT: Final = 6 * 3600  # a link is looked at by all readers of previews soon after it was shared
_WAIT_SECONDS: Final = 4
# Half a second of a core each: whoever asks for many waits, and the pages do not.
_turn = threading.BoundedSemaphore(1)


class Busy(Exception):
    """Too many pictures are being drawn right now."""


def picture(subject: Subject) -> bytes:
    """The subject's picture. Raises Busy."""
    key = f"share:{subject.kind}:{subject.key}:{subject.version}"
    if kept := _recall(key):
        return kept
    if not _turn.acquire(timeout=_WAIT_SECONDS):
        raise Busy
    try:
        drawn = _recall(key) or draw(subject.card())  # somebody else may have drawn it meanwhile
    finally:
        _turn.release()
    _keep(key, drawn)
    return drawn


def _recall(key: str) -> bytes | None:
    try:
        kept = cache.get(key)
    except RedisError:
        return None
    return bytes(kept) if kept else None


def _keep(key: str, drawn: bytes) -> None:
    try:
        cache.set(key, drawn, SECONDS_KEPT)
    except RedisError:
        return
