"""Who waits at the door, by which ways one comes in, and what an outsider is shown."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from groups.models import Group, InviteLink, InviteUse, JoinRequest, Membership, Question, RequestState
from groups.queries.members import called
from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor

RECENT: Final = 50


def requests(*, group: Group, after: str | None, q: str = "") -> Page[JoinRequest]:
    """The queue, who has waited longest first."""
    rows = JoinRequest.objects.filter(group=group, state=RequestState.PENDING, user__is_active=True)
    if q:
        rows = rows.filter(called(q))
    if after:
        (value,) = decode_cursor(after, JoinRequest, "id")
        rows = rows.filter(id__gt=value)
    found = list(rows.select_related("user", "link").order_by("id")[: PAGE_SIZE + 1])
    return Page(found[:PAGE_SIZE], encode_cursor(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else None)


def waiting(*, group: Group) -> int:
    """How many wait."""
    return JoinRequest.objects.filter(group=group, state=RequestState.PENDING).count()


def questions(*, group: Group) -> list[Question]:
    """What people who ask to come in are asked."""
    return list(Question.objects.filter(group=group).order_by("position", "pk"))


def request_of(*, group: Group, user: User) -> JoinRequest | None:
    """Somebody's newest request: what became of it."""
    return JoinRequest.objects.filter(group=group, user=user).order_by("-id").first()


def invitation_of(*, group: Group, user: User) -> Membership | None:
    """Somebody's invitation that is not answered."""
    rows = Membership.objects.filter(group=group, user=user, accepted_at=None)
    return rows.select_related("invited_by").first()


def invitations(*, user: User) -> list[Membership]:
    """The groups that somebody was asked into and has not answered, the latest first."""
    rows = Membership.objects.filter(user=user, accepted_at=None, group__kind="group", group__closed_at=None)
    return list(rows.select_related("group", "invited_by").order_by("-id")[:RECENT])


def links(*, group: Group, now: datetime) -> tuple[list[InviteLink], list[InviteLink]]:
    """The links that stand, and the latest of those that do not any more."""
    rows = InviteLink.objects.filter(group=group).select_related("by").order_by("-id")
    standing = rows.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    over = rows.exclude(pk__in=standing.values("pk"))
    return list(standing[:100]), list(over[:RECENT])


def link(*, group: Group, link_id: int) -> InviteLink | None:
    """A link of the group."""
    return InviteLink.objects.filter(group=group, pk=link_id).select_related("by").first()


def uses(*, of: InviteLink) -> list[InviteUse]:
    """Who came by a link, the latest first."""
    return list(InviteUse.objects.filter(link=of).select_related("user").order_by("-id")[:RECENT])


def by_token(token: str) -> InviteLink | None:
    """The link of a token, standing or not."""
    return InviteLink.objects.filter(token=token).select_related("group__owner", "by").first()


def card_of(user_id: UUID | None, group: Group) -> list[User]:
    """Whom the viewer knows in a group: people they follow who are members. At most five."""
    if user_id is None:
        return []
    followed = User.objects.filter(creator__followers__follower=user_id, memberships__group=group)
    return list(followed.filter(memberships__accepted_at__isnull=False, is_active=True).order_by("-pk")[:5])
