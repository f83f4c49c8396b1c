"""From points to money: steps 8 to 10 of FORMULAS, §3, to the unit."""

import hashlib
from dataclasses import dataclass
from typing import Final

from incentives.settlement.frozen import Creator, Policy

BASIS: Final = 10_000  # basis points of a whole


@dataclass(frozen=True, slots=True)
class Line:
    """What the week came to for one creator, in base units; a line of statement.csv."""

    creator_id: str
    points_nano: int
    amount_units: int
    paid_units: int
    accrued_units: int


def shared(policy: Policy, ids: list[str], points: list[int]) -> tuple[list[int], int]:
    """Each creator's part of the pool in units, in their order, and what rolls over (steps 8 and 9)."""
    amounts = [0] * len(points)
    cap = policy.pool_units * policy.cap_bp // BASIS
    left = policy.pool_units
    # From the most points to the fewest: those above the cap are always the first of those that remain.
    order = sorted((place for place, mine in enumerate(points) if mine), key=lambda place: -points[place])
    total, first = sum(points), 0
    while first < len(order):
        end = first
        while end < len(order) and left * points[order[end]] // total > cap:
            end += 1
        if end == first:
            break
        for place in order[first:end]:
            amounts[place] = cap
            total -= points[place]
        left -= cap * (end - first)
        first = end
    if first == len(order):
        return amounts, left
    _round(amounts, order[first:], points, ids=ids, left=left, total=total, week=policy.week)
    return amounts, 0


def _round(
    amounts: list[int], places: list[int], points: list[int], *, ids: list[str], left: int, total: int, week: str
) -> None:
    """Step 9: floors for everybody, then one unit each to the largest remainders. Fills `amounts`."""
    remainders: list[tuple[int, int]] = []
    short = left
    for place in places:
        amounts[place], remainder = divmod(left * points[place], total)
        short -= amounts[place]
        remainders.append((-remainder, place))
    remainders.sort(key=lambda one: (one[0], _tie(week, ids[one[1]])))
    for _, place in remainders[:short]:
        amounts[place] += 1


def _tie(week: str, creator_id: str) -> str:
    """Who comes first of two with the same remainder: nobody can choose an id for it, it differs each week."""
    return hashlib.sha256((week + creator_id).encode()).hexdigest()


def paid(creator: Creator, points: int, amount: int, minimum: int) -> Line:
    """Step 10: all that is owed, once it reaches the minimum; until then it stays accrued."""
    owed = creator.accrued_units + amount
    if owed >= minimum:
        return Line(creator.id, points, amount, owed, 0)
    return Line(creator.id, points, amount, 0, owed)
