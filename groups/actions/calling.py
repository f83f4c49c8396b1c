"""Whom a message calls: @names, @all, @admins, and whoever it answers; and telling them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet

from groups import broadcasts, text
from groups.access import Standing
from groups.models import Group, Level, Membership, Message, MessageMention, ReadPosition
from groups.rights import FOR_HELPERS, Right
from groups.text import ADMINS, ALL
from planet.accounts.models import MentionsFrom, User
from planet.notifications.actions import notify
from planet.notifications.models import Kind
from posts.text import handles

AT_ONCE: Final = 500  # people told in one go
TOLD_AT_MOST: Final = 10_000  # of a larger group @all shows in the badges, and writes nobody's inbox
# What the inbox's group keys begin with; the channel's id follows, and for direct messages the conversation's.
MENTION, REPLY, CALL, DIRECT = "group_mention", "group_reply", "group_call", "direct"
VERBS: Final = (MENTION, REPLY, CALL)
_HELPING: Final = sum(int(right) for right in FOR_HELPERS)


@dataclass(frozen=True)
class Called:
    """The members that a text names, and whether it calls everybody or the helpers."""

    people: Collection[User] = ()
    all: bool = False
    admins: bool = False


def found(said: str, *, who: Standing, author: User) -> Called:
    """Whom a text calls. Names of others than members, and calls without the right to, stay words."""
    if "@" not in said and "＠" not in said:
        return Called()
    wanted = handles(text.names(said))
    may_call = who.may(Right.MENTION_ALL) and not who.group.is_direct
    names = [name for name in wanted if name not in (ALL, ADMINS)]
    return Called(
        people=_members(names, who.group, author) if names else (),
        all=may_call and ALL in wanted,
        admins=may_call and ADMINS in wanted,
    )


def _members(names: Collection[str], group: Group, author: User) -> list[User]:
    """The members of these names who let the author mention them."""
    people = User.objects.filter(
        ~Q(mentions_from=MentionsFrom.NOBODY),
        handle__in=names,
        is_active=True,
        memberships__group=group,
        memberships__accepted_at__isnull=False,
    )
    people = people.exclude(pk=author.pk)
    return list(people.exclude(blocks__target=author).exclude(blocked_by__owner=author).order_by("pk"))


def record(message: Message, called: Called, answered: Message | None) -> None:
    """Write down who is called by name or answered; a thread is followed by whoever writes, is called or answered."""
    user_ids = {person.pk for person in called.people} | ({answered.author_id} if answered else set())
    user_ids -= {message.author_id}
    rows = [
        MessageMention(message=message, channel_id=message.channel_id, user_id=user_id, number=message.number)
        for user_id in sorted(user_ids)
    ]
    MessageMention.objects.bulk_create(rows, ignore_conflicts=True)
    if message.channel.is_thread and rows:
        follows = [
            ReadPosition(user_id=row.user_id, channel_id=message.channel_id, number=message.number - 1) for row in rows
        ]
        ReadPosition.objects.bulk_create(follows, ignore_conflicts=True)


def change(message: Message, called: Called, now: datetime) -> None:
    """The text has changed, and with it whom it names: who is new hears of it, who is named no more has no badge."""
    before = set(message.mentions.values_list("user", flat=True))
    kept = {person.pk for person in called.people} | ({message.reply_to.author_id} if message.reply_to else set())
    message.mentions.exclude(user__in=kept).delete()
    new = Called([person for person in called.people if person.pk not in before])
    record(message, new, None)
    if new.people and not message.channel.group.is_direct:
        names = {person.pk for person in new.people}
        _later(lambda: _tell_named(message, names, (), now))


def tell(message: Message, called: Called, answered: Message | None, now: datetime) -> None:
    """Tell, after the commit, whoever is called, answered, or written to directly.

    Nobody who wants to hear nothing of the group; a name pierces a mute, an answer or a call to everybody does not.
    """
    names = {person.pk for person in called.people} - {message.author_id}
    replied = ({answered.author_id} if answered else set()) - {message.author_id} - names
    if message.channel.group.is_direct:
        _later(lambda: _tell_direct(message, now))
    elif names or replied:
        _later(lambda: _tell_named(message, names, replied, now))
    if called.all or called.admins:
        # A group may have hundreds of thousands: the worker tells them.
        _later(lambda: current_app.send_task("groups.tasks.call", args=[str(message.pk)], retry=False))


def _later(run: Callable[[], object]) -> None:
    transaction.on_commit(run, robust=True)


def _tell_named(message: Message, names: Collection[UUID], replied: Collection[UUID], now: datetime) -> None:
    listening = _listening(message.channel.group_id).filter(user__in={*names, *replied})
    wanted = set(listening.values_list("user", flat=True))
    broadcasts.mentioned(
        wanted, group_id=message.channel.group_id, channel_id=message.channel_id, number=message.number
    )
    for some, verb, kind in ((names, MENTION, Kind.MENTION), (replied, REPLY, Kind.COMMENT)):
        _notify(message, wanted & set(some), kind=kind, key=f"{verb}:{message.channel_id}", now=now)


def _tell_direct(message: Message, now: datetime) -> None:
    members = _listening(message.channel.group_id).exclude(level=Level.MENTIONS).exclude(user=message.author_id)
    unmuted = members.filter(Q(muted_until=None) | Q(muted_until__lte=now))
    wanted = set(unmuted.values_list("user", flat=True))
    _notify(message, wanted, kind=Kind.MENTION, key=f"{DIRECT}:{message.channel.group_id}", now=now)


def call_everybody(*, message_id: UUID, now: datetime) -> int:
    """Tell everybody whom @all or @admins calls, some hundreds at a time; how many that were. Harmless when run twice.

    In a group of more than `TOLD_AT_MOST` members @all shows in everybody's badge, and fills nobody's inbox.
    """
    rows = Message.objects.select_related("channel__group", "author")
    message = rows.filter(pk=message_id, deleted_at=None).first()
    if message is None:
        return 0
    group = message.channel.group
    members = _listening(group.pk).exclude(user=message.author_id).filter(Q(muted_until=None) | Q(muted_until__lte=now))
    if not message.mentions_all:
        helping = members.annotate(helping=F("role__rights").bitand(_HELPING))
        members = helping.filter(Q(helping__gt=0) | Q(user=F("group__owner")))
    elif group.members_count > TOLD_AT_MOST:
        return 0
    ids = list(members.order_by("user").values_list("user", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        key = f"{CALL}:{message.channel_id}"
        _notify(message, ids[start : start + AT_ONCE], kind=Kind.MENTION, key=key, now=now)
    return len(ids)


def _listening(group_id: UUID) -> QuerySet[Membership]:
    """The members who want to hear anything of the group."""
    return Membership.objects.filter(group=group_id, accepted_at__isnull=False).exclude(level=Level.NONE)


def _notify(message: Message, people: Collection[UUID], *, kind: Kind, key: str, now: datetime) -> None:
    if people:
        notify(
            recipients=people,
            kind=kind,
            actor=message.author,
            group_key=key,
            url=message.get_absolute_url(),
            excerpt=text.excerpt(message.text),
            where=[f"group:{message.channel.group_id}"],
            now=now,
        )
