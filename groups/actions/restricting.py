"""What is taken from single members: some rights for a while, or the group altogether."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from groups import access, locks, log, restrictions
from groups.actions import changing, joining
from groups.errors import AlreadyDone, Outranked
from groups.models import Ban, Group, JoinRequest, Membership, RequestState, Restriction
from groups.restrictions import TAKEABLE
from groups.rights import Right
from planet.accounts.models import User, VerifiedIdentity

READ_ONLY: Final = TAKEABLE
NO_MEDIA: Final = Right.PICTURES | Right.FILES | Right.POLLS


@transaction.atomic
def restrict(
    *, actor: User, group_id: UUID, target: User, taken: Right, until: datetime | None, reason: str, now: datetime
) -> Restriction:
    """Take rights from a member until then (None: for good); it replaces what was taken before.

    Raises NotAMember, NotAllowed, Outranked.
    """
    group = locks.group(group_id)
    joining.require_over(actor, group, target, Right.RESTRICT)
    row = restrictions.replace(group=group, user=target, taken=taken, until=until, reason=reason, by=actor, now=now)
    data = {"taken": row.taken, "reason": reason, "until": until.isoformat() if until else None}
    log.record(group, "restricted", actor, target, now, **data)
    return row


@transaction.atomic
def lift(*, actor: User, group_id: UUID, target: User, now: datetime) -> None:
    """Give a member back what was taken. Raises NotAMember, NotAllowed, Outranked, AlreadyDone."""
    group = locks.group(group_id)
    joining.require_over(actor, group, target, Right.RESTRICT)
    if not restrictions.standing(group, target.pk).update(lifted_at=now, lifted_by=actor):
        raise AlreadyDone
    log.record(group, "restriction_lifted", actor, target, now)
    restrictions.changed(group, target)


@transaction.atomic
def ban(
    *,
    actor: User,
    group_id: UUID,
    target: User,
    until: datetime | None,
    reason: str,
    now: datetime,
    clearing: bool = False,
) -> Ban:
    """Send somebody away who may not come back under any account; also somebody who is not (or no longer) in.

    The ban holds to the verified identity, if there is one, not only to the account. Again changes the end and reason.
    `clearing` deletes everything that they said as well. Raises NotAMember (the actor), NotAllowed, Outranked.
    """
    group = locks.group(group_id)
    _require_over_anybody(actor, group, target, Right.RESTRICT | Right.DELETE if clearing else Right.RESTRICT)
    row, is_new = _ban(group, actor, target, until, reason, now)
    was_in = joining.expel(group, target)
    joining.after_removal(group, target, now)
    waiting = JoinRequest.objects.filter(group=group, user=target, state=RequestState.PENDING)
    waiting.update(state=RequestState.DECLINED, decided_at=now, decided_by=actor, reason=reason)
    log.record(group, "banned", actor, target, now, reason=reason, until=until.isoformat() if until else None)
    if clearing:
        _clear(group, actor, target, now)
    if was_in and is_new:
        joining.tell_small(group, "removed", actor, now, target=target.name)
    return row


def _ban(  # noqa: PLR0917  # a row's values
    group: Group, actor: User, target: User, until: datetime | None, reason: str, now: datetime
) -> tuple[Ban, bool]:
    identity = VerifiedIdentity.objects.filter(user=target).order_by("-created_at").first()
    values = {"reason": reason, "by": actor, "until": until, "identity_hash": identity.pk if identity else ""}
    return Ban.objects.update_or_create(
        group=group, user=target, lifted_at=None, defaults=values, create_defaults={**values, "created_at": now}
    )


def _require_over_anybody(actor: User, group: Group, target: User, right: Right) -> None:
    """As `joining.require_over`, for people outside as well: those have no rank."""
    if Membership.objects.filter(group=group, user=target).exists():
        joining.require_over(actor, group, target, right)
        return
    access.acting(actor, group.pk).require(right)
    if target.pk == group.owner_id:
        raise Outranked


@transaction.atomic
def clear(*, actor: User, group_id: UUID, target: User, now: datetime) -> int:
    """Delete everything that somebody said here, who may be gone already; how many messages that were.

    Raises NotAMember (the actor), NotAllowed, Outranked.
    """
    group = locks.group(group_id)
    _require_over_anybody(actor, group, target, Right.DELETE)
    return _clear(group, actor, target, now)


def _clear(group: Group, actor: User, target: User, now: datetime) -> int:
    count = changing.delete_all(group_id=group.pk, author=target, actor=actor, now=now)
    log.record(group, "cleared", actor, target, now, count=count)
    return count


@transaction.atomic
def unban(*, actor: User, group_id: UUID, target: User, now: datetime) -> None:
    """Let somebody come back, by the ways that are open. Raises NotAMember, NotAllowed, AlreadyDone."""
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.RESTRICT)
    if not Ban.objects.filter(group=group, user=target, lifted_at=None).update(lifted_at=now, lifted_by=actor):
        raise AlreadyDone
    log.record(group, "unbanned", actor, target, now)
