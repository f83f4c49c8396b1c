"""What is taken from a member: the one place that writes it, for helpers and for automatic moderation."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from groups import broadcasts
from groups.models import Group, Restriction
from groups.rights import FOR_MEMBERS, Right
from planet.accounts.models import User

TAKEABLE: Final = sum(FOR_MEMBERS, Right(0))


def standing(group: Group, user_id: UUID) -> QuerySet[Restriction]:
    """What was taken and not given back; some of it may be over by now."""
    return Restriction.objects.filter(group=group, user=user_id, lifted_at=None)


def replace(
    *, group: Group, user: User, taken: Right, until: datetime | None, reason: str, by: User, now: datetime
) -> Restriction:
    """Take rights until then (None: for good) in the place of whatever was taken before; the caller holds the group."""
    standing(group, user.pk).update(lifted_at=now, lifted_by=by)
    return _write(group, user, taken, until, reason, by, now)


def time_out(*, group: Group, user: User, until: datetime, reason: str, now: datetime) -> Restriction | None:
    """Take everything for a while, by nobody in particular; None where that is so already, and for as long.

    Less that lasts longer stays below it, and holds again when this is over. The caller holds the group.
    """
    before = standing(group, user.pk)
    longer = before.filter(Q(until=None) | Q(until__gte=until))
    if any(row.taken & TAKEABLE == TAKEABLE for row in longer):
        return None
    before.filter(until__lt=until).update(lifted_at=now)
    return _write(group, user, TAKEABLE, until, reason, None, now)


def _write(  # noqa: PLR0917  # a row's values
    group: Group, user: User, taken: Right, until: datetime | None, reason: str, by: User | None, now: datetime
) -> Restriction:
    row = Restriction.objects.create(
        group=group, user=user, taken=int(taken & TAKEABLE), reason=reason, by=by, created_at=now, until=until
    )
    changed(group, user)
    return row


def changed(group: Group, user: User) -> None:
    """What a member may do is not what it was: their open pages ask again."""
    broadcasts.group_changed(group, "members", {"user": str(user.pk)})
