"""How far members have read: positions, in every tab the same."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from groups import broadcasts
from groups.access import Standing
from groups.actions import calling
from groups.models import Channel, ChannelKind, Group, ReadPosition
from groups.queries import unread
from planet.accounts.models import User
from planet.notifications.actions import mark_read
from planet.notifications.models import Notification

_ADVANCE = """
INSERT INTO groups_readposition AS p (user_id, channel_id, number) VALUES (%s, %s, %s)
ON CONFLICT (user_id, channel_id) DO UPDATE SET number = excluded.number WHERE p.number < excluded.number
RETURNING 1
"""
_PUT = """
INSERT INTO groups_readposition AS p (user_id, channel_id, number) VALUES (%s, %s, %s)
ON CONFLICT (user_id, channel_id) DO UPDATE SET number = excluded.number WHERE p.number <> excluded.number
RETURNING 1
"""


def start(user: User, group: Group) -> None:
    """Somebody came in: nothing that was said before is unread. Call it in the transaction of the joining."""
    channels = Channel.objects.filter(group=group, archived_at=None).exclude(kind=ChannelKind.THREAD)
    rows = [ReadPosition(user=user, channel=channel, number=channel.last_number) for channel in channels.order_by("pk")]
    ReadPosition.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "channel"], update_fields=["number"]
    )


def stop(user: User, group: Group) -> None:
    """Somebody left, or was removed. Call it in that transaction."""
    ReadPosition.objects.filter(user=user, channel__group=group).delete()


def advance(user_id: UUID, channel_id: UUID, number: int) -> bool:
    """The position is at least `number` from now on; whether that moved it. Tells nobody."""
    return _execute(_ADVANCE, user_id, channel_id, number)


@transaction.atomic
def read(*, who: Standing, channel: Channel, number: int, now: datetime) -> unread.Unread:
    """The member has read up to `number`; less than before changes nothing. What is unread now.

    Once nothing here calls the member any more, what the inbox says of this channel is read as well.
    """
    moved = advance(who.user_id, channel.pk, min(number, channel.last_number))
    found = _now(who, channel, tell=moved)
    if moved and not found.mentions:
        _read_in_inbox(who, channel, now)
    return found


def _read_in_inbox(who: Standing, channel: Channel, now: datetime) -> None:
    keys = [f"{verb}:{channel.pk}" for verb in calling.VERBS]
    told = Notification.objects.filter(recipient=who.user_id, read_at=None, group_key__in=[*keys, _direct(channel)])
    for row in told.order_by("pk"):
        mark_read(notification=row, now=now)


def _direct(channel: Channel) -> str:
    return f"{calling.DIRECT}:{channel.group_id}"


@transaction.atomic
def mark_unread(*, who: Standing, channel: Channel, number: int) -> unread.Unread:
    """Everything from `number` on is unread again."""
    number = min(max(number, 1), channel.last_number + 1)
    moved = _execute(_PUT, who.user_id, channel.pk, number - 1)
    return _now(who, channel, tell=moved)


@transaction.atomic
def read_all(*, who: Standing) -> None:
    """Nothing of the group is unread any more, in none of its channels and followed threads."""
    positions = unread.positions(user_id=who.user_id, group_id=who.group.pk)
    for channel_id, last in positions:
        advance(who.user_id, channel_id, last)
    broadcasts.read(who.user_id, {"group": str(who.group.pk), "unread": 0, "mentions": 0, "all": True})


def follow(*, user_id: UUID, thread: Channel) -> None:
    """The thread counts for this member from now on."""
    ReadPosition.objects.get_or_create(user_id=user_id, channel=thread, defaults={"number": thread.last_number})


def unfollow(*, user_id: UUID, thread: Channel) -> None:
    """The thread counts for this member no more."""
    ReadPosition.objects.filter(user=user_id, channel=thread, channel__kind=ChannelKind.THREAD).delete()


def _execute(statement: str, user_id: UUID, channel_id: UUID, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [user_id, channel_id, number])
        return cursor.fetchone() is not None


def _now(who: Standing, channel: Channel, *, tell: bool) -> unread.Unread:
    found = unread.of_channel(user_id=who.user_id, channel=channel, is_helper=who.is_helper)
    if tell:
        broadcasts.read(who.user_id, {"group": str(channel.group_id), **found.as_dict()})
    return found
