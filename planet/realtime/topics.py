"""What can be subscribed to, and by whom.

A topic is `prefix:key` (`post:0198…`) or a bare prefix (`everyone`). Each prefix is registered once, in the `ready()`
of the app that owns it. A **derived** topic has no events of its own: sockets subscribe to it (`following`), apps
publish to its source (`followers:<creator>`), and each hub asks the audience which of its own subscribers shall hear.
"""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

Authorize = Callable[[UUID | None, str], bool]
AuthorizeMany = Callable[[UUID | None, Sequence[str]], Collection[str]]
Audience = Callable[[str, Sequence[UUID]], Collection[UUID]]
Watch = Callable[[Sequence[str]], object]

_TOPIC = re.compile(r"[a-z][a-z_]{0,30}(?::[A-Za-z0-9][A-Za-z0-9_.-]{0,63})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Topic:
    """A registered prefix."""

    prefix: str
    authorize: Authorize
    authorize_many: AuthorizeMany | None = None
    source: str | None = None
    audience: Audience | None = None
    watch: Watch | None = None


_registered: dict[str, Topic] = {}


def register(
    prefix: str,
    *,
    authorize: Authorize,
    authorize_many: AuthorizeMany | None = None,
    source: str | None = None,
    audience: Audience | None = None,
    watch: Watch | None = None,
) -> None:
    """Make `prefix` a topic; registering it again replaces it.

    `authorize(user_id, key)` says whether this person (None: a guest) may listen; the key is untrusted text, "" for a
    bare topic. It runs in a thread and may ask the database. `authorize_many(user_id, keys)` returns the allowed ones
    of several keys and is used instead where given: a feed of twenty cards then costs one query and not twenty.
    `source` and `audience` make it derived: `audience(key, user_ids)` returns those among `user_ids`, the people who
    listen here, to whom an event published on `source:key` goes. `watch(keys)` is called every few seconds by each hub
    with keys that are listened to there, some of them if there are many (planet.realtime.watching).
    """
    if (source is None) != (audience is None):
        raise ValueError("a derived topic has a source and an audience")
    _registered[prefix] = Topic(prefix, authorize, authorize_many, source, audience, watch)


def find(topic: str) -> Topic | None:
    """The registration that `topic` falls under; None for one that is malformed or not registered."""
    if not _TOPIC.fullmatch(topic):
        return None
    return _registered.get(topic.partition(":")[0])


def watches() -> dict[str, Watch]:
    """Who looks after topics that are listened to, by prefix."""
    return {prefix: topic.watch for prefix, topic in _registered.items() if topic.watch}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a publication goes: the topic that sockets listen to, and for a derived one the key of its source."""

    topic: str
    source_key: str = ""


def routes(topic: str) -> list[Route]:
    """Every topic that a publication on `topic` reaches.

    Raises LookupError for a topic that nobody registered: that is a mistake in the program, not a state of the world.
    """
    prefix, _, key = topic.partition(":")
    found = [Route(topic)] if find(topic) else []
    found += [Route(derived.prefix, key) for derived in _registered.values() if derived.source == prefix]
    if not found:
        raise LookupError(f"no topic is registered for {topic!r}")
    return found


def allowed(user_id: UUID | None, wanted: Iterable[str]) -> set[str]:
    """The topics among `wanted` that this person may listen to. Asks the database: call it in a thread.

    A topic that does not exist and one that is forbidden look alike. A check that raises denies; only a database that
    is away is passed on.
    """
    by_prefix: dict[str, list[str]] = {}
    for topic in wanted:
        if find(topic):
            prefix, _, key = topic.partition(":")
            by_prefix.setdefault(prefix, []).append(key)
    granted: set[str] = set()
    for prefix, keys in by_prefix.items():
        granted |= {f"{prefix}:{key}" if key else prefix for key in _allowed_keys(_registered[prefix], user_id, keys)}
    return granted


def _allowed_keys(topic: Topic, user_id: UUID | None, keys: Sequence[str]) -> Collection[str]:
    try:
        if topic.authorize_many:
            return set(topic.authorize_many(user_id, keys)) & set(keys)
        return [key for key in keys if topic.authorize(user_id, key)]
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("could not authorise %s for user %s; denied", topic.prefix, user_id)
        return ()
