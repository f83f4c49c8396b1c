"""Changing a group: how it presents itself, who finds it and comes in, what its members may do and when."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from groups import access, broadcasts, locks, log
from groups.actions import founding, joining
from groups.errors import NotAllowed
from groups.models import Group, Question
from groups.rights import FOR_MEMBERS, Right
from planet.accounts.models import User

MOST_QUESTIONS: Final = 5
# What `change` takes; some belong together and are one entry in the log.
CHANGEABLE: Final = frozenset(
    {
        "name", "about", "rules", "welcome", "topics", "avatar", "visibility", "admission", "gates", "member_rights",
        "slow_seconds", "quiet_from", "quiet_until", "time_zone", "edit_window_minutes", "joins_per_minute",
    }
)  # fmt: skip
_TOGETHER: Final = {"quiet_from": "quiet", "quiet_until": "quiet", "time_zone": "quiet"}
_MEMBERS: Final = int(sum(FOR_MEMBERS, Right(0)))


@transaction.atomic
def change(*, actor: User, group_id: UUID, now: datetime, **fields: Any) -> Group:
    """Give fields of the group new values; what stays the same is not logged, and told to nobody.

    Raises NotAMember, NotAllowed, and ValidationError for ways in that contradict each other.
    """
    if unknown := fields.keys() - CHANGEABLE:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    group = locks.group(group_id)
    who = access.acting(actor, group_id)
    who.require(Right.EDIT_GROUP)
    if "member_rights" in fields:
        fields["member_rights"] = _bounded(who, group, fields["member_rights"])
    founding.check_ways(fields.get("visibility", group.visibility), fields.get("admission", group.admission))
    changed = {name: value for name, value in fields.items() if getattr(group, name) != value}
    if not changed:
        return group
    for name, value in changed.items():
        setattr(group, name, value)
    group.save(update_fields=list(changed))
    _written_down(group, actor, changed, now)
    return group


def _bounded(who: access.Standing, group: Group, wanted: int) -> int:
    """Rights of all members: only such as members can have, and none given that the actor does not have."""
    wanted &= _MEMBERS
    given = Right(wanted & ~group.member_rights)
    if given & ~who.given:
        raise NotAllowed(Right(given & ~who.given))
    return wanted


def _written_down(group: Group, actor: User, changed: dict[str, Any], now: datetime) -> None:
    names = list(dict.fromkeys(_TOGETHER.get(name, name) for name in changed))
    log.record(group, "changed", actor, None, now, fields=names)
    broadcasts.group_changed(group, "settings")
    for name, event in _EVENTS.items():
        if name in changed:
            joining.tell_in_first(group, actor, now, **event(group))


# What the conversation is told.
_EVENTS: Final[dict[str, Callable[[Group], dict[str, Any]]]] = {
    "name": lambda group: {"kind": "renamed", "to": group.name},
    "avatar": lambda _group: {"kind": "pictured"},
    "slow_seconds": lambda group: {"kind": "slow", "seconds": group.slow_seconds},
}


@transaction.atomic
def ask(*, actor: User, group_id: UUID, questions: Sequence[str], now: datetime) -> None:
    """What people who want to come in are asked, from now on; who waits keeps the old ones. Raises as `change`."""
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.EDIT_GROUP)
    wanted = list(questions)[:MOST_QUESTIONS]
    if wanted == list(Question.objects.filter(group=group).order_by("position", "pk").values_list("text", flat=True)):
        return
    Question.objects.filter(group=group).delete()
    Question.objects.bulk_create(Question(group=group, text=text, position=place) for place, text in enumerate(wanted))
    log.record(group, "changed", actor, None, now, fields=["questions"])


@transaction.atomic
def freeze(*, actor: User, group_id: UUID, on: bool, now: datetime) -> Group:
    """Nobody but those who may change the group writes; or (`on` False) everybody does again. Twice is once.

    Raises NotAMember, NotAllowed.
    """
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.EDIT_GROUP)
    if on == (group.frozen_at is not None):
        return group
    group.frozen_at = now if on else None
    group.save(update_fields=["frozen_at"])
    kind = "frozen" if on else "thawed"
    log.record(group, kind, actor, None, now)
    broadcasts.group_changed(group, "settings")
    joining.tell_in_first(group, actor, now, kind=kind)
    return group


@transaction.atomic
def reshape(*, actor: User, group_id: UUID, questions: Sequence[str], now: datetime, **fields: Any) -> Group:
    """Change the ways in and the questions together. Raises as `change`; then neither is changed."""
    group = change(actor=actor, group_id=group_id, now=now, **fields)
    ask(actor=actor, group_id=group_id, questions=questions, now=now)
    return group
