"""The whole of it: a frozen directory in, statement.csv and totals.json out, the same bytes for everybody."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from incentives.settlement import frozen, merkle, pool
from incentives.settlement.wholesale import points

HEADER: Final = "creator_id,points_nano,amount_units,paid_units,accrued_units\n"
STATEMENT: Final = "statement.csv"
TOTALS: Final = "totals.json"
TREE: Final = "tree.bin"  # so that a proof needs no other lines; derived, and no part of what is agreed


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a week came to."""

    policy: frozen.Policy
    inputs_hash: str
    lines: list[pool.Line]
    accrued_before: int
    rolled_over: int

    def tree(self) -> merkle.Tree | None:
        """The tree over all lines; none when nobody is a creator."""
        week = self.policy.week
        leaves = [merkle.leaf(week, line.creator_id, line.amount_units) for line in self.lines]
        return merkle.Tree(leaves) if leaves else None

    def statement(self) -> bytes:
        """The bytes of statement.csv."""
        rows = (
            f"{x.creator_id},{x.points_nano},{x.amount_units},{x.paid_units},{x.accrued_units}\n" for x in self.lines
        )
        return (HEADER + "".join(rows)).encode()

    def totals(self, statement: bytes, tree: merkle.Tree | None) -> bytes:
        """The bytes of totals.json. Sums are texts: a browser's numbers are exact only up to 2⁵³."""
        found = {
            "week": self.policy.week,
            "policy_version": self.policy.version,
            "inputs_sha256": self.inputs_hash,
            "statement_sha256": hashlib.sha256(statement).hexdigest(),
            "merkle_root": f"0x{tree.root.hex()}" if tree else None,
            "creators": len(self.lines),
            "points_nano": str(sum(line.points_nano for line in self.lines)),
            "pool_units": str(self.policy.pool_units),
            "accrued_before_units": str(self.accrued_before),
            "amount_units": str(sum(line.amount_units for line in self.lines)),
            "paid_units": str(sum(line.paid_units for line in self.lines)),
            "accrued_units": str(sum(line.accrued_units for line in self.lines)),
            "rolled_over_units": str(self.rolled_over),
        }
        return (json.dumps(found, indent=2) + "\n").encode()


def settle(directory: Path) -> Settlement:
    """Compute the week that is frozen in `directory`; writes nothing. Raises frozen.MalformedInput."""
    inputs = frozen.read(directory)
    earned = points(inputs)
    amounts, rolled_over = pool.shared(inputs.policy, [creator.id for creator in inputs.creators], earned)
    minimum = inputs.policy.minimum_units
    return Settlement(
        policy=inputs.policy,
        inputs_hash=frozen.inputs_hash(directory),
        lines=[
            pool.paid(creator, mine, amount, minimum)
            for creator, mine, amount in zip(inputs.creators, earned, amounts, strict=True)
        ],
        accrued_before=sum(creator.accrued_units for creator in inputs.creators),
        rolled_over=rolled_over,
    )


def recompute(directory: Path) -> Settlement:
    """Settle, and write statement.csv and totals.json beside the inputs; each appears whole or not at all."""
    settlement = settle(directory)
    statement = settlement.statement()
    _write(directory / STATEMENT, statement)
    _write(directory / TOTALS, settlement.totals(statement, settlement.tree()))
    return settlement


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
