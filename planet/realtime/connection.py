"""How realtime reaches Redis, and the names it uses there."""

from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

ONLINE_KEY = "planet:rt:online"


@cache
def client() -> "redis.Redis":
    """The pooled client of publishers. It gives up within a second: a request never waits for a broken Redis."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=1,
        socket_connect_timeout=1,
        # Once, at once: a pooled connection is dead after Redis restarted, the next one is not.
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[redis.ConnectionError],
    )


def _namespace() -> str:
    """Redis' channels know no database numbers; ours do, so that two planets on one Redis do not hear each other."""
    kwargs: dict[str, Any] = client().connection_pool.connection_kwargs
    return f"planet:rt:{kwargs.get('db') or 0}"


def events_channel() -> str:
    """The channel that carries every event to every hub."""
    return f"{_namespace()}:events"


def control_channel() -> str:
    """The channel that carries revocations to every hub."""
    return f"{_namespace()}:control"


def log_key(topic: str) -> str:
    """The stream that holds the last events of a topic, for replay."""
    return f"planet:rt:log:{topic}"
