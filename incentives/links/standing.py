"""What every write of clusters is made of: one at a time, put in force, ended, told.

All writes wait for one advisory lock, so that nobody decides about a cluster that is being replaced.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.urls import reverse

from incentives.links.evidence import Said
from incentives.links.scoring import Edge, Family
from incentives.models import Cluster, ClusterState, Evidence, Member
from planet.notifications.actions import notify
from planet.notifications.models import Kind

LASTS: Final = timedelta(days=28)  # after the last time that there was evidence
BEGAN: Final = "linked_began"
OVER: Final = "linked_over"
_LOCK: Final = 7_305_104


def lock() -> None:
    """Wait until nobody else writes clusters; until the end of the transaction nobody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def try_lock() -> bool:
    """The same, for who does not wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def make(people: Iterable[UUID], *, confidence: int, now: datetime) -> Cluster:
    """A new cluster, proposed."""
    cluster = Cluster.objects.create(confidence=confidence, proposed_at=now, expires_at=now + LASTS)
    Member.objects.bulk_create(Member(cluster=cluster, person_id=person) for person in sorted(people))
    return cluster


def row(cluster: UUID, edge: Edge, facts: dict[str, dict[str, int]], now: datetime) -> Evidence:
    """An edge as a row of a cluster, not saved."""
    strengths = {str(family): strength for family, strength in edge.strengths}
    return Evidence(
        cluster_id=cluster, first_id=edge.first, second_id=edge.second, confidence=edge.confidence,
        facts=facts, seen_at=now, **strengths,
    )  # fmt: skip


def facts_of(said: dict[Family, Said]) -> dict[str, dict[str, int]]:
    """The figures behind each family, as they are stored."""
    return {str(family): one.facts for family, one in said.items()}


def keep(rows: Iterable[Evidence]) -> None:
    """Store evidence; what a cluster rests on already is brought up to date."""
    Evidence.objects.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["cluster", "first", "second"],
        update_fields=[*map(str, Family), "confidence", "facts", "seen_at"],
    )  # fmt: skip


def carry(old: Collection[UUID], to: Cluster) -> None:
    """What other clusters rest on is evidence of this one, too, as far as it is about its members and not cleared."""
    people = to.members.values("person_id")
    copies = list(Evidence.objects.filter(cluster__in=old, cleared_at=None, first__in=people, second__in=people))
    for one in copies:
        one.pk, one.cluster = None, to
    Evidence.objects.bulk_create(copies, batch_size=1000, ignore_conflicts=True)


def put_in_force(cluster: Cluster, *, now: datetime, known: Collection[UUID] = ()) -> None:
    """Let it count from now on, in place of every other live cluster of its members.

    Who counted together with others before, as those in `known` did, is not told.
    """
    people = list(cluster.members.values_list("person_id", flat=True))
    others = Cluster.objects.filter(members__person__in=people, ended_at=None).exclude(pk=cluster.pk)
    ids = list(others.order_by("pk").values_list("pk", flat=True).distinct())
    told = set(people).difference(
        known, Member.objects.filter(person__in=people, is_in_force=True).values_list("person_id", flat=True)
    )
    end(ids, state=ClusterState.EXPIRED, now=now)
    cluster.state, cluster.in_force_at = ClusterState.IN_FORCE, now
    cluster.expires_at = max(cluster.expires_at, now + LASTS)
    cluster.save()
    cluster.members.update(is_in_force=True)
    tell(BEGAN, cluster.pk, told, now=now)


def end(clusters: Collection[UUID], *, state: ClusterState, now: datetime) -> None:
    """Let them count no more."""
    Member.objects.filter(cluster__in=clusters, is_in_force=True).update(is_in_force=False)
    Cluster.objects.filter(pk__in=clusters, ended_at=None).update(state=state, ended_at=now)


def tell(what: str, cluster: UUID, people: Collection[UUID], *, excerpt: str = "", now: datetime) -> None:
    """Tell people what became of their link; its sentence is in planet.notifications.sentences."""
    notify(
        recipients=people, kind=Kind.SYSTEM, actor=None, group_key=f"{what}:{cluster}",
        url=reverse("pool_linked"), excerpt=excerpt, now=now,
    )  # fmt: skip
