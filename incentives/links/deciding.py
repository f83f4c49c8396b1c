"""What people do about clusters: operators confirm and dismiss, who is in one appeals once, operators answer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from incentives.links import standing
from incentives.links.scoring import groups
from incentives.models import Cluster, ClusterState, Evidence, LinkAppeal, Member
from planet.accounts.models import User
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry
from planet.web.text import clean_text


class NotLive(Exception):
    """It was decided, replaced, or ran out before."""


class OwnAccount(Exception):
    """Nobody decides about a cluster that they are in."""


class NotLinked(Exception):
    """No cluster of this person counts, so there is nothing to appeal against."""


class NothingSaid(Exception):
    """An appeal says something."""


@transaction.atomic
def confirm(*, actor: User, cluster_id: UUID, reason: str, now: datetime) -> AuditEntry:
    """Let a proposed cluster count. Raises NotLive, OwnAccount."""
    cluster = _locked(cluster_id, actor, now)
    if cluster.state != ClusterState.PROPOSED:
        raise NotLive
    standing.put_in_force(cluster, now=now)
    return record(actor=actor, action="links.confirm", target=cluster, reason=reason, now=now)


@transaction.atomic
def dismiss(*, actor: User, cluster_id: UUID, reason: str, now: datetime) -> AuditEntry:
    """Say that these are several people, whether it counts or was only proposed. Raises NotLive, OwnAccount.

    For half a year the same families of evidence do not bring it back. Weeks that are over keep what they were.
    """
    cluster = _locked(cluster_id, actor, now)
    counted = cluster.state == ClusterState.IN_FORCE
    Evidence.objects.filter(cluster=cluster, cleared_at=None).update(cleared_at=now)
    standing.end([cluster.pk], state=ClusterState.DISMISSED, now=now)
    if counted:
        standing.tell(standing.OVER, cluster.pk, _people(cluster), now=now)
    details = {"counted": counted}
    return record(actor=actor, action="links.dismiss", target=cluster, reason=reason, details=details, now=now)


@transaction.atomic
def appeal(*, person: User, text: str, now: datetime) -> LinkAppeal:
    """Say why one's accounts are not one person's; once for a cluster, the first time stays. Nothing else changes.

    Raises NotLinked, NothingSaid.
    """
    said = clean_text(text).strip()
    if not said:
        raise NothingSaid
    standing.lock()
    mine = Member.objects.filter(person=person, is_in_force=True, cluster__expires_at__gt=now).first()
    if mine is None:
        raise NotLinked
    defaults = {"text": said, "created_at": now}
    return LinkAppeal.objects.get_or_create(cluster_id=mine.cluster_id, person=person, defaults=defaults)[0]


@transaction.atomic
def answer(*, actor: User, appeal_id: int, accept: bool, reason: str, now: datetime) -> AuditEntry:
    """Answer an appeal; accepted, the person is taken out, and the others count on as far as they belong together.

    The person reads the reason. Raises NotLive when it was answered before, OwnAccount.
    """
    standing.lock()
    found = LinkAppeal.objects.select_related("cluster").get(pk=appeal_id)
    if found.answered_at:
        raise NotLive
    _not_own(found.cluster, actor)
    found.answered_at, found.is_accepted, found.answer, found.operator = now, accept, reason.strip(), actor
    found.save()
    if accept and found.cluster.state == ClusterState.IN_FORCE and found.cluster.expires_at > now:
        _take_out(found.cluster, found.person_id, now)
    what = "accepted" if accept else "refused"
    standing.tell(f"linked_{what}", found.cluster_id, [found.person_id], excerpt=found.answer, now=now)
    return record(actor=actor, action=f"links.{what}", target=found, reason=reason, now=now)


def _take_out(cluster: Cluster, person: UUID, now: datetime) -> None:
    """End the cluster; the others go on in new ones, as far as what is left of the evidence joins them."""
    about = Evidence.objects.filter(Q(first=person) | Q(second=person), cluster=cluster)
    about.filter(cleared_at=None).update(cleared_at=now)
    people = _people(cluster)
    rest = groups(row.edge for row in cluster.evidence.filter(cleared_at=None))
    standing.end([cluster.pk], state=ClusterState.DISMISSED, now=now)
    for group in rest:
        going_on = standing.make(group.members, confidence=group.confidence, now=now)
        standing.carry([cluster.pk], going_on)
        standing.put_in_force(going_on, now=now, known=people)
    alone = set(people).difference({person}, *(group.members for group in rest))
    standing.tell(standing.OVER, cluster.pk, alone, now=now)


def _locked(cluster_id: UUID, actor: User, now: datetime) -> Cluster:
    standing.lock()
    cluster = Cluster.objects.get(pk=cluster_id)
    if not cluster.is_live or cluster.expires_at <= now:
        raise NotLive
    _not_own(cluster, actor)
    return cluster


def _not_own(cluster: Cluster, actor: User) -> None:
    if cluster.members.filter(person=actor).exists():
        raise OwnAccount


def _people(cluster: Cluster) -> list[UUID]:
    return list(cluster.members.order_by("person_id").values_list("person_id", flat=True))
