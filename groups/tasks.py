"""Background work of the private hub."""

import logging
import time
from uuid import UUID

import redis
from celery import shared_task
from django.utils import timezone

from groups import broadcasts
from groups.actions import attaching, calling, exports, previewing, sanctioning

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


@shared_task(time_limit=3600, soft_time_limit=3540)
def make_export() -> None:
    """On the media worker, when an owner asks, and every minute for what was left behind: one export is made."""
    if made := exports.make_next(now=timezone.now()):
        logger.info("group exported", extra={"export": str(made.pk), "bytes": made.size})


@shared_task
def erase_exports() -> None:
    """Every hour: exports whose time is over."""
    if erased := exports.erase_old(now=timezone.now()):
        logger.info("exports erased", extra={"erased": erased})


@shared_task
def cut(group_id: str) -> None:
    """Operators closed a group: whoever has it open hears nothing of it any more."""
    logger.info("members cut off", extra={"cut": sanctioning.cut(group_id=UUID(group_id))})
