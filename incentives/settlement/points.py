"""From attention to points: steps 1 to 6 of FORMULAS, §3, in one pass over the sorted units, a row at a time.

`wholesale` does the same by columns, and comes here where that is not certain; here every error has its line and name.

The file is sorted by viewer, so one viewer's week is complete before the next begins, and what it gives is handed out
at once. Only two things wait for the end: pairs in which both are viewer and creator (reciprocity needs the way back),
and the sums of squares of linked accounts. Memory grows with those, with the people, and with nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import isqrt
from typing import Final

from incentives.settlement.frozen import CONTENT, ID, NANO, UNITS, WHOLE, Frozen, MalformedInput, Viewer, effect, lines

_NAME: Final = "units.csv"
_PAIR: Final = 2 * ID + 1  # viewer,creator
_KEY: Final = 3 * ID + 2  # viewer,creator,content

Pair = tuple[int, int]  # a creator's place, and Σ e of one viewer's content of theirs


def points(frozen: Frozen) -> list[int]:
    """The points in nano of each creator, in their order; raises MalformedInput."""
    given = _Given(frozen)
    for viewer, pairs in _viewers(frozen):
        given.hand_out(viewer, pairs)
    return given.points()


def _viewers(frozen: Frozen) -> Iterator[tuple[Viewer, list[Pair]]]:
    """Each viewer with Σ e for each creator.

    This loop runs once a unit, millions of times: ids are checked by being found among the people, and what was done
    is worked out once for each of the few thousand ways to do it.
    """
    effects: dict[bytes, int] = {}
    last, pair, who = b"", b"\n", b"\n"  # no line begins with LF
    viewer: Viewer | None = None
    pairs: list[Pair] = []
    place = total = 0
    is_content = CONTENT.match
    for number, line in lines(frozen.directory, _NAME, UNITS):
        key, given = line[:_KEY], line[_KEY:]
        if key <= last:
            raise MalformedInput(_NAME, number, "is not sorted, or stands twice")
        last = key
        if not is_content(line, _PAIR):
            raise MalformedInput(_NAME, number, "the content is no UUID in lower case")
        one = effects.get(given)
        if one is None:
            one = effects[given] = _effect(frozen, number, given)
        if line.startswith(pair):
            total += one
            continue
        if viewer:
            pairs.append((place, total))
        if not line.startswith(who):
            if viewer:
                yield viewer, pairs
            who = line[: ID + 1]
            viewer, pairs = _viewer(frozen, number, who), []
        pair = line[: _PAIR + 1]
        place, total = _place(frozen, number, pair), one
    if viewer:
        yield viewer, [*pairs, (place, total)]


def _effect(frozen: Frozen, number: int, given: bytes) -> int:
    if not given.endswith(b"\n"):
        raise MalformedInput(_NAME, number, "the line does not end with LF")
    one = effect(given[1:-1], frozen.policy.weights)
    if one is None:
        raise MalformedInput(_NAME, number, "what was done is not within the caps")
    return one


def _viewer(frozen: Frozen, number: int, who: bytes) -> Viewer:
    viewer = frozen.viewers.get(who[:ID])
    if viewer is None or not who.endswith(b","):
        raise MalformedInput(_NAME, number, "the viewer is not in viewers.csv")
    return viewer


def _place(frozen: Frozen, number: int, pair: bytes) -> int:
    place = frozen.places.get(pair[ID + 1 : _PAIR])
    if place is None:
        raise MalformedInput(_NAME, number, "the creator is not in creators.csv")
    return place


@lru_cache(1 << 15)
def _root(total: int) -> int:
    """Step 2. Most pairs are one content, and there are only so many ways to look at one."""
    return isqrt(NANO * total)


@dataclass(slots=True)
class _Given:
    """What viewers handed out so far."""

    frozen: Frozen
    direct: list[int] = field(init=False)
    mutual: dict[tuple[int, int], tuple[int, bytes | None]] = field(default_factory=dict)
    squares: dict[tuple[bytes, int], int] = field(default_factory=dict)
    watching: list[bool] = field(init=False)  # whether the creator at this place is a viewer too

    def __post_init__(self) -> None:
        self.direct = [0] * len(self.frozen.creators)
        self.watching = [False] * len(self.frozen.creators)
        for viewer in self.frozen.viewers.values():
            if viewer.own is not None:
                self.watching[viewer.own] = True

    def hand_out(self, viewer: Viewer, pairs: list[Pair]) -> None:
        """Steps 2 and 3 for one viewer's whole week; what cannot come back goes on to step 5."""
        felt = [_root(total) for _, total in pairs]
        spent, value = sum(felt), viewer.value_nano
        weights = [value * one // NANO for one in felt]
        budget = self.frozen.policy.budget_nano
        if spent > budget:
            weights = [weight * budget // spent for weight in weights]
        own, cluster, direct = viewer.own, viewer.cluster, self.direct
        for (place, _), weight in zip(pairs, weights, strict=True):
            if own is not None and self.watching[place]:
                self.mutual[own, place] = weight, cluster
            elif cluster is None:  # as _add does; a call costs as much as all the rest
                direct[place] += weight
            else:
                self._add(place, weight, cluster)

    def points(self) -> list[int]:
        """Steps 4 to 6, once everybody has handed out."""
        for (viewer, place), (weight, cluster) in self.mutual.items():
            if viewer != place:
                back, _ = self.mutual.get((place, viewer), (0, None))
                self._add(place, discounted(weight, back), cluster)
        for (_, place), square in self.squares.items():
            self.direct[place] += isqrt(square)
        return [
            points * creator.standing_permille // WHOLE
            for points, creator in zip(self.direct, self.frozen.creators, strict=True)
        ]

    def _add(self, place: int, weight: int, cluster: bytes | None) -> None:
        """Step 5: unlinked viewers add up, linked accounts as the root of the sum of their squares."""
        if cluster is None:
            self.direct[place] += weight
        elif cluster != self.frozen.creators[place].cluster:
            key = cluster, place
            self.squares[key] = self.squares.get(key, 0) + weight * weight


def discounted(weight: int, back: int) -> int:
    """Step 4: what is left of `weight` when `back` came the other way; a fifth when both gave the same."""
    if not weight or not back:
        return weight
    return weight - 8 * weight * min(weight, back) // (10 * max(weight, back))
