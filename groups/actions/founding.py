"""Founding a group, closing it, opening it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, broadcasts, handles, locks, log, rights
from groups.actions import joining
from groups.errors import AlreadyDone, MayNotFound, NotAllowed
from groups.models import Admission, Channel, ChannelKind, Group, GroupKind, Role, Visibility
from groups.rights import Right
from planet.accounts.models import User

MOST_OWNED: Final = 20  # standing groups of one person
ADMIN_RANK: Final = 200
MODERATOR_RANK: Final = 100


@dataclass(frozen=True)
class Plan:
    """What a new group is called, and who finds it and comes in."""

    handle: str
    name: str
    about: str = ""
    topics: Sequence[str] = ()
    avatar: str = ""
    visibility: Visibility = Visibility.PUBLIC
    admission: Admission = Admission.OPEN


def may_found(user: User) -> bool:
    """Whether the person is somebody who founds groups at all: a creator whose identity check stands."""
    return user.is_active and user.may_publish


@transaction.atomic
def found(*, actor: User, plan: Plan, now: datetime) -> Group:
    """A new group with a channel, two roles, and its founder as owner and first member.

    Raises MayNotFound, and ValidationError for the handle, the name, or ways in that contradict each other.
    """
    # The founder's row is held: so two at once do not both see room for one more.
    founder = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if not may_found(founder):
        raise MayNotFound
    if standing_groups(founder) >= MOST_OWNED:
        raise MayNotFound
    handle = handles.check(plan.handle, founder=founder)
    check_ways(plan.visibility, plan.admission)
    group = Group.objects.create(
        handle=handle,
        name=plan.name,
        about=plan.about,
        topics=list(plan.topics),
        avatar=plan.avatar,
        visibility=plan.visibility,
        admission=plan.admission,
        owner=founder,
        created_at=now,
    )
    with_furniture(group)
    joining.admit(group, founder, now=now)
    log.record(group, "founded", founder, None, now)
    return group


def with_furniture(group: Group) -> None:
    """What every group begins with: a channel to talk in, one to announce in, helpers' roles."""
    channels = [(_("General"), ChannelKind.TEXT), (_("Announcements"), ChannelKind.ANNOUNCEMENTS)]
    for place, (name, kind) in enumerate(channels):
        Channel.objects.create(group=group, kind=kind, name=name, position=place, created_at=group.created_at)
    Role.objects.create(group=group, name=_("Admin"), rights=int(rights.ADMIN), rank=ADMIN_RANK)
    Role.objects.create(group=group, name=_("Moderator"), rights=int(rights.MODERATOR), rank=MODERATOR_RANK)


def check_ways(visibility: str, admission: str) -> None:
    """Refuse ways in that contradict who may know of the group. Raises ValidationError."""
    if visibility == Visibility.PRIVATE and admission == Admission.OPEN:
        raise ValidationError(_("A private group is not open to anybody: let people ask, or invite them."), "ways")
    if visibility == Visibility.SECRET and admission != Admission.INVITE:
        raise ValidationError(_("Nobody can ask to join a group that nobody knows of: invite people."), "ways")


@transaction.atomic
def close(*, actor: User, group_id: UUID, now: datetime) -> Group:
    """The owner ends the group: nobody comes in, nobody writes; members still read, and leave.

    Raises NotAMember, NotAllowed for anybody but the owner, AlreadyDone.
    """
    group = _owned(actor, group_id)
    if group.closed_at:
        raise AlreadyDone
    group.closed_at = now
    group.save(update_fields=["closed_at"])
    log.record(group, "closed", actor, None, now)
    broadcasts.group_changed(group, "settings")
    return group


@transaction.atomic
def reopen(*, actor: User, group_id: UUID, now: datetime) -> Group:
    """The owner takes the closing back. Raises as `close`, and MayNotFound when that would be one group too many."""
    group = _owned(actor, group_id)
    if group.closed_at is None:
        raise AlreadyDone
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # as in `found`
    if standing_groups(actor) >= MOST_OWNED:
        raise MayNotFound
    group.closed_at = None
    group.save(update_fields=["closed_at"])
    log.record(group, "reopened", actor, None, now)
    broadcasts.group_changed(group, "settings")
    return group


def standing_groups(owner: User) -> int:
    """How many groups of a person's are not closed."""
    return Group.objects.filter(owner=owner, kind=GroupKind.GROUP, closed_at=None).count()


def _owned(actor: User, group_id: UUID) -> Group:
    group = locks.group(group_id)
    if not access.acting(actor, group_id).is_owner:
        raise NotAllowed(Right.EDIT_GROUP)
    return group
