"""Background work of the private hub."""

import logging
import time
from uuid import UUID

import redis
from celery import shared_task
from django.utils import timezone

from groups import broadcasts
from groups.actions import attaching, calling, previewing

logger = logging.getLogger(__name__)


@shared_task
def confirm() -> None:
    """Every few seconds: whoever listens to a channel learns which revision it has, so that no last one is missed."""
    try:
        broadcasts.confirm(time.time())
    except redis.RedisError as error:
        logger.warning("channels could not be confirmed: %s", error)


@shared_task
def call(message_id: str) -> None:
    """A message calls everybody, or everybody who helps."""
    called = calling.call_everybody(message_id=UUID(message_id), now=timezone.now())
    logger.info("members called", extra={"called": called})


@shared_task
def sweep_attachments() -> None:
    """Every night: pictures and files that hang on no message go."""
    logger.info("attachments swept", extra={"swept": attaching.sweep(now=timezone.now())})


@shared_task(time_limit=60, soft_time_limit=45)
def preview(message_id: str) -> None:
    """When a message leads out of Planet: what that page says of itself."""
    previewing.preview(message_id=UUID(message_id), now=timezone.now())
