"""From attention to points: steps 1 to 6 of FORMULAS, §3, in one pass over the sorted units.

The file is sorted by viewer, so one viewer's week is complete before the next begins, and what it gives is handed out
at once. Only two things wait for the end: pairs in which both are viewer and creator (reciprocity needs the way back),
and the sums of squares of linked accounts. Memory grows with those, with the people, and with nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isqrt
from typing import Final

from incentives.settlement.frozen import CONTENT, ID, UNITS, WHOLE, Frozen, MalformedInput, Viewer, effect, lines

NANO: Final = 10**9
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
    last = pair = b""
    viewer: Viewer | None = None
    pairs: list[Pair] = []
    place = total = 0
    is_content = CONTENT.match
    for number, line in lines(frozen.directory, _NAME, UNITS):
        key, given = line[:_KEY], line[_KEY + 1 :]
        if key <= last:
            raise MalformedInput(_NAME, number, "is not sorted, or stands twice")
        last = key
        if not is_content(line, _PAIR):
            raise MalformedInput(_NAME, number, "the content is no UUID in lower case")
        one = effects.get(given)
        if one is None:
            one = effects[given] = _effect(frozen, number, given)
        if key[:_PAIR] == pair:
            total += one
            continue
        if viewer:
            pairs.append((place, total))
        if key[:ID] != pair[:ID]:
            if viewer:
                yield viewer, pairs
            viewer, pairs = _viewer(frozen, number, key), []
        pair, place, total = key[:_PAIR], _place(frozen, number, key), one
    if viewer:
        yield viewer, [*pairs, (place, total)]


def _effect(frozen: Frozen, number: int, given: bytes) -> int:
    one = effect(given, frozen.policy.weights)
    if one is None:
        raise MalformedInput(_NAME, number, "what was done is not within the caps")
    return one


def _viewer(frozen: Frozen, number: int, key: bytes) -> Viewer:
    viewer = frozen.viewers.get(key[:ID])
    if viewer is None:
        raise MalformedInput(_NAME, number, "the viewer is not in viewers.csv")
    return viewer


def _place(frozen: Frozen, number: int, key: bytes) -> int:
    place = frozen.places.get(key[ID + 1 : _PAIR])
    if place is None or key[ID : ID + 1] != b",":
        raise MalformedInput(_NAME, number, "the creator is not in creators.csv")
    return place


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
        felt = [(place, isqrt(NANO * total)) for place, total in pairs]
        spent = sum(one for _, one in felt)
        value, own, cluster = viewer.value_nano, viewer.own, viewer.cluster
        budget = self.frozen.policy.budget_nano
        for place, one in felt:
            weight = value * one // NANO
            if spent > budget:
                weight = weight * budget // spent
            if own is not None and self.watching[place]:
                self.mutual[own, place] = weight, cluster
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
