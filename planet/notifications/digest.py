"""The mail with what somebody has not read: at most one a period, whatever dies or runs twice.

A digest is claimed before it is sent: the next one is due, and a row of Digest stands, before the mail server hears of
it. Where the server was not there, or said "not now", the claim is taken back and tried again within the hour. Where
nobody can know (the connection broke behind the mail, the worker died), it counts as sent.
"""

import logging
import smtplib
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from planet.accounts.models import User
from planet.notifications import choosing, queries, quiet
from planet.notifications.models import ALWAYS_ON, Channel, Cycle, Digest, Notification, Preferences
from planet.notifications.push.messages import plain

logger = logging.getLogger(__name__)

BATCH: Final = 200
SHOWN: Final = 10
RETRY_AFTER: Final = timedelta(minutes=30)
PERMANENT: Final = 500
_SALT: Final = "planet.notifications.unsubscribe"


@dataclass(frozen=True)
class _Claim:
    """A digest that is ours to send, with the newest of the rows that it tells of."""

    digest: Digest
    user: User
    shown: list[queries.Row]


def token(user: User) -> str:
    """What unsubscribes a person without signing in; it never ends, as mails are kept."""
    return signing.Signer(salt=_SALT).sign(str(user.pk))


def holder(text: str) -> User | None:
    """Whom a token of ours belongs to."""
    try:
        return User.objects.filter(pk=UUID(signing.Signer(salt=_SALT).unsign(text))).first()
    except (signing.BadSignature, ValueError):
        return None


def unsubscribe(*, user: User) -> None:
    """No digest any more. Twice is once."""
    Preferences.objects.filter(user=user).update(digest=Cycle.NEVER, digest_at=None)


def send_due(*, now: datetime) -> int:
    """Send a batch of the digests that are due; how many mails went out."""
    due = Preferences.objects.filter(digest_at__lte=now).order_by("digest_at").values_list("pk", flat=True)
    return sum(send(user_id=user_id, now=now) for user_id in list(due[:BATCH]))


def send(*, user_id: UUID, now: datetime) -> bool:
    """Send one person's digest if it is due and there is something to tell; whether a mail went out."""
    claim = _claim(user_id, now)
    if claim is None:
        return False
    try:
        mail = _mail(claim, now)
    except Exception:
        logger.exception("a digest could not be written")
        _take_back(claim, now)
        return False
    try:
        mail.send()
    except OSError as error:  # what smtplib raises, too
        again = _was_put_off(error)
        logger.warning("a digest was not sent", extra={"error": str(error), "again": again})
        if again:
            _take_back(claim, now)
        return False
    Digest.objects.filter(pk=claim.digest.pk).update(sent_at=now)
    return True


def _was_put_off(error: OSError) -> bool:
    """Whether the mail surely went nowhere and may go later: nobody was there, or the server said "not now".

    What it refused for good (a 5xx of RFC 5321) waits for the next period; what broke off may have arrived.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [int(code) for code, _ in error.recipients.values()]
        return bool(codes) and all(code < PERMANENT for code in codes)
    if isinstance(error, smtplib.SMTPResponseException):
        return isinstance(error, smtplib.SMTPAuthenticationError) or error.smtp_code < PERMANENT
    return isinstance(error, ConnectionRefusedError | socket.gaierror)


@transaction.atomic
def _claim(user_id: UUID, now: datetime) -> _Claim | None:
    """Take the digest that is due into our hands, and set when the next one is. None: not due, or nothing to tell."""
    held = Preferences.objects.select_for_update(skip_locked=True).filter(pk=user_id, digest_at__lte=now)
    chosen = held.first()
    if chosen is None:
        return None
    weekly = chosen.digest == Cycle.WEEKLY
    if (awake := quiet.after_quiet(now, choosing.hours(chosen), chosen.time_zone)) > now:
        _due(chosen, awake)
        return None
    _due(chosen, quiet.next_morning(now, chosen.time_zone, weekly=weekly))
    user = User.objects.get(pk=user_id)
    rows = _news(user)
    many = rows.count()
    if not many or not user.is_active:
        return None
    period = quiet.period(now, chosen.time_zone, weekly=weekly)
    made, is_new = Digest.objects.get_or_create(user=user, period=period, defaults={"rows": many, "claimed_at": now})
    if not is_new:
        return None
    shown = queries.with_actors(rows.order_by("-updated_at", "-id")[:SHOWN])
    return _Claim(made, user, shown)


def _due(chosen: Preferences, at: datetime) -> None:
    chosen.digest_at = at
    chosen.save(update_fields=["digest_at"])


def _news(user: User) -> QuerySet[Notification]:
    """What is unread, wanted by mail, and was in no digest yet."""
    kinds = [*choosing.wants(user, Channel.EMAIL), *ALWAYS_ON]
    rows = Notification.objects.filter(recipient=user, read_at=None, filtered=False, kind__in=kinds)
    last = Digest.objects.filter(user=user).order_by("-claimed_at").values_list("claimed_at", flat=True).first()
    return rows.filter(updated_at__gt=last) if last else rows


@transaction.atomic
def _take_back(claim: _Claim, now: datetime) -> None:
    Digest.objects.filter(pk=claim.digest.pk).delete()
    Preferences.objects.filter(user=claim.user).exclude(digest=Cycle.NEVER).update(digest_at=now + RETRY_AFTER)


def _mail(claim: _Claim, now: datetime) -> EmailMultiAlternatives:
    """The mail, as text and as HTML, in the person's language."""
    unsubscribing = settings.SITE_URL + reverse("digest_unsubscribe", args=[token(claim.user)])
    many = claim.digest.rows
    with translation.override(claim.user.language):
        subject = ngettext("%(n)d new thing on %(site)s", "%(n)d new things on %(site)s", many)
        context = {
            "user": claim.user,
            "lines": [(plain(row), row) for row in claim.shown],
            "more": many - len(claim.shown),
            "many": many,
            "now": now,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "unsubscribe_url": unsubscribing,
        }
        return _message(
            subject % {"n": many, "site": settings.SITE_NAME},
            render_to_string("notifications/email/digest.txt", context),
            render_to_string("notifications/email/digest.html", context),
            claim.user.email,
            unsubscribing,
        )


def _message(subject: str, text: str, html: str, to: str, unsubscribing: str) -> EmailMultiAlternatives:
    # RFC 8058: mail programs show a button of their own, which POSTs to this address.
    headers = {"List-Unsubscribe": f"<{unsubscribing}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(subject, text, to=[to], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail
