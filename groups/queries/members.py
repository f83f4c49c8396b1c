"""Who is in a group, in what part, and what was done about one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from groups.models import Ban, Group, Membership, Restriction, Role
from planet.accounts.models import User
from planet.web.pagination import Page, keyset

SIZE: Final = 40
NEW_FOR: Final = timedelta(days=7)
# What the list can be narrowed to; the last two are for helpers.
SHOWS: Final = ("all", "helpers", "new", "restricted", "invited")
HELPERS_MOST: Final = 60
FEW: Final = 500  # people who are called alike and are looked for one by one
LISTED: Final = 40  # helpers, and others, beside a conversation


@dataclass(frozen=True)
class Wanted:
    """Which members: by the beginning of a handle or a name, by role, by a state."""

    q: str = ""
    role: int | None = None
    show: str = "all"


def members(*, group: Group, wanted: Wanted, after: str | None, now: datetime) -> Page[Membership]:
    """A page of members with their people and roles, the newest first. A constant number of queries."""
    rows = Membership.objects.filter(group=group, accepted_at__isnull=wanted.show == "invited")
    if wanted.role is not None:
        rows = rows.filter(role=wanted.role)
    if wanted.show == "helpers":
        rows = rows.filter(Q(role__isnull=False) | Q(user=group.owner_id))
    elif wanted.show == "new":
        rows = rows.filter(accepted_at__gt=now - NEW_FOR)
    elif wanted.show == "restricted":
        rows = rows.filter(Exists(standing_restrictions(now).filter(group=group, user=OuterRef("user"))))
    if wanted.q:
        rows = rows.filter(called(wanted.q))
    restricted = Exists(standing_restrictions(now).filter(group=group, user=OuterRef("user")))
    rows = rows.select_related("user", "role", "invited_by").annotate(is_restricted=restricted)
    return keyset(rows, after=after, size=SIZE)


def listed(group: Group) -> tuple[list[Membership], list[Membership]]:
    """Who is shown beside a conversation, however large: who looks after it, the owner first, and the newest others."""
    rows = Membership.objects.filter(group=group, accepted_at__isnull=False).select_related("user", "role")
    helping = Q(role__isnull=False) | Q(user=group.owner_id)
    known = list(rows.filter(helping).order_by(F("role__rank").desc(nulls_first=True), "id")[: LISTED + 1])
    known.sort(key=lambda row: row.user_id != group.owner_id)
    others = rows.filter(role=None).exclude(user=group.owner_id).order_by("-id")[:LISTED]
    return known, list(others)


def called(q: str) -> Q:
    """Rows whose `user` has a handle or name that begins like this.

    Few people: two indexes find them, however large the group. So many that looking each of them up would take longer
    than meeting them: then the rows are walked in their order, and a page is full after a few of them.
    """
    q = q.strip().removeprefix("@")
    by_handle = User.objects.filter(handle__startswith=q.lower())
    by_name = User.objects.filter(display_name__istartswith=q).exclude(display_name="")
    people = {pk for rows in (by_handle, by_name) for pk in rows.order_by().values_list("pk", flat=True)[: FEW + 1]}
    if len(people) <= FEW:
        return Q(user__in=people)
    return Q(user__handle__startswith=q.lower()) | Q(user__display_name__istartswith=q)


def standing_restrictions(now: datetime) -> QuerySet[Restriction]:
    """Restrictions that hold at this moment."""
    return Restriction.objects.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


def restriction_of(*, group: Group, user: User, now: datetime) -> Restriction | None:
    """What is taken from a member now."""
    return standing_restrictions(now).filter(group=group, user=user).select_related("by").order_by("-id").first()


def record_of(*, group: Group, user: User) -> list[Restriction]:
    """Everything that was ever taken from a member, the newest first; at most fifty."""
    rows = Restriction.objects.filter(group=group, user=user).select_related("by", "lifted_by")
    return list(rows.order_by("-id")[:50])


def helpers(*, group: Group) -> list[Membership]:
    """The owner and everybody with a role, the highest rank first."""
    rows = Membership.objects.filter(group=group, accepted_at__isnull=False)
    rows = rows.filter(Q(role__isnull=False) | Q(user=group.owner_id)).select_related("user", "role")
    # The owner first, who may have no role: among so many helpers they are not to be missing.
    found = list(rows.order_by(F("role__rank").desc(nulls_first=True), "id")[:HELPERS_MOST])
    return sorted(found, key=lambda row: (row.user_id != group.owner_id, -(row.role.rank if row.role else 0), row.pk))


def member(*, group: Group, user_id: UUID) -> Membership | None:
    """Somebody's membership, invited or accepted, with role and people."""
    rows = Membership.objects.filter(group=group, user=user_id)
    return rows.select_related("user", "role", "invited_by", "link").first()


def roles(*, group: Group) -> list[Role]:
    """The group's roles, the highest rank first."""
    return list(Role.objects.filter(group=group).order_by("-rank", "pk"))


def holders(*, group: Group) -> dict[int, int]:
    """How many members have each role."""
    rows = Membership.objects.filter(group=group, role__isnull=False, accepted_at__isnull=False)
    return dict(rows.values_list("role").annotate(many=Count("id")).order_by())


def bans(*, group: Group, after: str | None, q: str = "", now: datetime) -> Page[Ban]:
    """Who may not come back, the latest first."""
    rows = Ban.objects.filter(Q(until=None) | Q(until__gt=now), group=group, lifted_at=None)
    if q:
        rows = rows.filter(called(q))
    return keyset(rows.select_related("user", "by"), after=after)


def ban_of(*, group: Group, user: User, now: datetime) -> Ban | None:
    """The ban of an account that stands."""
    rows = Ban.objects.filter(Q(until=None) | Q(until__gt=now), group=group, user=user, lifted_at=None)
    return rows.select_related("by").first()
