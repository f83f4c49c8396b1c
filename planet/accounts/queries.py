"""Reads about people."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from planet.accounts.models import Block, Mute, User


def display(user: User) -> str:
    """How mails and messages call the person."""
    return f"@{user.handle}"


def by_handle(handle: str) -> User | None:
    """The active person with this handle, however it is capitalised."""
    return User.objects.filter(handle=handle.lower(), is_active=True).first()


def hidden_ids(viewer_id: UUID | None) -> QuerySet[Any, UUID]:
    """Ids of everybody the viewer must not see: blocked, either way round, and muted. A guest hides nobody.

    A subquery, made for `exclude(creator_id__in=hidden_ids(viewer_id))`: no round trip of its own. Two unique indexes
    and one on `target` answer it.
    """
    if viewer_id is None:
        return Block.objects.none().values_list("target_id", flat=True)
    blocked = Block.objects.filter(owner_id=viewer_id).values_list("target_id", flat=True)
    blocked_by = Block.objects.filter(target_id=viewer_id).values_list("owner_id", flat=True)
    muted = Mute.objects.filter(owner_id=viewer_id).values_list("target_id", flat=True)
    return blocked.union(blocked_by, muted, all=True)


def hides_anybody(viewer_id: UUID | None) -> bool:
    """Whether there is anybody whom the viewer must not see."""
    return viewer_id is not None and hidden_ids(viewer_id).exists()


def blocked_between(one: UUID, other: UUID) -> bool:
    """Whether either of the two has blocked the other."""
    return Block.objects.filter(Q(owner=one, target=other) | Q(owner=other, target=one)).exists()


def has_blocked(owner_id: UUID, target_id: UUID) -> bool:
    """Whether `owner` has blocked `target`."""
    return Block.objects.filter(owner=owner_id, target=target_id).exists()


def has_muted(owner_id: UUID, target_id: UUID) -> bool:
    """Whether `owner` has muted `target`."""
    return Mute.objects.filter(owner=owner_id, target=target_id).exists()


def blocked_by(owner_id: UUID) -> QuerySet[Block]:
    """Whom the person has blocked, with the people loaded; order and bound it with a keyset."""
    return Block.objects.filter(owner=owner_id).select_related("target")


def muted_by(owner_id: UUID) -> QuerySet[Mute]:
    """Whom the person has muted, with the people loaded; order and bound it with a keyset."""
    return Mute.objects.filter(owner=owner_id).select_related("target")
