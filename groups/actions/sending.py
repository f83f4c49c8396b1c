"""Writing messages: once, in order, never lost.

A message is written over HTTP, under an id that the browser made: sending it again returns the same message. It takes
the next number and the next revision of its channel, whose lock is held until the commit. Everything that can be asked
before is asked before, so that a hot channel's lock is held for three statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from groups import access, automod, broadcasts, locks, text
from groups.access import Standing
from groups.actions import calling, previewing, reading
from groups.errors import AlreadySent, Gone, NotAMember, ReadOnly, Stopped, TooSoon
from groups.models import Attachment, AttachmentKind, Channel, Message, MessageKind
from groups.rights import NONE, Right
from planet.accounts.models import User
from planet.web.ids import uuid7
from planet.web.text import clean_source

ATTACHMENTS = 10  # a message


@dataclass(frozen=True)
class Words:
    """What somebody wants to say, before anything of it is written."""

    text: str
    reply_to: UUID | None = None
    attachments: Sequence[UUID] = ()
    card: dict[str, Any] | None = None
    forwarded: dict[str, Any] | None = None


def send(
    *,
    channel: Channel,
    author: User,
    text: str,
    client_id: UUID,
    now: datetime,
    reply_to: UUID | None = None,
    attachments: Sequence[UUID] = (),
    card: dict[str, Any] | None = None,
    forwarded: dict[str, Any] | None = None,
) -> Message:
    """Write a message. The same `client_id` with the same text returns the message that was written first.

    Raises ValidationError (the text), NotAMember, ReadOnly, NotAllowed, TooSoon, AlreadySent (this client_id said
    something else), Gone (what it answers, or an attachment), Stopped (automatic moderation).
    """
    words = Words(checked(text, empty=bool(attachments or card)), reply_to, attachments, card, forwarded)
    if first := _sent(author, channel, client_id, words.text):
        return first
    who = access.acting(author, channel.group_id)
    access.require_send(channel, who, _needs(words))
    if silence := access.silence_between(channel, author.pk):
        raise ReadOnly(silence)
    called = calling.Called() if forwarded else calling.found(words.text, who=who, author=author)
    verdict = automod.check(automod.Draft(channel, words.text, len(called.people), now), who)
    if verdict.stops:
        raise Stopped(verdict.reason)
    broadcasts.mark(channel.pk)
    try:
        with transaction.atomic():
            message = _insert(channel, who, words, called, client_id=client_id, now=now)
            if verdict.rule:
                automod.noted(verdict, message)
    except IntegrityError:
        if first := _sent(author, channel, client_id, words.text):
            return first
        raise
    return message


def checked(raw: str, *, empty: bool = False) -> str:
    """A message's text as it is stored. Raises ValidationError when it is empty, too long, or was not UTF-8.

    What is very long is not even cleaned; the length is counted in code points afterwards.
    """
    if len(raw) > 4 * text.LENGTH:
        raise ValidationError(_("This message is far too long."), code="max_length")
    cleaned = clean_source(raw).rstrip()
    if not cleaned and not empty:
        raise ValidationError(_("Write something first."), code="required")
    if over := max(0, len(cleaned) - text.LENGTH):
        message = ngettext("%(over)d character too long.", "%(over)d characters too long.", over)
        raise ValidationError(message, code="max_length", params={"over": over})
    return cleaned


def _sent(author: User, channel: Channel, client_id: UUID, said: str) -> Message | None:
    """What this client_id has sent already. Once it was edited or deleted, its first words are not known any more."""
    first = Message.objects.select_related("author").filter(author=author, client_id=client_id).first()
    if first is None:
        return None
    same = first.text == said or first.edited_at is not None or first.deleted_at is not None
    if first.channel_id != channel.pk or not same:
        raise AlreadySent(first.pk)
    if access.standing(author.pk, channel.group_id) is None:
        raise NotAMember
    first.channel = channel
    return first


def _needs(words: Words) -> Right:
    """The rights, beyond writing, that these words take."""
    needs = Right.LINKS if text.has_link(words.text) else NONE
    if words.attachments:
        kinds = set(Attachment.objects.filter(pk__in=words.attachments).values_list("kind", flat=True))
        needs |= Right.PICTURES if AttachmentKind.PICTURE in kinds else NONE
        needs |= Right.FILES if AttachmentKind.FILE in kinds else NONE
    if words.card and words.card.get("kind") == "poll":
        needs |= Right.POLLS
    return needs


def _insert(
    channel: Channel, who: Standing, words: Words, called: calling.Called, *, client_id: UUID, now: datetime
) -> Message:
    if channel.is_thread:
        _count_in_thread(channel)
    place = locks.take_message(channel.pk, now)
    _require_patience(channel, who, now)
    answered = _answered(channel, words.reply_to)
    message = Message.objects.create(
        id=uuid7(),
        channel=channel,
        number=place.number,
        revision=place.revision,
        author=who.member.user,
        client_id=client_id,
        text=words.text,
        card=words.card,
        forwarded=words.forwarded,
        reply_to=answered,
        mentioned=[person.handle for person in called.people],
        mentions_all=called.all,
        mentions_admins=called.admins,
        created_at=now,
    )
    _claim(message, channel, words.attachments)
    calling.record(message, called, answered)
    reading.advance(message.author_id, channel.pk, place.number)
    carries = words.attachments or words.card or "/p/" in words.text  # a shared post is looked up
    broadcasts.said(message, None if carries else who)
    previewing.want(message)
    calling.tell(message, called, answered, now)
    return message


def _count_in_thread(thread: Channel) -> None:
    """The message that a thread hangs on shows how long the thread is; its channel is locked before the thread."""
    root = Message.objects.only("id", "channel_id").get(thread=thread)
    broadcasts.mark(root.channel_id)
    place = locks.take_change(root.channel_id)
    locked = Message.objects.select_for_update(no_key=True).get(pk=root.pk)
    if locked.deleted_at:
        raise Gone
    locked.thread_count += 1
    locked.revision = place.revision
    locked.save(update_fields=["thread_count", "revision"])
    broadcasts.counted(locked)


def _require_patience(channel: Channel, who: Standing, now: datetime) -> None:
    """Slow mode: so many seconds between two messages of a member; what was deleted counts. Raises TooSoon.

    The channel's lock makes the second of two messages at once see the first.
    """
    seconds = who.group.slow_seconds
    if not seconds or who.is_helper:
        return
    rows = Message.objects.filter(channel=channel, author=who.user_id, kind=MessageKind.SAID).order_by("-number")
    last = rows.values_list("created_at", flat=True).first()
    if last and (left := last + timedelta(seconds=seconds) - now) > timedelta(0):
        raise TooSoon(ceil(left.total_seconds()))


def _answered(channel: Channel, reply_to: UUID | None) -> Message | None:
    if reply_to is None:
        return None
    rows = Message.objects.filter(pk=reply_to, channel=channel, deleted_at=None, kind=MessageKind.SAID)
    found = rows.select_related("author").first()
    if found is None:
        raise Gone
    return found


def _claim(message: Message, channel: Channel, ids: Sequence[UUID]) -> None:
    """What was uploaded becomes the message's. Raises Gone for what is not the author's own, unsent, of this group."""
    if len(ids) > ATTACHMENTS:
        raise ValidationError(_("At most ten pictures and files."), code="attachments")
    unsent = Attachment.objects.filter(pk__in=ids, group=channel.group_id, uploader=message.author_id, message=None)
    rows = {row.pk: row for row in unsent.select_for_update().order_by("pk")} if ids else {}
    if len(rows) != len(set(ids)):
        raise Gone
    for position, pk in enumerate(dict.fromkeys(ids)):
        rows[pk].message, rows[pk].position = message, position
    if rows:
        Attachment.objects.bulk_update(rows.values(), ["message", "position"])


def tell(*, channel: Channel, event: dict[str, Any], actor: User, now: datetime) -> Message:
    """Write what happened into the conversation: {"kind": "joined", …}. It is never unread, and asks no right.

    Call it in the transaction of what happened, after everything that locks the group.
    """
    broadcasts.mark(channel.pk)
    with transaction.atomic():
        place = locks.take_message(channel.pk, now)
        message = Message.objects.create(
            id=uuid7(),
            channel=channel,
            number=place.number,
            revision=place.revision,
            author=actor,
            client_id=uuid4(),
            kind=MessageKind.EVENT,
            event=event,
            created_at=now,
        )
    broadcasts.said(message)
    return message
