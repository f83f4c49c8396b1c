"""The inbox of requests: who wants to talk to a person, and what they said first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from groups.models import GroupKind, Membership, Message, MessageKind
from planet.accounts.models import User
from planet.accounts.queries import hidden_ids
from planet.web.pagination import Page, keyset

SAID: Final = 3  # messages of each that are shown before it is accepted


@dataclass(frozen=True)
class Request:
    """Somebody asks a person into a conversation: the row, what was said so far, how many are in or asked."""

    membership: Membership
    said: Sequence[Message]
    people: int


def waiting(user: User) -> QuerySet[Membership]:
    """What waits for a person's answer, without whom they have blocked, muted, or who blocked them."""
    rows = Membership.objects.filter(user=user, accepted_at=None, group__kind=GroupKind.DIRECT, group__closed_at=None)
    asked = Q(invited_by__is_active=True) & ~Q(invited_by__in=hidden_ids(user.pk))
    return rows.filter(asked)


def page(user: User, *, after: str | None = None) -> Page[Request]:
    """The newest requests first, each with its first messages: three queries."""
    found = keyset(waiting(user).select_related("group", "invited_by"), after=after)
    groups = [row.group_id for row in found.items]
    said: dict[UUID, list[Message]] = {}
    first = Message.objects.filter(
        channel__group__in=groups, number__lte=SAID, deleted_at=None, kind=MessageKind.SAID
    ).select_related("author", "channel")
    for message in first.order_by("channel", "number"):
        said.setdefault(message.channel.group_id, []).append(message)
    sizes = dict(Membership.objects.filter(group__in=groups).values_list("group").annotate(Count("id")))
    items = [Request(row, said.get(row.group_id, ()), sizes.get(row.group_id, 0)) for row in found.items]
    return Page(items, found.after)
