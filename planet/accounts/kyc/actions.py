"""Steps of an identity check. Every step locks the application, writes one row of history and tells who registered.

Locks are taken in one order, application before person, and the identity last: its primary key decides between two
accounts that are approved for one identity at the same moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from planet.accounts import crypto, traces
from planet.accounts.kyc import documents, outcomes
from planet.accounts.models import Details, DocumentType, KycApplication, KycEvent, KycState, User, VerifiedIdentity
from planet.web.ids import uuid7

VALID_FOR: Final = timedelta(days=730)
ABANDONED_AFTER: Final = timedelta(days=14)  # a hosted check that was begun and never finished


class NotPending(Exception):
    """The application was decided before."""


class NotApproved(Exception):
    """There is no approval to end."""


class NoIdentity(Exception):
    """Nobody has said yet whose identity it is, so there is nothing to approve."""


class CannotApply(Exception):
    """The person is verified already, or an application is under way."""


class NeedsReason(Exception):
    """A rejection says why."""


def may_apply(user: User) -> bool:
    """Whether the person can hand in an application now."""
    return user.kyc_state not in (KycState.PENDING, KycState.APPROVED)


@dataclass(frozen=True)
class Paper:
    """A document as its holder or a provider describes it."""

    legal_name: str
    country: str  # ISO 3166-1 alpha-2
    type: DocumentType
    number: str

    @property
    def details(self) -> Details:
        """What is kept of it, encrypted."""
        return {"legal_name": self.legal_name, "document_number": self.number}

    @property
    def identity_hash(self) -> str:
        """The identity that it stands for."""
        return crypto.identity_hash(self.country, self.number)


@dataclass(frozen=True)
class Elsewhere:
    """A check at a provider: its own id for it, and where the person goes on."""

    id: str
    url: str


@transaction.atomic
def apply(
    *,
    user: User,
    now: datetime,
    paper: Paper | None = None,
    pictures: dict[documents.Which, bytes] | None = None,
    provider: str = "manual",
    elsewhere: Elsewhere | None = None,
    application_id: UUID | None = None,
) -> KycApplication:
    """Hand in an application; cleaned pictures are stored encrypted. Raises CannotApply, and then keeps nothing."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not may_apply(locked):
        raise CannotApply
    application = KycApplication(id=application_id or uuid7(), user=locked, provider=provider, created_at=now)
    if paper:
        _describe(application, paper)
    if elsewhere:
        application.external_id, application.external_url = elsewhere.id, elsewhere.url
    names = {which: documents.store(picture) for which, picture in (pictures or {}).items()}
    application.document_file, application.selfie_file = names.get("document", ""), names.get("selfie", "")
    try:
        with transaction.atomic():
            _step(application, before=locked.kyc_state, after=KycState.PENDING, actor=user, reason="", now=now)
    except BaseException:
        documents.discard(list(names.values()))
        raise
    user.kyc_state = KycState.PENDING
    return application


@transaction.atomic
def decide(*, actor: User | None, application: KycApplication, approve: bool, reason: str, now: datetime) -> KycEvent:
    """Approve or reject; the event says which it became.

    An approval becomes a rejection when another account already stands for the identity. `actor` None is a provider.
    Raises NotPending when somebody decided first, NeedsReason for a rejection without one, and NoIdentity for an
    approval of a check that names no document: a hosted one that its provider has not answered.
    """
    locked = _lock(application.pk)
    if locked.state != KycState.PENDING:
        raise NotPending
    reason = reason.strip()
    if not approve and not reason:
        raise NeedsReason
    if approve and not locked.identity_hash:
        raise NoIdentity
    if approve and not _claim(locked, now):
        approve, reason = False, _in_language(locked.user)
    locked.decided_at, locked.decided_by = now, actor
    if approve:
        locked.expires_at = now + VALID_FOR
        traces.verified(user_id=locked.user_id, legal_name=locked.legal_name, country=locked.country)
    after = KycState.APPROVED if approve else KycState.REJECTED
    return _step(locked, before=KycState.PENDING, after=after, actor=actor, reason=reason, now=now)


@transaction.atomic
def describe(*, application_id: UUID, paper: Paper) -> None:
    """Put what a provider read from the document into a pending application. Raises NotPending."""
    locked = _lock(application_id)
    if locked.state != KycState.PENDING:
        raise NotPending
    _describe(locked, paper)
    locked.save()


@transaction.atomic
def expire(*, application_id: UUID, now: datetime) -> KycEvent | None:
    """End an approval that is over, or a hosted check that was abandoned; None when it is neither (any more)."""
    locked = _lock(application_id)
    over = locked.state == KycState.APPROVED and locked.expires_at is not None and locked.expires_at <= now
    abandoned = (
        locked.state == KycState.PENDING and locked.provider != "manual" and locked.created_at <= now - ABANDONED_AFTER
    )
    if not over and not abandoned:
        return None
    if abandoned:
        locked.decided_at = now
    return _step(locked, before=locked.state, after=KycState.EXPIRED, actor=None, reason="", now=now)


@transaction.atomic
def end(*, actor: User, application: KycApplication, reason: str, now: datetime) -> KycEvent:
    """End an approval before its time, for a document that was found to be false. Raises NotApproved, NeedsReason."""
    locked = _lock(application.pk)
    if locked.state != KycState.APPROVED:
        raise NotApproved
    if not reason.strip():
        raise NeedsReason
    return _step(locked, before=KycState.APPROVED, after=KycState.EXPIRED, actor=actor, reason=reason.strip(), now=now)


def erase(*, application: KycApplication, now: datetime) -> None:
    """Delete the pictures and details of a decided application; the decision and its history stay.

    The files first: after a crash in between the pictures read as erased, and the next run writes it down.
    """
    with transaction.atomic():
        locked = _lock(application.pk)
        if locked.state == KycState.PENDING or locked.erased_at:
            return
        documents.erase(locked)
        locked.sealed = b""
        locked.document_file = locked.selfie_file = ""
        locked.erased_at = now
        locked.save(update_fields=["sealed", "document_file", "selfie_file", "erased_at"])


def _lock(application_id: UUID) -> KycApplication:
    return KycApplication.objects.select_for_update(of=("self",)).select_related("user").get(pk=application_id)


def _describe(application: KycApplication, paper: Paper) -> None:
    application.country = paper.country
    application.document_type = paper.type
    application.identity_hash = paper.identity_hash
    application.seal(paper.details)


def _claim(application: KycApplication, now: datetime) -> bool:
    """Whether the identity now stands for this account. The insert decides; a look before it would be a race."""
    try:
        with transaction.atomic():
            VerifiedIdentity.objects.create(
                identity_hash=application.identity_hash, user=application.user, created_at=now
            )
    except IntegrityError:
        return VerifiedIdentity.objects.filter(
            identity_hash=application.identity_hash, user=application.user_id
        ).exists()
    return True


def _in_language(user: User) -> str:
    with override(user.language):
        return _("This identity already stands for another account. One person has one verified account.")


def _step(
    application: KycApplication, *, before: str, after: KycState, actor: User | None, reason: str, now: datetime
) -> KycEvent:
    """Write the state, its mirror on the user and the history, and announce it."""
    application.state, application.reason = after, reason
    application.save()
    User.objects.filter(pk=application.user_id).update(kyc_state=after)
    application.user.kyc_state = after
    event = KycEvent.objects.create(
        application=application, at=now, before=before, after=after, actor=actor, reason=reason
    )
    outcomes.announce(event)
    return event
