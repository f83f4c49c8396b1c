"""The regular work: from the stream to the tables, and the partitions ahead of it."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from planet.engagement import drain, partitions, readers, rollup, tallies
from planet.engagement.models import Day, Reader


@shared_task
def write_down() -> int:
    """Write what arrived since the last time, and add it to the aggregates; how many events. Every few seconds."""
    written = drain.drain(now=timezone.now())
    rollup.roll_up()
    readers.link()
    rollup.look_up_dwell()
    tallies.tally()
    return written


@shared_task
def keep_partitions() -> None:
    """Make the next weeks' partitions; drop those, and the days of guests, whose time is over. Every night."""
    now = timezone.now()
    partitions.ensure(now, now + partitions.WEEKS_AHEAD * partitions.WEEK)
    oldest = now - timedelta(days=settings.ENGAGEMENT_RETENTION_DAYS)
    with transaction.atomic():
        partitions.drop(before=oldest)
    for model in (Day, Reader):
        model.objects.filter(is_guest=True, day__lt=oldest.date()).delete()
