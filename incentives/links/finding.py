"""The nightly search: which accounts belong together by what the records say, and what that changes.

What is very sure counts at once; what is likely is proposed to the operators (docs/adr/0026). What has no evidence any
more runs out by itself. Harmless twice: the same records find the same clusters, which are there already.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from incentives.errors import Busy
from incentives.links import standing
from incentives.links.evidence import Found, gather
from incentives.links.scoring import AT_MOST, Edge, Family, Group, edges, groups
from incentives.models import Cluster, ClusterState, Evidence, Member

CLEARED_FOR: Final = timedelta(days=180)
logger = logging.getLogger(__name__)


@transaction.atomic
def find(*, now: datetime) -> dict[str, int]:
    """Look through the records, and write down what is new; how many clusters lapsed, counted, were proposed, stayed.

    Raises Busy while somebody else writes clusters.
    """
    if not standing.try_lock():
        raise Busy(now)
    return _Search(now).run()


class _Live:
    """Who is in which cluster of a state; kept up with what a run changes, so that a run asks once."""

    def __init__(self, state: ClusterState) -> None:
        self.people: dict[UUID, set[UUID]] = {}
        self.cluster: dict[UUID, UUID] = {}
        members = Member.objects.filter(cluster__state=state, cluster__ended_at=None)
        for cluster, person in members.values_list("cluster_id", "person_id").iterator():
            self.put(cluster, {person})

    def put(self, cluster: UUID, people: set[UUID]) -> None:
        self.people.setdefault(cluster, set()).update(people)
        self.cluster.update(dict.fromkeys(people, cluster))

    def touched(self, people: Iterable[UUID]) -> set[UUID]:
        return {self.cluster[one] for one in people if one in self.cluster}

    def drop(self, people: Iterable[UUID]) -> None:
        for cluster in self.touched(people):
            for one in self.people.pop(cluster):
                del self.cluster[one]


class _Search:
    """One run: the edges, the live clusters, and what is to be written for those that stay."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.done: Counter[str] = Counter(lapsed=_lapse(now), counted=0, proposed=0, stayed=0)
        self.found: Found = gather(now)
        strengths = {pair: {family: one.strength for family, one in of.items()} for pair, of in self.found.items()}
        cleared = _cleared(now)
        self.edges = [
            edge
            for edge in edges(strengths)
            if edge.is_proposed and not edge.families <= cleared.get((edge.first, edge.second), frozenset())
        ]
        self.of: dict[UUID, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self.of[edge.first].append(edge)
        self.counting, self.asked = _Live(ClusterState.IN_FORCE), _Live(ClusterState.PROPOSED)
        self.staying: set[UUID] = set()

    def run(self) -> dict[str, int]:
        for group in groups(edge for edge in self.edges if edge.is_certain):
            self._count(group)
        for group in groups(self.edges):
            self._propose(group)
        Cluster.objects.filter(pk__in=self.staying).update(expires_at=self.now + standing.LASTS)
        both = {**self.counting.people, **self.asked.people}
        standing.keep(row for pk in sorted(self.staying) for row in self._rows(pk, both[pk]))
        self.done["stayed"] = len(self.staying)
        return dict(self.done)

    def _count(self, group: Group) -> None:
        """Let a certain group count, with whoever is linked to its members already."""
        touched = self.counting.touched(group.members)
        everyone = set(group.members).union(*(self.counting.people[pk] for pk in touched))
        if len(touched) == 1 and everyone in (self.counting.people[pk] for pk in touched):
            self._stay(group, self.counting)
        elif len(everyone) > AT_MOST:
            logger.error("a cluster would be too large", extra={"people": len(everyone)})
        else:
            cluster = self._made(everyone, group.confidence)
            standing.carry(list(touched), cluster)
            standing.put_in_force(cluster, now=self.now)
            for live in (self.counting, self.asked):
                live.drop(everyone)
            self.counting.put(cluster.pk, everyone)
            self.done["counted"] += 1

    def _propose(self, group: Group) -> None:
        """Ask the operators, unless it counts already or they have been asked."""
        people = set(group.members)
        for live in (self.counting, self.asked):
            if any(people <= live.people[pk] for pk in live.touched(people)):
                self._stay(group, live)
                return
        standing.end(self.asked.touched(people), state=ClusterState.EXPIRED, now=self.now)
        self.asked.drop(people)
        self.asked.put(self._made(people, group.confidence).pk, people)
        self.done["proposed"] += 1

    def _stay(self, group: Group, live: _Live) -> None:
        """There still is evidence of all of it: it lasts on. Of a part of it: it lasts as long as it did."""
        people = set(group.members)
        self.staying.update(pk for pk in live.touched(people) if live.people[pk] == people)

    def _made(self, people: set[UUID], confidence: int) -> Cluster:
        cluster = standing.make(people, confidence=confidence, now=self.now)
        standing.keep(self._rows(cluster.pk, people))
        return cluster

    def _rows(self, cluster: UUID, people: set[UUID]) -> list[Evidence]:
        return [
            standing.row(cluster, edge, standing.facts_of(self.found[edge.first, edge.second]), self.now)
            for one in sorted(people)
            for edge in self.of.get(one, ())
            if edge.second in people
        ]


def _lapse(now: datetime) -> int:
    """What expired did so when it expired, not when that was noticed."""
    lapsed = Cluster.objects.filter(ended_at=None, expires_at__lte=now)
    Member.objects.filter(cluster__in=lapsed, is_in_force=True).update(is_in_force=False)
    return lapsed.update(state=ClusterState.EXPIRED, ended_at=F("expires_at"))


def _cleared(now: datetime) -> dict[tuple[UUID, UUID], set[Family]]:
    """Pairs of which an operator said lately that they are two people, and by what they had seemed to be one."""
    found: dict[tuple[UUID, UUID], set[Family]] = {}
    for row in Evidence.objects.filter(cleared_at__gt=now - CLEARED_FOR).iterator():
        found.setdefault((row.first_id, row.second_id), set()).update(row.edge.families)
    return found
