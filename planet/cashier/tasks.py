"""The regular work: what was approved is sent, what was sent is asked after. Every task may run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from planet.cashier import providers, queries
from planet.cashier.actions import withdrawing
from planet.cashier.models import HeardCall, Withdrawal
from planet.cashier.providers.signing import WINDOW

AT_ONCE = 100
logger = logging.getLogger(__name__)


@shared_task
def send_approved() -> int:
    """Pay out what operators approved; how many. What got no answer is tried again, ever more rarely."""
    provider, done = providers.chosen(), 0
    for pk in queries.to_send(provider=provider.name, now=timezone.now(), limit=AT_ONCE):
        try:
            # Each at its own time: a run may last for minutes, and when it was tried decides what may be given back.
            done += withdrawing.send(withdrawal_id=pk, provider=provider, now=timezone.now())
        except providers.Away:
            logger.warning("a withdrawal could not be sent, it is tried again", extra={"withdrawal": str(pk)})
    return done


@shared_task
def follow_sent() -> None:
    """Ask what became of what was sent, whatever events were lost."""
    provider, now = providers.chosen(), timezone.now()
    for row in queries.sent(provider=provider.name, limit=AT_ONCE):
        # Before it is asked: of one that never gets a sensible answer the next run does not begin with it again.
        Withdrawal.objects.filter(pk=row.pk).update(next_try_at=now)
        try:
            answer = provider.find(withdrawing.payout_of(row))
        except providers.Away:
            return  # the next run asks again
        if answer is None:
            # It said that it had it. Nothing is given back by itself: somebody has to look.
            logger.error("the provider does not know a withdrawal that it took", extra={"withdrawal": str(row.pk)})
        else:
            withdrawing.hear(withdrawal_id=row.pk, answer=answer, now=now)


@shared_task
def forget_calls() -> int:
    """Forget nonces of calls that are too old to be obeyed anyway; how many."""
    return HeardCall.objects.filter(at__lt=timezone.now() - 3 * WINDOW).delete()[0]
