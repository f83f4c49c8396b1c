"""A person's history as CSV, for them and their accountant: exact decimals, times in UTC, one line a leg."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Final

from planet.ledger.assets import Asset, written
from planet.ledger.models import Leg

HEADER = ("time", "kind", "balance", "asset", "amount", "balance_after", "counterparty", "memo", "transfer", "reverses")
# Spreadsheets of East Asia take the full-width ones for the same.
_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class _Line:
    """What the csv writer writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def lines(legs: Iterable[Leg]) -> Iterator[str]:
    """The header, and a line for each leg."""
    writer = csv.writer(_Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"  # else Excel takes UTF-8 for something else
    yield writer.writerow(HEADER)
    for leg in legs:
        yield writer.writerow([_plain(cell) for cell in _cells(leg)])


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


def _plain(cell: str) -> str:
    """A text that no spreadsheet takes for a formula. Amounts may begin with a minus: they are numbers."""
    risky = cell.lstrip()[:1] in _FORMULA or cell[:1] in {"\t", "\r", "\n"}
    return f"'{cell}" if risky and not _NUMBER.fullmatch(cell) else cell
