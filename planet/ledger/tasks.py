"""The regular work: credits into balances, holds that are over, and every night the proof that all is right."""

import logging

from celery import shared_task
from django.utils import timezone

from planet.ledger import actions, holds, queries, verify

logger = logging.getLogger(__name__)
ACCOUNTS_AT_ONCE = 1_000


@shared_task
def fold() -> int:
    """Add the credits that wait to their accounts' balances; how many. What is left over is there the next time."""
    return sum(actions.fold(account_id=pk) for pk in queries.unfolded(limit=ACCOUNTS_AT_ONCE))


@shared_task
def expire_holds() -> int:
    """Give back what was set aside and not taken in time; how many holds."""
    return holds.expire(now=timezone.now())


@shared_task
def reconcile() -> None:
    """Say loudly what is off. Nothing is mended by itself: money that is not where it should be is looked at first."""
    for finding in verify.findings():
        logger.error("the ledger is off", extra={"question": finding.question, "what": finding.what})
