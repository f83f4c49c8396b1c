"""Background work of the inbox. Every task may run twice and at any time."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from planet.notifications import actions, digest
from planet.notifications.push import delivery, subscriptions

KEPT = timedelta(days=180)
MOST_BATCHES = 20  # one run delivers so many, and leaves the rest to the next: no task may run for ever


@shared_task
def forget_old_notifications() -> int:
    """Every night: what was read more than 180 days ago, batch by batch, and browsers that were signed out."""
    total = 0
    while deleted := actions.forget(before=timezone.now() - KEPT):
        total += deleted
    subscriptions.forget_signed_out()
    return total


@shared_task
def deliver_pushes() -> int:
    """When something is told, and every minute: what is due to browsers; how many messages were in hand."""
    total = 0
    for _ in range(MOST_BATCHES):
        taken = delivery.deliver(now=timezone.now())
        total += taken
        if taken < delivery.BATCH:
            break
    return total


@shared_task
def send_digests() -> int:
    """Every five minutes: the digests that are due; how many mails went out."""
    return digest.send_due(now=timezone.now())
