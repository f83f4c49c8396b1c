"""Delivering what waits in the outbox: a lease, a call, and what its answer means."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from planet.notifications import choosing, queries, quiet
from planet.notifications.models import Preferences, PushDelivery, PushSubscription
from planet.notifications.push import messages, service, subscriptions
from planet.notifications.push.sealing import Keys, seal
from planet.notifications.queries import Row

logger = logging.getLogger(__name__)

BATCH: Final = 50
LEASE: Final = timedelta(minutes=15)  # longer than a batch whose every call runs into its time limit
ATTEMPTS: Final = 6
FIRST_RETRY: Final = timedelta(minutes=1)  # then 2, 4, 8, 16 minutes

# Whoever is first takes a row; nobody waits, and what a dead worker held is due again when its lease is over.
_LEASE = """
UPDATE notifications_pushdelivery SET due_at = %(until)s, attempts = attempts + 1 WHERE id IN (
    SELECT id FROM notifications_pushdelivery WHERE due_at <= %(now)s
     ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True)
class _Work:
    """A leased delivery with everything that it needs."""

    delivery: PushDelivery
    row: Row
    preferences: Preferences
    unread: int
    signed_in: bool


def deliver(*, now: datetime) -> int:
    """Deliver one batch of what is due; how many rows were taken in hand. 0: nothing is due."""
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, {"now": now, "until": now + LEASE, "batch": BATCH})
        ids = [row[0] for row in cursor.fetchall()]
    for work in _load(ids, now):
        _one(work, now)
    return len(ids)


def _load(ids: Sequence[int], now: datetime) -> list[_Work]:
    rows = PushDelivery.objects.filter(pk__in=ids).select_related("notification", "subscription__user")
    found = list(rows.order_by("pk"))
    shown = queries.with_actors([one.notification for one in found])
    people = {one.subscription.user_id for one in found}
    chosen = Preferences.objects.in_bulk(people)
    counts = queries.unread_counts(people)
    sessions = subscriptions.living((one.subscription.session_key for one in found), now=now)
    return [
        _Work(
            one,
            row,
            chosen.get(one.subscription.user_id) or Preferences(user=one.subscription.user),
            counts[one.subscription.user_id].unread,
            one.subscription.session_key in sessions,
        )
        for one, row in zip(found, shown, strict=True)
    ]


def _one(work: _Work, now: datetime) -> None:
    told, subscription = work.row.notification, work.delivery.subscription
    is_theirs = told.recipient_id == subscription.user_id and subscription.user.is_active and work.signed_in
    if told.read_at or not is_theirs:
        work.delivery.delete()  # seen elsewhere; or nobody's any more
        return
    due = quiet.after_quiet(now, choosing.hours(work.preferences), work.preferences.time_zone)
    if due > now:
        _again(work, due, attempts=work.delivery.attempts - 1)
        return
    body = seal(
        messages.of_row(work.row, subscription.user, work.unread), Keys.parse(subscription.p256dh, subscription.auth)
    )
    answer = service.send(subscription.endpoint, body, topic=told.pk.hex, urgent=told.kind == "mention", now=now)
    _obey(work, answer, now)


def _obey(work: _Work, answer: service.Answer, now: datetime) -> None:
    subscription = work.delivery.subscription
    if answer.outcome is service.Outcome.TAKEN:
        work.delivery.delete()
        PushSubscription.objects.filter(pk=subscription.pk).update(heard_at=now)
    elif answer.outcome is service.Outcome.GONE:
        PushSubscription.objects.filter(pk=subscription.pk).delete()  # its deliveries go with it
    elif answer.outcome is service.Outcome.LATER and work.delivery.attempts < ATTEMPTS:
        wait = max(FIRST_RETRY * 2 ** (work.delivery.attempts - 1), timedelta(seconds=answer.wait))
        _again(work, now + wait, attempts=work.delivery.attempts)
    else:
        logger.warning("a push message was given up", extra={"said": answer.said, "attempts": work.delivery.attempts})
        work.delivery.delete()


def _again(work: _Work, due_at: datetime, *, attempts: int) -> None:
    PushDelivery.objects.filter(pk=work.delivery.pk).update(due_at=due_at, attempts=attempts)
