"""How many background tasks failed today, by name: counted where they fail, shown on the operators' start page."""

import logging
from datetime import date
from typing import Any

from celery.signals import task_failure
from django.utils import timezone
from django_redis import get_redis_connection
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEPT_SECONDS = 3 * 24 * 3600


def _key(day: date) -> str:
    return f"planet:failed-tasks:{day.isoformat()}"


def note(name: str, *, day: date) -> None:
    """Count one failure. The count is a courtesy: without Redis it is lost, the log has the error itself."""
    try:
        redis = get_redis_connection("default")
        redis.hincrby(_key(day), name, 1)
        redis.expire(_key(day), KEPT_SECONDS)
    except RedisError:
        logger.warning("the failure of %s was not counted", name)


def of(day: date) -> dict[str, int] | None:
    """Failures of a day (UTC) by task; None when nobody knows."""
    try:
        counted = get_redis_connection("default").hgetall(_key(day))
    except RedisError:
        return None
    return {name.decode(): int(many) for name, many in counted.items()}


@task_failure.connect(dispatch_uid="planet.config.failures")
def _failed(sender: Any = None, **_: Any) -> None:
    note(getattr(sender, "name", "?"), day=timezone.now().date())
