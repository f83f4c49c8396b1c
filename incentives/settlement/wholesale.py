"""Steps 1 to 6 of FORMULAS, §3, some ten thousand units at a time: what `points` says, in a fraction of its time.

Where columns cannot be certain (a file that is not as agreed, figures beyond all sense), the rows decide.
"""

from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from incentives.settlement import points as rows
from incentives.settlement.columns import NOBODY, Units, people, units
from incentives.settlement.exact import Column, Doubtful, fits, fitting, quotients, roots, sure
from incentives.settlement.fields import runs
from incentives.settlement.frozen import NANO, WHOLE, Frozen


def points(frozen: Frozen) -> list[int]:
    """The points in nano of each creator, in their order; raises MalformedInput."""
    try:
        return points_by_column(frozen)
    except Doubtful:
        return rows.points(frozen)


def points_by_column(frozen: Frozen) -> list[int]:
    """The same, or Doubtful."""
    given = _Given(frozen)
    for some in units(frozen, given.people):
        given.hand_out(some)
    return given.points()


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What viewers give creators, a line a pair."""

    viewers: Column  # as creators: their place among them, or NOBODY
    clusters: Column  # the viewer's, or NOBODY
    creators: Column
    weights: Column

    @classmethod
    def joined(cls, parts: "list[_Pairs]") -> "_Pairs":
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))

    def where(self, wanted: NDArray[np.bool_]) -> "_Pairs":
        return _Pairs(self.viewers[wanted], self.clusters[wanted], self.creators[wanted], self.weights[wanted])


class _Given:
    """What viewers handed out so far."""

    def __init__(self, frozen: Frozen) -> None:
        self.frozen = frozen
        self.people = people(frozen)
        self.direct = np.zeros(len(frozen.creators), np.int64)
        self.handed_out = 0
        self.mutual: list[_Pairs] = []
        self.linked: list[tuple[Column, Column]] = []  # cluster · creators + creator, and weights

    def hand_out(self, some: Units) -> None:
        """Steps 2 and 3 for these viewers' whole weeks; what cannot come back goes on to step 5."""
        pairs = runs(some.viewers, some.creators)
        viewers, creators = some.viewers[pairs], some.creators[pairs]
        felt = roots(np.add.reduceat(some.effects, pairs))
        weights = quotients(self.people.values[viewers], felt, NANO)
        fitting(felt)
        weeks = runs(viewers)
        spent = np.repeat(np.add.reduceat(felt, weeks), np.diff(weeks, append=len(felt)))
        budget = self.frozen.policy.budget_nano
        over = spent > budget
        weights[over] = quotients(weights[over], budget, spent[over])
        given = _Pairs(self.people.own[viewers], self.people.clusters[viewers], creators, weights)
        may_come_back = (given.viewers != NOBODY) & self.people.is_viewer[creators]
        self.mutual.append(given.where(may_come_back))
        self._add(given.where(~may_come_back))

    def points(self) -> list[int]:
        """Steps 4 to 6, once everybody has handed out."""
        if self.mutual:
            self._add(self._discounted(_Pairs.joined(self.mutual)))
            self._join(*(np.concatenate(parts) for parts in zip(*self.linked, strict=True)))
        return [
            points * creator.standing_permille // WHOLE
            for points, creator in zip(self.direct.tolist(), self.frozen.creators, strict=True)
        ]

    def _discounted(self, given: _Pairs) -> _Pairs:
        """Step 4; and nobody gives to themselves."""
        given = given.where(given.viewers != given.creators)
        there = given.viewers * len(self.direct) + given.creators  # sorted, as the file and the creators are
        back = given.creators * len(self.direct) + given.viewers
        places = np.minimum(np.searchsorted(there, back), len(there) - 1)
        other = np.where(there[places] == back, given.weights[places], 0)
        least, most = np.minimum(given.weights, other), np.maximum(given.weights, other)
        both = least > 0
        given.weights[both] -= quotients(8 * given.weights[both], least[both], 10 * most[both])
        return given

    def _add(self, given: _Pairs) -> None:
        """Step 5: unlinked viewers add up; linked ones wait for the others, unless the creator is one of them."""
        unlinked = given.clusters == NOBODY
        self._credit(given.creators[unlinked], given.weights[unlinked])
        linked = given.where(~unlinked & (given.clusters != self.people.theirs[given.creators]))
        self.linked.append((linked.clusters * len(self.direct) + linked.creators, linked.weights))

    def _join(self, groups: Column, weights: Column) -> None:
        """Step 5: linked viewers as the root of the sum of their squares."""
        if not len(groups):
            return
        order = np.argsort(groups)
        groups, weights = groups[order], weights[order]
        firsts = runs(groups)
        creators, sizes = groups[firsts] % len(self.direct), np.diff(firsts, append=len(groups))
        alone, several = sizes == 1, sizes > 1
        self._credit(creators[alone], weights[firsts[alone]])  # the root of one square
        if several.any():
            fitting(weights)  # and so does the root of the sum of their squares, which is not above their sum
            # Squares are beyond 64 bits: here they are Python's whole numbers.
            squares = weights[np.repeat(several, sizes)].astype(object) ** 2
            sums = np.add.reduceat(squares, np.cumsum(sizes[several]) - sizes[several])
            self._credit(creators[several], np.fromiter(map(isqrt, sums), np.int64))

    def _credit(self, creators: Column, points: Column) -> None:
        self.handed_out += fitting(points)
        sure(fits(self.handed_out))
        np.add.at(self.direct, creators, points)
