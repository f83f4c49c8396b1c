"""Background work of posts."""

import logging

from celery import shared_task
from django.utils import timezone

from posts import actions
from posts.forms import publish_draft

logger = logging.getLogger(__name__)


@shared_task
def check_counts() -> None:
    """Every night: counts that differ from their rows are logged and set right."""
    actions.repair_counts()


@shared_task
def publish_scheduled() -> None:
    """Every few seconds: what is due goes out. Two of these at once share the work."""
    if published := actions.publish_due(now=timezone.now(), publish=publish_draft):
        logger.info("scheduled posts published", extra={"published": published})


@shared_task
def forget_thrown_away() -> None:
    """Every hour: drafts that were thrown away a day ago are gone for good."""
    actions.forget_thrown_away(now=timezone.now())
