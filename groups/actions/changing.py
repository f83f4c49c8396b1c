"""Changing what was said: editing one's own words, deleting one's own or others'. A deletion leaves a gravestone."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from groups import access, automod, broadcasts, locks, log
from groups.actions import calling, previewing
from groups.actions.sending import checked
from groups.errors import Gone, NoLongerEditable, NotAllowed, Stopped
from groups.models import Attachment, Channel, Message, MessageKind, MessageMention, Pin, Reaction
from groups.rights import NONE, Right
from groups.text import has_link
from planet.accounts.models import User
from planet.notifications.actions import withdraw

# Everything that a gravestone no longer says.
_EMPTY: Final[dict[str, Any]] = {
    "text": "",
    "event": None,
    "card": None,
    "forwarded": None,
    "reply_to": None,
    "mentioned": [],
    "mentions_all": False,
    "mentions_admins": False,
    "reactions": {},
}
_SWEEP = """
WITH doomed AS (
    SELECT id, row_number() OVER (ORDER BY number) AS place FROM groups_message
     WHERE channel_id = %(channel)s AND author_id = %(author)s AND deleted_at IS NULL AND kind = 'said'
)
UPDATE groups_message AS m
   SET revision = %(before)s + doomed.place, deleted_at = %(now)s, deleted_by_id = %(by)s, text = '', event = NULL,
       card = NULL, forwarded = NULL, reply_to_id = NULL, mentioned = '[]', mentions_all = false,
       mentions_admins = false, reactions = '{}'
  FROM doomed WHERE m.id = doomed.id
RETURNING m.id
"""


def edit(*, message: Message, actor: User, text: str, now: datetime) -> Message:
    """Say it differently; only one's own words, and only for as long as the group lets. The same words change nothing.

    Raises ValidationError, NotAMember, ReadOnly, NotAllowed, NoLongerEditable, Gone, Stopped.
    """
    words = checked(text, empty=bool(message.card) or message.attachments.exists())
    channel = message.channel
    who = access.acting(actor, channel.group_id)
    if message.author_id != actor.pk:
        raise NotAllowed(Right.SEND)
    access.require_send(channel, who, Right.LINKS if has_link(words) else NONE)
    _require_open(message, now)
    called = calling.found(words, who=who, author=actor)
    verdict = automod.check(automod.Draft(channel, words, len(called.people), now, message), who)
    if verdict.stops:
        raise Stopped(verdict.reason)
    broadcasts.mark(channel.pk)
    with transaction.atomic():
        return _write(message, words, called, now)


def _require_open(message: Message, now: datetime) -> None:
    window = timedelta(minutes=message.channel.group.edit_window_minutes)
    if message.kind != MessageKind.SAID or message.forwarded or now - message.created_at >= window:
        raise NoLongerEditable


def _write(message: Message, words: str, called: calling.Called, now: datetime) -> Message:
    place = locks.take_change(message.channel_id)
    locked = _locked(message)
    if locked.text == words:
        transaction.set_rollback(True)  # the revision that was taken is nobody's: it goes back
        return locked
    locked.text, locked.edited_at, locked.revision = words, now, place.revision
    locked.mentioned = [person.handle for person in called.people]
    locked.mentions_all, locked.mentions_admins = called.all, called.admins
    fields = ["text", "edited_at", "revision", "mentioned", "mentions_all", "mentions_admins"]
    locked.save(update_fields=fields)
    calling.change(locked, called, now)
    broadcasts.changed(locked.pk)
    previewing.want(locked)
    return locked


def _locked(message: Message) -> Message:
    try:
        locked = locks.message(message.pk, channel_id=message.channel_id)
    except Message.DoesNotExist:
        raise Gone from None
    locked.channel = message.channel
    return locked


def delete(*, message: Message, actor: User, now: datetime) -> Message:
    """Delete for everybody: one's own words at any time, others' (and what the group told) with the right to.

    Raises NotAMember, NotAllowed, Gone.
    """
    channel = message.channel
    who = access.acting(actor, channel.group_id)
    if message.author_id != actor.pk or message.kind != MessageKind.SAID:
        who.require(Right.DELETE)
    broadcasts.mark(channel.pk)
    with transaction.atomic():
        place = locks.take_change(channel.pk)
        locked = _locked(message)
        _bury(locked, actor, place.revision, now)
        if locked.author_id != actor.pk:
            log.record(channel.group, "message_deleted", actor, locked.author, now, text=message.text[:200])
    return locked


def _bury(locked: Message, actor: User, revision: int, now: datetime) -> None:
    _take_back(locked)
    was_pinned = _clear([locked.pk], actor.pk, now)
    for name, value in _EMPTY.items():
        setattr(locked, name, value)
    locked.revision, locked.deleted_at, locked.deleted_by = revision, now, actor
    locked.save(update_fields=[*_EMPTY, "revision", "deleted_at", "deleted_by"])
    broadcasts.changed(locked.pk)
    if was_pinned:
        broadcasts.pins_changed(locked.channel_id)


def _clear(ids: Collection[UUID], by: UUID, now: datetime) -> int:
    """What hung on deleted messages goes; files are left to the sweep of what belongs to no message. How many pins."""
    Reaction.objects.filter(message__in=ids).delete()
    MessageMention.objects.filter(message__in=ids).delete()
    Attachment.objects.filter(message__in=ids).update(message=None)
    return Pin.objects.filter(message__in=ids, removed_at=None).update(removed_at=now, removed_by=by)


def _take_back(message: Message) -> None:
    """Whoever was told of it and has not looked is told no more, unless its author called them once more here."""
    mine = MessageMention.objects.filter(channel=message.channel_id, message__author=message.author_id)
    again = set(mine.exclude(message=message).values_list("user", flat=True))
    for user_id in sorted(set(message.mentions.values_list("user", flat=True)) - again):
        for verb in (calling.MENTION, calling.REPLY):
            withdraw(actor=message.author, group_key=f"{verb}:{message.channel_id}", recipient_id=user_id)


@transaction.atomic
def delete_all(*, group_id: UUID, author: User, actor: User, now: datetime) -> int:
    """Delete everything that somebody said in a group, in one statement a channel; how many messages that were.

    Raises NotAMember, NotAllowed. The caller writes the log.
    """
    who = access.acting(actor, group_id)
    who.require(Right.DELETE)
    spoken = Message.objects.filter(channel=OuterRef("pk"), author=author, deleted_at=None, kind=MessageKind.SAID)
    ids = list(Channel.objects.filter(Exists(spoken), group=group_id).values_list("pk", flat=True))
    for channel_id in ids:
        broadcasts.mark(channel_id)
    locked = locks.channels(ids)
    return sum(_sweep(channel_id, author, who, now) for channel_id in sorted(locked))


def _sweep(channel_id: UUID, author: User, who: access.Standing, now: datetime) -> int:
    living = Message.objects.filter(channel=channel_id, author=author, deleted_at=None, kind=MessageKind.SAID)
    if not (count := living.count()):
        return 0
    last = locks.take_change(channel_id, count).revision
    values: dict[str, Any] = {
        "channel": channel_id,
        "author": author.pk,
        "before": last - count,
        "now": now,
        "by": who.user_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, values)
        ids = [row[0] for row in cursor.fetchall()]
    if _clear(ids, who.user_id, now):
        broadcasts.pins_changed(channel_id)
    broadcasts.swept(channel_id, last, members=who.group.members_count)
    return len(ids)
