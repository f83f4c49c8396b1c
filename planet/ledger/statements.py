"""A person's history as a table, for them and their accountant: exact decimals, times in UTC, one line a leg."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC

from planet.ledger.assets import Asset, written
from planet.ledger.models import Leg

HEADER = ("time", "kind", "balance", "asset", "amount", "balance_after", "counterparty", "memo", "transfer", "reverses")


def rows(legs: Iterable[Leg]) -> Iterator[Sequence[object]]:
    """The header, and a line for each leg."""
    yield HEADER
    for leg in legs:
        yield _cells(leg)


def _cells(leg: Leg) -> list[str]:
    asset, transfer = Asset(leg.asset), leg.transfer
    owner = leg.account.owner_id
    others = [other.account.owner for other in transfer.legs.all() if other.asset == leg.asset]
    return [
        leg.at.astimezone(UTC).isoformat(),
        transfer.kind,
        leg.account.kind,
        str(asset),
        written(leg.units, asset),
        "" if leg.balance is None else written(leg.balance, asset),
        " ".join(one.handle for one in others if one is not None and one.pk != owner),
        transfer.memo,
        str(transfer.pk),
        str(transfer.reverses_id or ""),
    ]
