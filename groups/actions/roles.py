"""Roles: what they carry, who has them, and the titles of single members.

Two laws hold for every deed here, and are judged under the group's lock: nobody acts on a role or a member of their own
rank or above, and nobody gives a right that they do not have.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, broadcasts, locks, log
from groups.access import Standing
from groups.actions.joining import require_over
from groups.errors import AlreadyDone, NotAMember, Outranked, TooMany
from groups.models import Group, Membership, Role
from groups.rights import EVERYTHING, Right
from planet.accounts.models import User

MOST_ROLES: Final = 20
HIGHEST: Final = 999  # rank of a role


@transaction.atomic
def save_role(
    *, actor: User, group_id: UUID, role_id: int | None, name: str, rights: int, rank: int, now: datetime
) -> Role:
    """Make a role (`role_id` None) or change one.

    Raises NotAMember, NotAllowed, Outranked, AlreadyDone (it is gone), TooMany, ValidationError (the name is taken).
    """
    group, who = _held(actor, group_id)
    role = _find(group, who, role_id) if role_id else Role(group=group)
    wanted = Right(rights & int(EVERYTHING))
    if rank >= who.rank or not 1 <= rank <= HIGHEST or wanted & ~who.given & ~Right(role.rights):
        raise Outranked
    if Role.objects.filter(group=group, name__iexact=name).exclude(pk=role.pk).exists():
        raise ValidationError(_("There is a role of this name."), code="name_taken")
    if role_id is None and Role.objects.filter(group=group).count() >= MOST_ROLES:
        raise TooMany
    role.name, role.rights, role.rank = name, int(wanted), rank
    role.save()
    log.record(group, "role_changed" if role_id else "role_made", actor, None, now, role=name, rights=int(wanted))
    broadcasts.group_changed(group, "roles")
    return role


@transaction.atomic
def remove_role(*, actor: User, group_id: UUID, role_id: int, now: datetime) -> None:
    """Take a role away from everybody who has it, and from the group. Raises as `save_role`."""
    group, who = _held(actor, group_id)
    role = _find(group, who, role_id)
    name = role.name
    role.delete()
    log.record(group, "role_removed", actor, None, now, role=name)
    broadcasts.group_changed(group, "roles")


@transaction.atomic
def give_role(*, actor: User, group_id: UUID, target: User, role_id: int | None, now: datetime) -> None:
    """Give a member a role in place of the one they have, or (None) take it. Twice is once.

    Raises NotAMember, NotAllowed, Outranked, AlreadyDone (the role is gone).
    """
    group = locks.group(group_id)
    who = require_over(actor, group, target, Right.ROLES)
    row = _member(group, target)
    role = _find(group, who, role_id) if role_id else None
    if role and Right(role.rights) & ~who.given:
        raise Outranked
    if row.role_id == (role.pk if role else None):
        return
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    if role:
        log.record(group, "role_given", actor, target, now, role=role.name)
    elif before:
        log.record(group, "role_taken", actor, target, now, role=before.name)
    broadcasts.group_changed(group, "roles")


@transaction.atomic
def set_title(*, actor: User, group_id: UUID, target: User, title: str, now: datetime) -> None:
    """Give a member a title of their own, shown in the role's place; "" for none. Raises as `give_role`."""
    group = locks.group(group_id)
    if actor.pk == target.pk:
        access.acting(actor, group_id).require(Right.ROLES)
    else:
        require_over(actor, group, target, Right.ROLES)
    row = _member(group, target)
    if row.title == title or target.is_bot:
        return  # beside a bot's name it says that it is one
    row.title = title
    row.save(update_fields=["title"])
    log.record(group, "titled", actor, target, now, title=title)
    broadcasts.group_changed(group, "roles")


@transaction.atomic
def place(*, actor: User, group_id: UUID, target: User, role_id: int | None, title: str, now: datetime) -> None:
    """Give a member a role and a title at once. Raises as `give_role`; then neither is given."""
    give_role(actor=actor, group_id=group_id, target=target, role_id=role_id, now=now)
    set_title(actor=actor, group_id=group_id, target=target, title=title, now=now)


def _held(actor: User, group_id: UUID) -> tuple[Group, Standing]:
    group = locks.group(group_id)
    who = access.acting(actor, group_id)
    who.require(Right.ROLES)
    return group, who


def _find(group: Group, who: Standing, role_id: int) -> Role:
    role = Role.objects.filter(pk=role_id, group=group).first()
    if role is None:
        raise AlreadyDone
    if role.rank >= who.rank:
        raise Outranked
    return role


def _member(group: Group, target: User) -> Membership:
    rows = Membership.objects.select_related("role").filter(group=group, user=target, accepted_at__isnull=False)
    row = rows.first()
    if row is None:
        raise NotAMember
    return row
