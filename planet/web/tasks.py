"""Background work of this app."""

import logging

from celery import shared_task
from django.utils import timezone

from planet.web import images

logger = logging.getLogger(__name__)


@shared_task
def sweep_pictures() -> None:
    """Delete, every night, the pictures that nothing shows any more."""
    swept = images.sweep(now=timezone.now())
    logger.info("pictures swept", extra={"swept": swept})
