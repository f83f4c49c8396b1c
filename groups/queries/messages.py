"""Pages of a conversation: the end, before, after, around a number, at a date, at the first unread, at a mention.

Numbers have no holes, so every page is one walk along (channel, number), and whether there is more is known without
asking. What a browser missed is one walk along (channel, revision).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from groups.models import Channel, Message, MessageMention, ReadPosition
from groups.showing import with_people

SIZE: Final = 50
CATCH_UP: Final = 200  # changes an answer


@dataclass(frozen=True)
class Page:
    """Messages in order of number. `target` is the one that was jumped to."""

    messages: Sequence[Message]
    has_older: bool
    has_newer: bool
    target: int | None = None


@dataclass(frozen=True)
class Changes:
    """What changed after a revision, in order of revision. `revision` is where to go on from, `more` whether to."""

    messages: Sequence[Message]
    revision: int
    more: bool


def _rows(channel: Channel) -> QuerySet[Message]:
    return with_people(Message.objects.filter(channel=channel))


def latest(channel: Channel, *, size: int = SIZE) -> Page:
    """The end of the conversation."""
    return _page(channel, list(_rows(channel).order_by("-number")[:size])[::-1])


def before(channel: Channel, number: int, *, size: int = SIZE) -> Page:
    """What stands above a message."""
    return _page(channel, list(_rows(channel).filter(number__lt=number).order_by("-number")[:size])[::-1])


def after(channel: Channel, number: int, *, size: int = SIZE) -> Page:
    """What stands below a message."""
    return _page(channel, list(_rows(channel).filter(number__gt=number).order_by("number")[:size]))


def around(channel: Channel, number: int, *, size: int = SIZE) -> Page:
    """A message with as many above as below: a jump."""
    number = min(max(number, 1), max(channel.last_number, 1))
    first = number - size // 2
    found = _rows(channel).filter(number__gte=first, number__lt=first + size).order_by("number")
    return _page(channel, list(found), target=number)


def _page(channel: Channel, messages: Sequence[Message], *, target: int | None = None) -> Page:
    first, last = (messages[0].number, messages[-1].number) if messages else (1, channel.last_number)
    return Page(messages, has_older=first > 1, has_newer=last < channel.last_number, target=target)


def number_at(channel: Channel, moment: datetime) -> int:
    """The first message at or after a moment; the last one when there is none."""
    rows = Message.objects.filter(channel=channel, created_at__gte=moment).order_by("created_at", "number")
    return rows.values_list("number", flat=True).first() or channel.last_number


def position(user_id: UUID, channel: Channel) -> int:
    """The last number that somebody has read; in a thread not followed everything is."""
    found = ReadPosition.objects.filter(user=user_id, channel=channel).values_list("number", flat=True).first()
    return found if found is not None else (channel.last_number if channel.is_thread else 0)


def next_mention(user_id: UUID, channel: Channel, *, after: int, is_helper: bool) -> int | None:
    """The first message after a number that calls the member: by name, as everybody, or as one who helps."""
    mine = MessageMention.objects.filter(user=user_id, channel=channel, number__gt=after).order_by("number")
    called = Message.objects.filter(channel=channel, number__gt=after, deleted_at=None).exclude(author=user_id)
    all_called = called.filter(mentions_all=True).order_by("number")
    found = [rows.values_list("number", flat=True).first() for rows in (mine, all_called)]
    if is_helper:
        found.append(called.filter(mentions_admins=True).order_by("number").values_list("number", flat=True).first())
    return min((number for number in found if number is not None), default=None)


def since(channel: Channel, revision: int, *, size: int = CATCH_UP) -> Changes:
    """What changed after `revision`.

    The channel was read before the messages: revisions are committed in order, so the messages are never older than
    it, and `revision` never promises what was not sent. A message that changed twice comes once, as it is now.
    """
    found = list(_rows(channel).filter(revision__gt=revision).order_by("revision")[: size + 1])
    messages = found[:size]
    more = len(found) > size
    reached = messages[-1].revision if messages else revision
    return Changes(messages, reached if more else max(reached, channel.last_revision), more)
