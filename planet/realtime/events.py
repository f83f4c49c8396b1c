"""Publishing: what apps call, on commit."""

import logging
from threading import Lock
from typing import Any, cast
from uuid import UUID

import msgspec
import redis

from planet.realtime import topics, wire
from planet.realtime.connection import client, control_channel, events_channel, log_key

logger = logging.getLogger(__name__)

LOG_EVENTS = 64  # events kept for replay, a topic
LOG_SECONDS = 600  # and how long: longer away is a gap
_MISSED_LIMIT = 256

# One step, so that no hub hears an event that a replay does not have, and none is replayed that was not sent.
_PUBLISH = """
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[4], '*', 's', ARGV[3], 'e', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('PUBLISH', ARGV[1], ARGV[2] .. '\\n' .. ARGV[3] .. '\\n' .. id .. '\\n' .. ARGV[6])
return id
"""

_missed: set[str] = set()
_missed_lock = Lock()


def publish(topic: str, kind: str, data: dict[str, Any] | None = None, html: str | None = None) -> None:
    """Send an event to everyone who listens to `topic`; call it on commit.

    `html` is a viewer-neutral fragment, rendered once. A browser may receive an event twice, so whoever applies it must
    not mind. Redis being away fails nothing: it is logged, and the next publication from here tells the topic's
    listeners that they missed something. Raises LookupError for a topic that nobody registered, ValueError for a kind
    that belongs to the socket itself.
    """
    if kind in wire.RESERVED_KINDS:
        raise ValueError(f"{kind!r} is a kind of the socket's own")
    for route in topics.routes(topic):
        body = wire.encode(route.topic, kind, data, html)
        if len(body) > wire.MAX_EVENT:
            logger.error("a %s event on %s has %d bytes; its listeners reload instead", kind, topic, len(body))
            body = wire.encode(route.topic, "gap")
        _send(route, body)


def _send(route: topics.Route, body: bytes) -> None:
    try:
        _run(route, body)
    except redis.RedisError as error:
        logger.warning("could not publish on %s: %s", route.topic, error)
        with _missed_lock:
            _missed.add(route.topic if len(_missed) < _MISSED_LIMIT else wire.EVERYTHING)
        return
    if _missed:
        _confess()


def _run(route: topics.Route, body: bytes) -> None:
    script = client().register_script(_PUBLISH)
    arguments = [events_channel(), route.topic, route.source_key, LOG_EVENTS, LOG_SECONDS, body]
    script(keys=[log_key(route.topic)], args=cast("list[Any]", arguments))


def _confess() -> None:
    """Tell the listeners of the topics whose events were lost that they missed something."""
    with _missed_lock:
        lost = set(_missed)
        _missed.clear()
    try:
        for topic in lost:
            _run(topics.Route(topic), wire.encode(topic, "gap"))
    except redis.RedisError:
        with _missed_lock:
            _missed.update(lost)


def revoke(user_id: UUID, topic: str | None = None) -> None:
    """Cut a person off: from one topic, or (None) close all their sockets; call it on commit.

    A browser whose socket was closed comes back and is judged anew, so sign-out, ban and block all end here. Should
    Redis be away, the hubs find out by themselves: they recheck everyone after losing Redis, and each socket every few
    minutes.
    """
    order = msgspec.json.encode({"user": user_id, "topic": topic})
    try:
        client().publish(control_channel(), order)
    except redis.RedisError as error:
        logger.error("could not revoke %s of user %s at once: %s", topic or "the sockets", user_id, error)
