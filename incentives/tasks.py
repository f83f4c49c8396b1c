"""The clock of the weekly pool."""

import logging

from celery import shared_task
from django.utils import timezone

from incentives.actions.estimating import estimate
from incentives.actions.going_on import go_on
from incentives.errors import Waits
from incentives.links.finding import find

logger = logging.getLogger(__name__)


@shared_task
def settle() -> None:
    """Every hour: freeze and compute the week that is over, pay the one that was approved; missed weeks in order.

    Harmless when run twice, or by two clocks at once. What only an operator can mend is said loudly.
    """
    for week, outcome in go_on(now=timezone.now()):
        level = logging.ERROR if outcome in {"TreasuryShort", "NoPolicy", "OutOfOrder"} else logging.INFO
        logger.log(level, "the weekly pool", extra={"week": week, "outcome": outcome})


@shared_task
def look_ahead() -> None:
    """Every quarter of an hour: what the running week would come to now. Without a policy there is nothing to say."""
    try:
        estimate(now=timezone.now())
    except Waits as waits:
        logger.info("no estimate of the weekly pool", extra={"outcome": type(waits).__name__})


@shared_task
def find_links() -> None:
    """Every night: which accounts belong together by what the records say. Two clocks at once are one."""
    try:
        logger.info("linked accounts", extra=find(now=timezone.now()))
    except Waits as waits:
        logger.info("no search for linked accounts", extra={"outcome": type(waits).__name__})
