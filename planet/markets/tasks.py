"""Background work of markets."""

from celery import shared_task
from django.utils import timezone

from planet.markets import broadcasts


@shared_task(ignore_result=True)
def tick() -> None:
    """Every few seconds: tell whoever looks at a price what it is now."""
    broadcasts.tick(timezone.now())
