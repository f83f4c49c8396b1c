"""What people are told about their own coming and going: in the inbox, and in their open tabs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from groups.models import Group, JoinRequest
from planet.notifications.actions import notify
from planet.notifications.models import Kind
from planet.realtime import publish


def listen(user_id: UUID, group: Group) -> None:
    """In every tab of somebody who came in, the list of groups has one more."""
    _to_tabs(user_id, "joined", group)


def gone(user_id: UUID, group: Group) -> None:
    """In every tab of somebody who is no longer in, the list has one less, and an open conversation ends."""
    _to_tabs(user_id, "removed", group)


def _to_tabs(user_id: UUID, what: str, group: Group) -> None:
    data = {"what": what, "group": str(group.pk)}
    transaction.on_commit(lambda: publish(f"user:{user_id}", "membership", data), robust=True)


def approved(request: JoinRequest) -> None:
    """Somebody who asked is in."""
    if request.decided_at:
        tell(request.user_id, "group_approved", request.group, request.decided_at)


def declined(request: JoinRequest) -> None:
    """Somebody who asked was turned away: the reason is on the group's card, and here."""
    if request.decided_at:
        tell(request.user_id, "group_declined", request.group, request.decided_at, reason=request.reason)


def tell(user_id: UUID, what: str, group: Group, now: datetime, *, reason: str = "", url: str = "") -> None:
    """Put it into a person's inbox; call it last in the transaction."""
    notify(
        recipients=[user_id],
        kind=Kind.SYSTEM,
        actor=None,
        group_key=f"{what}:{group.pk}",
        url=url or group.get_absolute_url(),
        excerpt=f"{group.name}: {reason}" if reason else group.name,
        now=now,
    )
