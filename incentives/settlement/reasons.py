"""Why a week came to what it did: what each content earned, and what every step took, from the same frozen inputs.

What a viewer felt for a creator is not the sum over contents (step 2 takes a root), so what a pair of the two comes to
is divided among its contents by their effect. Every division is by running sums, ⌊whole · sum so far / sum⌋: its parts
add up to the whole, to the nano and to the unit, and are the same for everybody who works them out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from math import isqrt
from typing import Final

from incentives.settlement.frozen import ID, NANO, UNITS, WHOLE, Frozen, Viewer, effect, lines
from incentives.settlement.points import discounted

_CREATOR: Final = slice(ID + 1, 2 * ID + 1)
_CONTENT: Final = slice(ID + 1, 3 * ID + 2)  # creator,content
_GIVEN: Final = slice(3 * ID + 3, -1)


@dataclass(slots=True)
class Item:
    """What one content (or one creator) was given by people, and what each step left of it. Nano, but for counts.

    felt: after the root of step 2; worth: times the viewers' values; budget, mutual, linked and standing: what steps 3
    to 6 took; points: what is left. worth − budget − mutual − linked − standing = points.
    """

    viewers: int = 0
    seconds: int = 0
    likes: int = 0
    bookmarks: int = 0
    comments: int = 0
    shares: int = 0
    components: int = 0
    effect: int = 0
    felt: int = 0
    worth: int = 0
    budget: int = 0
    mutual: int = 0
    linked: int = 0
    standing: int = 0
    points: int = 0


@dataclass(slots=True)
class _Pair:
    """What one viewer gave one creator: the effect on each item, and what steps 2 to 4 make of it."""

    place: int
    effects: dict[bytes, int] = field(default_factory=dict)
    worth: int = 0
    left: int = 0
    mutual: int = 0


def items(frozen: Frozen) -> dict[bytes, Item]:
    """Every content with what it came to, by `creator,content` as in units.csv, sorted; settle accepts the inputs."""
    return _explained(frozen, _CONTENT)


def creators(frozen: Frozen) -> dict[bytes, Item]:
    """Every creator who was given anything, by id, sorted: the sums of their items."""
    return _explained(frozen, _CREATOR)


def divided(whole: int, parts: Iterable[int]) -> Iterator[int]:
    """`whole` among `parts`, as they are to each other; to the first place that has any when all are nothing."""
    weights = list(parts)
    total = sum(weights)
    if not total:
        yield from (whole if not place else 0 for place, _ in enumerate(weights))
        return
    so_far = given = 0
    for weight in weights:
        so_far += weight
        upto = whole * so_far // total
        yield upto - given
        given = upto


def _explained(frozen: Frozen, key: slice) -> dict[bytes, Item]:
    week = _Week(frozen, key)
    units = (line for _, line in lines(frozen.directory, "units.csv", UNITS))
    for viewer, given in groupby(units, key=lambda line: line[:ID]):
        week.hand_out(frozen.viewers[viewer], given)
    return week.items()


@dataclass(slots=True)
class _Week:
    frozen: Frozen
    key: slice
    found: dict[bytes, Item] = field(default_factory=dict)
    done: dict[bytes, tuple[int, ...]] = field(default_factory=dict)  # e, and what was done, of each way to do it
    mutual: dict[tuple[int, int], tuple[_Pair, bytes | None]] = field(default_factory=dict)
    linked: dict[tuple[bytes, int], list[_Pair]] = field(default_factory=dict)
    watching: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.watching = {viewer.own for viewer in self.frozen.viewers.values() if viewer.own is not None}

    def hand_out(self, viewer: Viewer, given: Iterable[bytes]) -> None:
        """Steps 1 to 3 for one viewer's whole week; what cannot come back goes on."""
        pairs = self._pairs(given)
        felt = [isqrt(NANO * sum(pair.effects.values())) for pair in pairs]
        spent, budget = sum(felt), self.frozen.policy.budget_nano
        for pair, mine in zip(pairs, felt, strict=True):
            pair.worth = viewer.value_nano * mine // NANO
            pair.left = pair.worth * budget // spent if spent > budget else pair.worth
            for item, part in self._divided(mine, pair):
                item.felt += part
            if viewer.own is not None and pair.place in self.watching:
                self.mutual[viewer.own, pair.place] = pair, viewer.cluster
            else:
                self._go_on(pair, viewer.cluster)

    def items(self) -> dict[bytes, Item]:
        """Steps 4 to 6, once everybody has handed out."""
        weights = {key: pair.left for key, (pair, _) in self.mutual.items()}
        for (viewer, place), (pair, cluster) in self.mutual.items():
            if viewer == place:
                self._credit(pair, 0)
                continue
            left = discounted(pair.left, weights.get((place, viewer), 0))
            pair.mutual, pair.left = pair.left - left, left
            self._go_on(pair, cluster)
        for pairs in self.linked.values():
            squares = [pair.left * pair.left for pair in pairs]
            for pair, points in zip(pairs, divided(isqrt(sum(squares)), squares), strict=True):
                self._credit(pair, points)
        self._judge()
        return dict(sorted(self.found.items()))

    def _pairs(self, given: Iterable[bytes]) -> list[_Pair]:
        pairs: list[_Pair] = []
        last = b""
        for line in given:
            if line[_CREATOR] != last:
                last = line[_CREATOR]
                pairs.append(_Pair(self.frozen.places[last]))
            effects, key = pairs[-1].effects, line[self.key]
            item = self.found.get(key)
            if item is None:
                item = self.found[key] = Item()
            one, seconds, liked, bookmarked, comments, shared, component = self._read(line[_GIVEN])
            if key not in effects:
                item.viewers += 1
            effects[key] = effects.get(key, 0) + one
            item.effect += one
            item.seconds += seconds
            item.likes += liked
            item.bookmarks += bookmarked
            item.comments += comments
            item.shares += shared
            item.components += component
        return pairs

    def _read(self, given: bytes) -> tuple[int, ...]:
        found = self.done.get(given)
        if found is None:
            one = effect(given, self.frozen.policy.weights) or 0
            found = self.done[given] = one, *map(int, given.split(b","))
        return found

    def _go_on(self, pair: _Pair, cluster: bytes | None) -> None:
        """Step 5: unlinked viewers count by themselves, linked ones together, whoever is linked to the creator not."""
        if cluster is None:
            self._credit(pair, pair.left)
        elif cluster == self.frozen.creators[pair.place].cluster:
            self._credit(pair, 0)
        else:
            self.linked.setdefault((cluster, pair.place), []).append(pair)

    def _credit(self, pair: _Pair, points: int) -> None:
        budget, linked = pair.worth - pair.left - pair.mutual, pair.left - points
        for name, whole in (("points", points), ("budget", budget), ("mutual", pair.mutual), ("linked", linked)):
            for item, part in self._divided(whole, pair) if whole else ():
                setattr(item, name, getattr(item, name) + part)
                item.worth += part

    def _divided(self, whole: int, pair: _Pair) -> Iterator[tuple[Item, int]]:
        found = [self.found[key] for key in pair.effects]
        if len(found) == 1:
            return iter([(found[0], whole)])
        return zip(found, divided(whole, pair.effects.values()), strict=True)

    def _judge(self) -> None:
        """Step 6: a standing below the whole takes its part of each item."""
        keys = sorted(self.found)
        for creator, mine in groupby(keys, key=lambda key: key[:ID]):
            permille = self.frozen.creators[self.frozen.places[creator]].standing_permille
            if permille == WHOLE:
                continue
            found = [self.found[key] for key in mine]
            left = sum(item.points for item in found) * permille // WHOLE
            for item, points in zip(found, divided(left, [item.points for item in found]), strict=True):
                item.standing, item.points = item.points - points, points
