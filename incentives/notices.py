"""What creators are told of their money, in the transaction that moves it: never twice, never for nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse

from incentives.models import Award, Settlement
from planet.ledger.assets import Asset, brief
from planet.notifications.actions import notify
from planet.notifications.models import Kind

PAID: Final = "pool_paid"
ACCRUED: Final = "pool_accrued"
WITHHELD: Final = "pool_withheld"
CORRECTED: Final = "pool_corrected"


def settled(settlement: Settlement, awards: Sequence[tuple[Award, int]], *, now: datetime) -> None:
    """A batch was settled, each with what was paid out: whoever has anything of it hears so. At most three notices."""
    told: dict[str, dict[UUID, int]] = {PAID: {}, ACCRUED: {}, WITHHELD: {}}
    for award, paid in awards:
        if paid:
            told[PAID][award.creator_id] = paid
        elif award.is_withheld:
            told[WITHHELD][award.creator_id] = award.paid_units or 0
        elif award.amount_units:
            told[ACCRUED][award.creator_id] = award.amount_units
    for what, people in told.items():
        _tell(settlement, what, people, now=now)


def corrected(award: Award, units: int, *, now: datetime) -> None:
    """An award was undone, and `units` were given instead."""
    _tell(award.settlement, CORRECTED, {award.creator_id: units}, now=now)


def _tell(settlement: Settlement, what: str, people: dict[UUID, int], *, now: datetime) -> None:
    if not people:
        return
    week = settlement.name
    notify(
        recipients=people,
        kind=Kind.SYSTEM,
        actor=None,
        group_key=f"{what}:{week}",
        url=reverse("pool_statement", args=[week]),
        excerpt={creator: f"{week} · {brief(units, Asset.USDT)} USDT" for creator, units in people.items()},
        now=now,
    )
