"""Background work of search."""

import logging

from celery import shared_task
from django.utils import timezone

from discover import actions

logger = logging.getLogger(__name__)


@shared_task
def refresh() -> None:
    """Every ten minutes: what is hot, and what is talked about."""
    now = timezone.now()
    actions.refresh_heat(now=now)
    actions.count_trends(now=now)


@shared_task
def check() -> None:
    """Every night: the heat of old posts, and whether everything that can be found is found."""
    actions.refresh_heat(now=timezone.now(), all_of_them=True)
    actions.name_missing()
    if missing := actions.index_missing():
        logger.error("posts were missing in the index of search", extra={"count": missing})
