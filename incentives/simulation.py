"""What another policy would have paid for a frozen week: who gains and loses, how unequal it is, what a ring gets.

Works on a copy of the frozen files; nothing is written anywhere else. Creators stand under their pseudonyms.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from incentives import archive, scratch
from incentives.models import Settlement
from incentives.settlement.frozen import NANO, Policy, effect
from incentives.settlement.statement import settle
from incentives.values import value_nano
from planet.accounts.models import TrustLevel
from planet.ledger.assets import Asset, written

NAMED: Final = 10  # creators in each list
RING: Final = 100  # accounts
# What the attention of a new account is worth at the freeze: a day of age and one of reading is all that takes.
FRESH_NANO: Final = value_nano(TrustLevel.BASIC, is_active=True, fees=Decimal(0), volume=Decimal(0))
_HEAD: Final = "ffffffff-ffff-ffff-ffff-"  # sorts behind every pseudonym
_OWNER: Final = f"{_HEAD}000000000000"
_ACCOUNTS: Final = [f"{_HEAD}{number:012x}" for number in range(1, RING + 1)]
_CLUSTER: Final = f"{_HEAD}{'f' * 12}"
_ALL: Final = b"180,1,1,3,1,1"  # everything that one viewer can do with one content in a week
MOST: Final = 100  # contents of the ring's creator, where a policy's budget is hardly ever used up


@dataclass(frozen=True)
class Outcome:
    """A week under one policy: units by creator, what rolls over, and what new accounts would have got.

    `ring`: all for one creator; `linked_ring`: the same, found out; `circle`: each is a creator too and gives to
    the next, which no cap and no discount bounds.
    """

    amounts: dict[str, int]
    rolled_over: int
    ring: int
    linked_ring: int
    circle: int

    @property
    def gini(self) -> float:
        """How unequal it is: 0 when all who are in the statement get the same, towards 1 when one gets all."""
        return gini(list(self.amounts.values()))

    @property
    def top_share(self) -> float:
        """The part of the ten who get most."""
        total = sum(self.amounts.values())
        return sum(sorted(self.amounts.values(), reverse=True)[:NAMED]) / total if total else 0.0


def gini(amounts: Sequence[int]) -> float:
    """The Gini coefficient; 0 for nobody and for nothing."""
    total, count = sum(amounts), len(amounts)
    if not total:
        return 0.0
    ranked = sum(place * amount for place, amount in enumerate(sorted(amounts), 1))
    return (2 * ranked - (count + 1) * total) / (count * total)


def outcome(directory: Path) -> Outcome:
    """The week of a directory of frozen files, and the same week with a ring in it."""
    found = settle(directory)
    return Outcome(
        amounts={line.creator_id: line.amount_units for line in found.lines},
        rolled_over=found.rolled_over,
        ring=_ring(directory, found.policy, creators=[_OWNER]),
        linked_ring=_ring(directory, found.policy, creators=[_OWNER], cluster=_CLUSTER),
        circle=_ring(directory, found.policy, creators=_ACCOUNTS),
    )


def compared(settlement: Settlement, changed: dict[str, Any]) -> tuple[Outcome, Outcome]:
    """The week as it is, and with these keys of policy.json changed. Raises MalformedInput, ValueError, Tampered."""
    if "week" in changed:
        raise ValueError("The week is given; a policy cannot change it.")
    with archive.fetched(settlement.folder, settlement.inputs_sha256) as directory:
        was = outcome(directory)
        policy = json.loads((directory / "policy.json").read_bytes())
        weights = {**policy["weights_nano"], **changed.get("weights_nano", {})}
        (directory / "policy.json").write_text(json.dumps({**policy, **changed, "weights_nano": weights}))
        return was, outcome(directory)


def report(settlement: Settlement, changed: dict[str, Any]) -> Iterator[str]:
    """The comparison in lines of text, amounts in USDT."""
    was, would = compared(settlement, changed)
    changes = {creator: would.amounts[creator] - units for creator, units in was.amounts.items()}
    gains = sorted((-units, creator) for creator, units in changes.items() if units > 0)
    losses = sorted((units, creator) for creator, units in changes.items() if units < 0)
    yield f"{settlement.name}, policy {settlement.policy_id}: what was, and what would have been"
    yield f"gain {len(gains)}, lose {len(losses)}, stay {len(changes) - len(gains) - len(losses)}"
    for _, creator in [*gains[:NAMED], *losses[:NAMED]]:
        before, after = was.amounts[creator], would.amounts[creator]
        yield f"  {creator}  {_usdt(before)} -> {_usdt(after)}"
    yield f"Gini {was.gini:.3f} -> {would.gini:.3f}"
    yield f"share of the first {NAMED}: {was.top_share:.1%} -> {would.top_share:.1%}"
    yield f"rolls over {_usdt(was.rolled_over)} -> {_usdt(would.rolled_over)}"
    yield f"a ring of {RING} new accounts takes {_each(was.ring)} -> {_each(would.ring)}"
    yield f"the same ring, linked, takes {_each(was.linked_ring)} -> {_each(would.linked_ring)}"
    yield f"a circle of {RING}, each a creator too, takes {_each(was.circle)} -> {_each(would.circle)}"


def needed(policy: Policy) -> int:
    """With how many contents an account has to do everything there is to hand out its whole budget, at most MOST.

    From p = √(10⁹ · n · e) ≥ budget (FORMULAS.md §3, steps 1 to 3).
    """
    each = effect(_ALL, policy.weights) or 0
    return min(MOST, max(1, -(-(policy.budget_nano**2) // (NANO * each)))) if each else 1


def _ring(directory: Path, policy: Policy, *, creators: list[str], cluster: str = "") -> int:
    """What new accounts bring these new creators: each hands its whole budget out to contents of the next creator."""
    with scratch.directory("ring") as copy:
        for file in directory.iterdir():
            shutil.copyfile(file, copy / file.name)
        _append(copy / "viewers.csv", (f"{one},{FRESH_NANO},{cluster}" for one in _ACCOUNTS))
        _append(copy / "creators.csv", (f"{creator},1000,,0" for creator in creators))
        contents = [f"{_HEAD}{number:012x}" for number in range(needed(policy))]
        given = zip(_ACCOUNTS, cycle([*creators[1:], creators[0]]), strict=False)
        did = _ALL.decode()
        _append(copy / "units.csv", (f"{one},{other},{content},{did}" for one, other in given for content in contents))
        return sum(line.amount_units for line in settle(copy).lines[-len(creators) :])


def _append(path: Path, rows: Iterator[str]) -> None:
    with path.open("a", newline="") as file:
        file.writelines(f"{row}\n" for row in rows)


def _each(units: int) -> str:
    return f"{_usdt(units)}, {_usdt(units // RING)} for each identity"


def _usdt(units: int) -> str:
    return written(units, Asset.USDT)
