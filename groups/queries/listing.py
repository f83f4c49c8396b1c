"""Groups that can be found: the directory, and those of a creator."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from groups.models import Group, GroupKind, Membership, Sanction, SanctionLevel, Visibility
from planet.accounts.queries import hidden_ids
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor


def listed(*, viewer_id: UUID | None, now: datetime) -> QuerySet[Group]:
    """Every group that may be listed to somebody: not closed, not secret, not limited by operators, of nobody hidden.

    Each carries `is_member`.
    """
    measures = Sanction.objects.filter(Q(until=None) | Q(until__gt=now), group=OuterRef("pk"), lifted_at=None)
    mine = Membership.objects.filter(group=OuterRef("pk"), user=viewer_id, accepted_at__isnull=False)
    rows = Group.objects.filter(kind=GroupKind.GROUP, closed_at=None, owner__is_active=True)
    rows = rows.exclude(visibility=Visibility.SECRET).exclude(Exists(measures.exclude(level=SanctionLevel.WARN)))
    rows = rows.exclude(owner__in=hidden_ids(viewer_id))
    return rows.select_related("owner").annotate(is_member=Exists(mine))


def directory(*, viewer_id: UUID | None, q: str, topic: str, after: str | None, now: datetime) -> Page[Group]:
    """Groups to join, the largest first; by the words of their name and handle, or by a topic."""
    rows = listed(viewer_id=viewer_id, now=now)
    if topic:
        rows = rows.filter(topics__contains=[topic], visibility=Visibility.PUBLIC)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(handle__startswith=q.lower()))
    if after:
        members, pk = decode_cursor(after, Group, "members_count", "id")
        rows = rows.filter(Q(members_count__lt=members) | Q(members_count=members, pk__lt=pk))
    found: list[Any] = list(rows.order_by("-members_count", "-pk")[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return Page(found[:PAGE_SIZE], encode_cursor(last.members_count, last.pk) if last else None)


def of_creator(*, owner_id: UUID, viewer_id: UUID | None, now: datetime) -> list[Group]:
    """The groups that a creator runs and the viewer may know of; to themselves, the secret ones too."""
    rows = listed(viewer_id=viewer_id, now=now).filter(owner=owner_id)
    if viewer_id == owner_id:
        mine = Membership.objects.filter(group=OuterRef("pk"), user=viewer_id, accepted_at__isnull=False)
        rows = Group.objects.filter(kind=GroupKind.GROUP, owner=owner_id).select_related("owner")
        rows = rows.annotate(is_member=Exists(mine))
    return list(rows.order_by("-members_count", "-pk")[:50])


def avatars_in_use(keys: Collection[str]) -> set[str]:
    """Those of some picture keys that are a group's."""
    return set(Group.objects.filter(avatar__in=keys).values_list("avatar", flat=True))
