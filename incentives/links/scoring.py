"""How sure it is that two accounts are one person's, and which accounts belong together. Numbers in, numbers out.

Everything is an integer; confidence is in per mille. There are five families of evidence, and each alone has an
innocent reading: a lent laptop, a café's network, a shared exchange account, two friends, a common name. So one family
links nobody, however strong; two or more are joined as if each were right or wrong by itself: 1 − Π(1 − pᵢ).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Final
from uuid import UUID

WHOLE: Final = 1000
PROPOSED: Final = 600  # from here an operator is asked
CERTAIN: Final = 950  # from here it holds at once, when it is more than a household
AT_MOST: Final = 100  # accounts in one cluster

# The most people who can share one before it says nothing: a block is a household's or everybody's, a device is lent to
# few, and a farm of accounts on one device or address is found all the same.
BLOCK_PEOPLE: Final = 8
SHARED_PEOPLE: Final = 100
NAME_PEOPLE: Final = 4

_DEVICE, _FUNDING, _NAME, _BLOCK, _MUTUAL = 900, 900, 500, 700, 700
_EACH_MORE: Final = 5  # what every further person takes from a shared device or address
_HOURS: Final = 14  # hours together that say all a block can say
_DAYS: Final = 3  # on fewer days it is chance
OVERWHELMING: Final = 600  # per mille of everything that both gave and got


class Family(StrEnum):
    """What a piece of evidence is about."""

    DEVICE = "device"
    BLOCK = "block"
    FUNDING = "funding"
    MUTUAL = "mutual"
    NAME = "name"


# Who lives together shares these two, and is two people: they propose, and a person decides (docs/adr/0026).
HOUSEHOLD: Final = frozenset({Family.DEVICE, Family.BLOCK})


def device(people: int) -> int:
    """That both used one browser, which so many people used."""
    return _shared(_DEVICE, people)


def funding(people: int) -> int:
    """That both took money out to one address, to which so many people did."""
    return _shared(_FUNDING, people)


def block(*, days: int, hours: int, people: int) -> int:
    """That both came from one block in the same hours: how many, on how many days, among at most so many people."""
    if days < _DAYS or people > BLOCK_PEOPLE:
        return 0
    return _BLOCK * min(hours, _HOURS) // _HOURS * 2 // people


def name(people: int) -> int:
    """That both have one legal name in one country, which so many people here have."""
    return _NAME * 2 // people if people <= NAME_PEOPLE else 0


def mutual(share: int) -> int:
    """That they give each other: the least, in per mille, of four shares: of what each gave, and of what each got."""
    return _MUTUAL * share // WHOLE if share >= OVERWHELMING else 0


def _shared(whole: int, people: int) -> int:
    return max(0, whole - _EACH_MORE * (people - 2)) if people <= SHARED_PEOPLE else 0


def joined(strengths: Iterable[int]) -> int:
    """1 − Π(1 − pᵢ), in per mille, cut; 0 for fewer than two."""
    left = [WHOLE - one for one in strengths if one]
    if len(left) < 2:
        return 0
    return int(WHOLE + (-prod(left) // WHOLE ** (len(left) - 1)))


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Two accounts, the smaller id first, and how strong each family of evidence is for them."""

    first: UUID
    second: UUID
    strengths: tuple[tuple[Family, int], ...]

    @property
    def families(self) -> frozenset[Family]:
        """What there is evidence of."""
        return frozenset(family for family, strength in self.strengths if strength)

    @property
    def confidence(self) -> int:
        """Of all families together."""
        return joined(strength for _, strength in self.strengths)

    @property
    def is_proposed(self) -> bool:
        """Whether an operator should look at it."""
        return self.confidence >= PROPOSED

    @property
    def is_certain(self) -> bool:
        """Whether it needs no operator: very sure, and by more than living together."""
        return self.confidence >= CERTAIN and not self.families <= HOUSEHOLD


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that belong together, and the weakest link that was needed to say so."""

    members: tuple[UUID, ...]
    confidence: int


def edges(found: Mapping[tuple[UUID, UUID], Mapping[Family, int]]) -> list[Edge]:
    """Pairs with their evidence, as edges, sorted; pairs are given with the smaller id first."""
    return sorted(
        Edge(first, second, tuple((family, of[family]) for family in Family if of.get(family)))
        for (first, second), of in found.items()
    )


def groups(links: Iterable[Edge], *, at_most: int = AT_MOST) -> list[Group]:
    """Who belongs together by these edges: the surest first, and never more than `at_most` people.

    An edge that would make a larger group is left out. The same edges give the same groups, in whatever order.
    """
    found = _Groups(at_most)
    for edge in sorted(links, key=lambda one: (-one.confidence, one.first, one.second)):
        found.join(edge)
    return found.groups()


class _Groups:
    """Union-find, with the confidence of the edge that joined last: they come in falling order."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self.above: dict[UUID, UUID] = {}
        self.size: dict[UUID, int] = defaultdict(lambda: 1)
        self.confidence: dict[UUID, int] = {}

    def root(self, one: UUID) -> UUID:
        while (above := self.above.get(one, one)) != one:
            self.above[one] = self.above.get(above, above)
            one = above
        return one

    def join(self, edge: Edge) -> None:
        one, other = sorted((self.root(edge.first), self.root(edge.second)))
        if one == other or self.size[one] + self.size[other] > self.at_most:
            return
        if self.size[one] < self.size[other]:
            one, other = other, one
        self.above[other] = self.above[one] = one
        self.size[one] += self.size[other]
        self.confidence[one] = edge.confidence

    def groups(self) -> list[Group]:
        members: dict[UUID, list[UUID]] = defaultdict(list)
        for one in sorted(self.above):
            members[self.root(one)].append(one)
        return [Group(tuple(people), self.confidence[root]) for root, people in sorted(members.items())]
