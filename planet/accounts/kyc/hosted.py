"""A provider that checks identities on its own pages and calls back, such as Sumsub.

We open a check (`POST <KYC_HOSTED_URL>/checks`, signed, answered with its id and the address where the person goes
on); the provider posts signed events to `/kyc/webhook/hosted/`. Events may come twice and late: an event's id is stored
with what it changed, in one transaction, and never obeyed again. `simulator` speaks the other side of this.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone

from planet.accounts.kyc import actions, countries, signatures
from planet.accounts.models import DocumentType, KycApplication, KycCallback, KycState, User
from planet.web import services
from planet.web.ids import uuid7
from planet.web.text import clean_line

NAME: Final = "hosted"
TIMEOUT_SECONDS: Final = 5
TRIES: Final = 2
CIRCUIT: Final = services.Circuit("kyc-hosted-failures")

logger = logging.getLogger(__name__)


class ProviderAway(Exception):
    """The provider does not answer, or not sensibly; try later."""


class BadCallback(Exception):
    """Signed, but not an event that we understand."""


@dataclass(frozen=True)
class Callback:
    """An event of the provider: what became of a check."""

    event_id: str
    application_id: UUID
    approve: bool
    reason: str
    paper: actions.Paper | None


# --- out ----------------------------------------------------------------------------------------------------------


def begin(*, user: User, now: datetime) -> KycApplication:
    """Open a check at the provider and hand in an application that waits for it.

    The provider is asked outside any transaction: it may take seconds. A check that nobody applies with stays unused.
    Raises ProviderAway and CannotApply, and then nothing is kept.
    """
    if not actions.may_apply(user):
        raise actions.CannotApply
    reference = uuid7()
    answer = _post("/checks", {"reference": str(reference), "language": user.language, **_addresses()})
    schemes = ["https"] if settings.PRODUCTION else ["http", "https"]
    try:
        elsewhere = actions.Elsewhere(str(answer["id"])[:100], answer["url"])
        URLValidator(schemes)(elsewhere.url)
    except (KeyError, TypeError, ValidationError):
        raise ProviderAway from None
    return actions.apply(user=user, now=now, provider=NAME, elsewhere=elsewhere, application_id=reference)


def _addresses() -> dict[str, str]:
    return {
        "callback_url": f"{settings.SITE_URL}/kyc/webhook/{NAME}/",
        "return_url": f"{settings.SITE_URL}/kyc/",
    }


def _post(path: str, payload: dict[str, str]) -> dict[str, Any]:
    """The provider's JSON answer. After five failures in a row it is not asked for a minute (the circuit is open)."""
    if CIRCUIT.is_open():
        raise ProviderAway
    url, body = f"{(settings.KYC_HOSTED_URL or '').rstrip('/')}{path}", json.dumps(payload).encode()
    for attempt in range(1, TRIES + 1):
        headers = signatures.sign(body, secret=settings.KYC_HOSTED_SECRET or "", now=timezone.now())
        try:
            _status, answer = services.ask(url, body, headers, timeout=TIMEOUT_SECONDS)
        except services.FAILURES as error:
            logger.warning("hosted KYC provider: try %d of %d failed: %s", attempt, TRIES, error)
        else:
            CIRCUIT.worked()
            return answer
    CIRCUIT.failed()
    raise ProviderAway


# --- in -----------------------------------------------------------------------------------------------------------


def read(headers: Mapping[str, str], body: bytes, *, now: datetime) -> Callback:
    """The event in a callback's body. Raises signatures.BadSignature and BadCallback."""
    if not settings.KYC_HOSTED_SECRET:
        raise signatures.BadSignature
    signatures.check(headers, body, secret=settings.KYC_HOSTED_SECRET, now=now)
    try:
        event = json.loads(body)
        result = event["result"]
        if result not in ("approved", "rejected"):
            raise BadCallback
        paper = _paper(event["document"]) if result == "approved" else None
        reason = clean_line(event.get("reason", ""))[:500]
        return Callback(_event_id(event["id"]), UUID(event["reference"]), result == "approved", reason, paper)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        raise BadCallback from None


def _event_id(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        raise BadCallback
    return value


def _paper(document: dict[str, str]) -> actions.Paper:
    country = document["country"].upper()
    if country not in countries.CODES:
        raise BadCallback
    number = clean_line(document["number"])[:60]
    if not number:
        raise BadCallback
    return actions.Paper(clean_line(document["legal_name"])[:120], country, DocumentType(document["type"]), number)


def obey(callback: Callback, *, now: datetime) -> bool:
    """Do what the event says, once; False when it, or another decision, came before.

    Raises KycApplication.DoesNotExist for a check that is not this provider's.
    """
    application = KycApplication.objects.get(pk=callback.application_id, provider=NAME)
    with transaction.atomic():
        try:
            with transaction.atomic():
                KycCallback.objects.create(
                    provider=NAME, event_id=callback.event_id, application=application, received_at=now
                )
        except IntegrityError:
            return False
        try:
            if callback.paper:
                actions.describe(application_id=application.pk, paper=callback.paper)
            reason = callback.reason or _unsaid(callback)
            actions.decide(actor=None, application=application, approve=callback.approve, reason=reason, now=now)
        except actions.NotPending:
            return False
    return True


def _unsaid(callback: Callback) -> str:
    return "" if callback.approve else str(KycState.REJECTED.label)
