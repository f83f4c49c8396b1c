"""Where closed trades come from: records of fills, from connected exchanges. Nobody types a profit.

A room that keeps such records registers itself here at start-up. Until one does, the component is not offered.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class ClosedTrade:
    """A closed position as its fills tell it. Money in USDT; `fills` is how many there were."""

    symbol: str
    is_long: bool
    entry: Decimal
    exit: Decimal
    opened_at: datetime
    closed_at: datetime
    profit: Decimal
    fees: Decimal
    roi: Decimal
    fills: int
    source: str


class Records(Protocol):
    """Somebody who keeps fills."""

    def closed(self, *, owner_id: UUID, record: str) -> ClosedTrade | None:
        """A closed position of this person; None for an unknown one and for anybody else's."""


_sources: list[Records] = []


def register(source: Records) -> None:
    """Say who keeps fills; the component is offered from now on."""
    _sources.append(source)


def forget(source: Records) -> None:
    """Take a source away again."""
    _sources.remove(source)


def exist() -> bool:
    """Whether anybody keeps fills."""
    return bool(_sources)


def find(*, owner_id: UUID, record: str) -> ClosedTrade | None:
    """A closed position of this person."""
    found = (source.closed(owner_id=owner_id, record=record) for source in _sources)
    return next((trade for trade in found if trade), None)
