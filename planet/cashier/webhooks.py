"""What the exchange's wallet service tells us: a deposit arrived, a payout went on. Each event is obeyed once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from planet.cashier import queries
from planet.cashier.actions import depositing, withdrawing
from planet.cashier.errors import NotOpen
from planet.cashier.models import HeardCall, Withdrawal
from planet.cashier.providers import signing
from planet.cashier.providers.base import Answer, Away
from planet.cashier.providers.exchange import Exchange, answer
from planet.ledger.amounts import exact
from planet.ledger.assets import Asset
from planet.ledger.errors import OtherBody


class Replayed(Exception):
    """This very call was obeyed before."""


class NotUnderstood(Exception):
    """Signed, but nothing that we can obey."""


class Unknown(Exception):
    """About an address or a payout that is not ours."""


@dataclass(frozen=True)
class Arrived:
    """A deposit at one of our addresses."""

    external_id: str
    network: str
    address: str
    units: int


@dataclass(frozen=True)
class Went:
    """A payout went on."""

    key: UUID
    answer: Answer


def read(headers: Mapping[str, str], path: str, body: bytes, *, now: datetime) -> tuple[str, Arrived | Went]:
    """The nonce of a call, and its event. Raises signing.BadSignature, NotUnderstood."""
    secret = settings.EXCHANGE_WALLET_SECRET or ""
    nonce = signing.check(headers, "POST", path, body, secret=secret, now=now)
    try:
        return nonce, _event(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Away):
        raise NotUnderstood from None


def _event(said: dict[str, Any]) -> Arrived | Went:
    if said["type"] == "payout":
        return Went(UUID(said["key"]), answer(said))
    if said["type"] != "deposit" or said["asset"] != Asset.USDT:
        raise NotUnderstood
    return Arrived(
        external_id=_text(said["id"], 64),
        network=_text(said["network"], 10),
        address=_text(said["address"], 120),
        units=exact(said["amount"], Asset.USDT),
    )


def _text(value: Any, most: int) -> str:
    """A short text that the database can hold. Raises NotUnderstood."""
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise NotUnderstood
    return value


@transaction.atomic
def obey(nonce: str, event: Arrived | Went, *, now: datetime) -> bool:
    """Do what an event says; False when that was done before. Raises Replayed, Unknown, NotUnderstood."""
    try:
        with transaction.atomic():
            HeardCall.objects.create(nonce=nonce, at=now)
    except IntegrityError:
        raise Replayed from None
    return _arrived(event, now) if isinstance(event, Arrived) else _went(event, now)


def _arrived(event: Arrived, now: datetime) -> bool:
    owner = queries.owner_of(provider=Exchange.name, network=event.network, address=event.address)
    if owner is None:
        raise Unknown
    try:
        _deposit, is_new = depositing.credit(
            user=owner, provider=Exchange.name, external_id=event.external_id, units=event.units, now=now
        )
    except OtherBody:
        raise NotUnderstood from None  # the same id for another deposit
    return is_new


def _went(event: Went, now: datetime) -> bool:
    before = Withdrawal.objects.filter(pk=event.key, provider=Exchange.name).values_list("state", flat=True).first()
    if before is None:
        raise Unknown
    try:
        return withdrawing.hear(withdrawal_id=event.key, answer=event.answer, now=now).state != before
    except NotOpen:
        raise NotUnderstood from None
