"""Handing a group over, in two steps: the owner offers, the other accepts."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from groups import access, broadcasts, locks, log
from groups.actions import founding, joining, telling
from groups.errors import AlreadyDone, MayNotFound, NotAllowed, NotAMember
from groups.models import Group, Membership, OwnershipTransfer, Role
from groups.rights import Right
from planet.accounts.models import User

STANDS_FOR: Final = timedelta(days=7)


@transaction.atomic
def offer(*, actor: User, group_id: UUID, target: User, now: datetime) -> OwnershipTransfer:
    """Offer the group to a member who could found one; a new offer ends the one before.

    Raises NotAMember (either), NotAllowed for anybody but the owner, MayNotFound.
    """
    group = _owned(actor, group_id)
    if target.pk == actor.pk or not _is_member(group, target):
        raise NotAMember
    if not founding.may_found(target):
        raise MayNotFound
    OwnershipTransfer.objects.filter(group=group, ended_at=None).update(ended_at=now)
    made = OwnershipTransfer.objects.create(
        group=group, from_user=actor, to_user=target, created_at=now, expires_at=now + STANDS_FOR
    )
    log.record(group, "transfer_offered", actor, target, now)
    telling.tell(target.pk, "group_offered", group, now, url=f"{group.get_absolute_url()}transfer/")
    return made


@transaction.atomic
def take(*, actor: User, group_id: UUID, now: datetime) -> Group:
    """Accept the offer: the actor owns the group, and who owned it is an admin from now on.

    Raises NotAMember, AlreadyDone (no offer stands), MayNotFound (verification lapsed, or that would be too many).
    """
    group = locks.group(group_id)
    standing = OwnershipTransfer.objects.filter(group=group, ended_at=None, expires_at__gt=now)
    made = standing.filter(to_user=actor, from_user=group.owner_id).select_related("from_user").first()
    if made is None:
        raise AlreadyDone
    if not _is_member(group, actor):
        raise NotAMember
    heir = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if not founding.may_found(heir) or founding.standing_groups(heir) >= founding.MOST_OWNED:
        raise MayNotFound
    made.accepted_at = made.ended_at = now
    made.save(update_fields=["accepted_at", "ended_at"])
    group.owner = heir
    group.save(update_fields=["owner"])
    highest = Role.objects.filter(group=group).order_by("-rank").first()
    Membership.objects.filter(group=group, user=made.from_user).update(role=highest)
    log.record(group, "transferred", heir, made.from_user, now)
    broadcasts.group_changed(group, "roles")
    joining.tell_in_first(group, made.from_user, now, kind="transferred", target=heir.name)
    return group


@transaction.atomic
def end(*, actor: User, group_id: UUID, now: datetime) -> None:
    """The owner takes the offer back, or the other declines it. Raises NotAMember, AlreadyDone."""
    group = locks.group(group_id)
    access.acting(actor, group_id)
    made = OwnershipTransfer.objects.filter(group=group, ended_at=None).first()
    if made is None or actor.pk not in (made.from_user_id, made.to_user_id):
        raise AlreadyDone
    made.ended_at = now
    made.save(update_fields=["ended_at"])
    log.record(group, "transfer_ended", actor, None, now)


def _owned(actor: User, group_id: UUID) -> Group:
    group = locks.group(group_id)
    if not access.acting(actor, group_id).is_owner:
        raise NotAllowed(Right.ROLES)
    return group


def _is_member(group: Group, user: User) -> bool:
    return Membership.objects.filter(group=group, user=user, accepted_at__isnull=False).exists()


def standing_offer(group: Group) -> OwnershipTransfer | None:
    """The offer that stands, with both people."""
    rows = OwnershipTransfer.objects.filter(group=group, ended_at=None, expires_at__gt=timezone.now())
    return rows.select_related("from_user", "to_user").first()
