"""Housekeeping of the inbox."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from planet.notifications import actions

KEPT = timedelta(days=180)


@shared_task
def forget_old_notifications() -> int:
    """Delete what was read more than 180 days ago, batch by batch; how many rows that were."""
    total = 0
    while deleted := actions.forget(before=timezone.now() - KEPT):
        total += deleted
    return total
