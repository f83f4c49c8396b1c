"""Direct messages: a conversation of two or a few, on the same rows as a group. Nobody is drawn into one.

Whoever begins it is in; everybody else is asked, and reads the first words in the inbox of requests. Until somebody has
answered, only a few messages can be sent (groups.automod.unanswered), nobody is told of them, and nobody learns of a
refusal: a request that was declined simply is never answered, and cannot be made again for REST.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups import access, broadcasts, locks
from groups.actions import joining, telling
from groups.errors import AlreadyDone, Gone, NotAMember, TooMany
from groups.models import (
    Admission,
    Channel,
    Group,
    GroupKind,
    JoinRequest,
    Membership,
    ReadPosition,
    RequestState,
    Visibility,
)
from groups.rights import MEMBERS_BY_DEFAULT, Right
from planet.accounts.models import Block, User
from planet.accounts.queries import blocked_between
from planet.web.text import clean_line

MOST_PEOPLE: Final = 10
NAME_LENGTH: Final = 60
REST: Final = timedelta(days=30)
RIGHTS: Final = int(MEMBERS_BY_DEFAULT | Right.MENTION_ALL | Right.INVITE | Right.PIN)


def key_of(one: UUID, other: UUID) -> str:
    """What a conversation of two is found by: both ids, the smaller first."""
    return ":".join(sorted((str(one), str(other))))


@transaction.atomic
def open_with(*, actor: User, person: User, now: datetime) -> Group:
    """The one conversation of two people; begun now if there is none, and the other asked.

    Whoever was asked and opens it themselves has accepted. Raises Gone: the other is oneself, suspended, or one of the
    two has blocked the other.
    """
    if person.pk == actor.pk or not person.is_active or person.is_bot or blocked_between(actor.pk, person.pk):
        raise Gone
    group, is_new = Group.objects.get_or_create(
        direct_key=key_of(actor.pk, person.pk),
        defaults={"owner": actor, "created_at": now, **_fields()},
    )
    group = locks.group(group.pk)
    if is_new:
        Channel.objects.create(group=group, created_at=now)
    _be_in(group, actor, now)
    _ask(group, actor, person, now)
    return group


@transaction.atomic
def begin(*, actor: User, people: Sequence[User], name: str, now: datetime) -> Group:
    """A conversation of a few, each of whom is asked. Raises ValidationError (name, people), TooMany."""
    others = {person.pk: person for person in people if person.pk != actor.pk}
    name = _checked(name)
    if not others:
        raise ValidationError(_("Choose somebody to talk to."), code="people")
    if len(others) >= MOST_PEOPLE:
        raise TooMany
    _require_reachable(actor, list(others.values()))
    group = Group.objects.create(owner=actor, name=name, created_at=now, **_fields())
    Channel.objects.create(group=group, created_at=now)
    _be_in(group, actor, now)
    for person in others.values():
        _ask(group, actor, person, now)
    return group


@transaction.atomic
def add(*, actor: User, group_id: UUID, person: User, now: datetime) -> None:
    """Ask one more into a conversation of a few. Raises NotAMember, Gone, TooMany, ValidationError (blocked)."""
    group = _locked(group_id)
    access.acting(actor, group_id)
    if group.direct_key:
        raise Gone  # a conversation of two stays one: begin another
    if Membership.objects.filter(group=group).count() >= MOST_PEOPLE:
        raise TooMany
    _require_reachable(actor, [person])
    _ask(group, actor, person, now)
    broadcasts.group_changed(group, "members", {"members": group.members_count})


@transaction.atomic
def rename(*, actor: User, group_id: UUID, name: str) -> None:
    """Call a conversation of a few something else; any of them may. Raises NotAMember, Gone, ValidationError."""
    name = _checked(name)
    group = _locked(group_id)
    access.acting(actor, group_id)
    if group.direct_key:
        raise Gone
    Group.objects.filter(pk=group_id).update(name=name)
    broadcasts.group_changed(group, "settings", {"name": name})


@transaction.atomic
def accept(*, actor: User, group_id: UUID, now: datetime) -> None:
    """Say yes: what was said so far is there to be read. Again changes nothing. Raises AlreadyDone (nothing waits)."""
    group = _locked(group_id)
    asked = Membership.objects.filter(group=group, user=actor).first()
    if asked is None:
        raise AlreadyDone
    if asked.accepted_at is None:
        _be_in(group, actor, now)


@transaction.atomic
def decline(*, actor: User, group_id: UUID, now: datetime) -> None:
    """Say no. Nobody is told, and nobody can ask again for REST. Raises AlreadyDone when nothing waits."""
    group = _locked(group_id)
    if not Membership.objects.filter(group=group, user=actor, accepted_at=None).delete()[0]:
        raise AlreadyDone
    JoinRequest.objects.create(
        group=group, user=actor, state=RequestState.DECLINED, created_at=now, decided_at=now, decided_by=actor
    )


@transaction.atomic
def leave(*, actor: User, group_id: UUID, now: datetime) -> None:
    """Go. What was said stays with the others; the oldest of them stands for the conversation. Raises NotAMember."""
    group = _locked(group_id)
    joining.leave(actor=actor, group_id=group_id, now=now)
    left = Membership.objects.filter(group=group, accepted_at__isnull=False).order_by("id").first()
    if left is not None and group.owner_id == actor.pk:
        Group.objects.filter(pk=group_id).update(owner=left.user_id)


# --- the parts --------------------------------------------------------------------------------------------------------


def _fields() -> dict[str, object]:
    return {
        "kind": GroupKind.DIRECT,
        "visibility": Visibility.SECRET,
        "admission": Admission.INVITE,
        "member_rights": RIGHTS,
    }


def _locked(group_id: UUID) -> Group:
    """A conversation, locked. Raises NotAMember for a group, and for what is not there."""
    found = Group.objects.filter(pk=group_id, kind=GroupKind.DIRECT).exists()
    if not found:
        raise NotAMember
    return locks.group(group_id)


def _be_in(group: Group, person: User, now: datetime) -> None:
    """In it, with everything that was said still to be read."""
    if Membership.objects.filter(group=group, user=person, accepted_at__isnull=False).exists():
        return
    joining.admit(group, person, now=now)
    ReadPosition.objects.filter(user=person, channel__group=group).update(number=0)


def _ask(group: Group, actor: User, person: User, now: datetime) -> None:
    """Ask somebody in, once, and not against a refusal of late."""
    refused = JoinRequest.objects.filter(
        group=group, user=person, state=RequestState.DECLINED, decided_at__gt=now - REST
    )
    if refused.exists():
        return
    _row, is_new = Membership.objects.get_or_create(
        user=person, group=group, defaults={"invited_by": actor, "created_at": now}
    )
    if is_new:
        telling.tell(person.pk, "direct_request", group, now, url=reverse("direct_requests"))


def _require_reachable(actor: User, people: Sequence[User]) -> None:
    """Raises ValidationError, which does not say who has blocked whom."""
    ids = [person.pk for person in people]
    blocked = Block.objects.filter(Q(owner=actor, target__in=ids) | Q(owner__in=ids, target=actor)).exists()
    if blocked or not all(person.is_active and not person.is_bot for person in people):
        raise ValidationError(_("Somebody of these cannot be asked."), code="people")


def _checked(name: str) -> str:
    name = clean_line(name)
    if len(name) > NAME_LENGTH:
        raise ValidationError(_("A shorter name, please."), code="max_length")
    return name
