"""Background work of accounts. Every task may run twice and at any time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from planet.accounts import actions, traces
from planet.accounts.kyc import actions as kyc
from planet.accounts.models import KycApplication, KycState, User

BATCH = 500
logger = logging.getLogger(__name__)


@contextmanager
def _going_on(step: str, application_id: UUID) -> Iterator[None]:
    """What fails for one person must not keep everybody else's documents from being erased."""
    try:
        yield
    except Exception:
        logger.exception("could not %s identity check %s", step, application_id)


def _people() -> Iterator[list[UUID]]:
    """The ids of all active people, in batches, by keyset."""
    after = UUID(int=0)
    while ids := list(
        User.objects.filter(pk__gt=after, is_active=True).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield ids
        after = ids[-1]


@shared_task
def recompute_trust() -> None:
    """Nightly: everybody's trust level."""
    now = timezone.now()
    for user_ids in _people():
        actions.recompute_trust(user_ids=user_ids, now=now)


@shared_task
def forget_unconfirmed() -> None:
    """Hourly: sign-ups whose link has run out, which frees their handles."""
    days = settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS
    actions.forget_unconfirmed(before=timezone.now() - timedelta(days=days))


@shared_task
def expire_identity_checks() -> None:
    """Hourly: approvals that are over, and hosted checks that nobody finished."""
    now = timezone.now()
    over = Q(state=KycState.APPROVED, expires_at__lte=now)
    abandoned = Q(state=KycState.PENDING, created_at__lte=now - kyc.ABANDONED_AFTER) & ~Q(provider="manual")
    for application_id in KycApplication.objects.filter(over | abandoned).values_list("pk", flat=True)[:BATCH]:
        with _going_on("expire", application_id):
            kyc.expire(application_id=application_id, now=now)


@shared_task
def erase_identity_documents() -> None:
    """Hourly: pictures and details whose retention time is over."""
    now = timezone.now()
    due = KycApplication.objects.filter(decided_at__lte=now - settings.KYC_RETENTION, erased_at=None)
    for application in due.order_by("decided_at")[:BATCH]:
        with _going_on("erase", application.pk):
            kyc.erase(application=application, now=now)


@shared_task
def forget_traces() -> None:
    """Nightly: which browsers and blocks of addresses people came from, some weeks later."""
    gone = traces.forget(now=timezone.now())
    logger.info("forgot traces", extra={"rows": gone})
