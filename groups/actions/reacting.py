"""Reactions. The rows are the truth; the message keeps their counts, so that drawing it reads one row."""

from datetime import datetime
from typing import Final

import regex
from django.db import transaction
from django.db.models import Count, Min

from groups import access, broadcasts, locks
from groups.emoji import REACTIONS
from groups.errors import Gone, NoSuchReaction, TooMany
from groups.models import Message, MessageKind, Reaction
from groups.rights import Right
from planet.accounts.models import User

MOST_KINDS: Final = 20  # on a message
# One emoji as a reader sees it: a pictogram with what modifies it, a flag, a keycap.
_EMOJI = regex.compile(r"\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|(?=\p{Extended_Pictographic})\X")


def react(*, message: Message, actor: User, emoji: str, on: bool, now: datetime) -> Message:
    """React, or take it back; doing it twice changes nothing. One of a kind for each member.

    Raises NotAMember, ReadOnly, NotAllowed, Gone, NoSuchReaction, TooMany.
    """
    if emoji not in REACTIONS and (len(emoji) > 16 or not _EMOJI.fullmatch(emoji)):
        raise NoSuchReaction
    channel = message.channel
    access.require_in(channel, access.acting(actor, channel.group_id), Right.REACT)
    broadcasts.mark(channel.pk)
    with transaction.atomic():
        place = locks.take_change(channel.pk)
        try:
            locked = locks.message(message.pk, channel_id=channel.pk)
        except Message.DoesNotExist:
            raise Gone from None
        locked.channel = channel
        if locked.kind != MessageKind.SAID:
            raise Gone
        if not _write(locked, actor, emoji, on=on, now=now):
            transaction.set_rollback(True)  # the revision that was taken is nobody's: it goes back
            return locked
        locked.reactions, locked.revision = _counted(locked), place.revision
        locked.save(update_fields=["reactions", "revision"])
        broadcasts.counted(locked)
    return locked


def _write(message: Message, actor: User, emoji: str, *, on: bool, now: datetime) -> bool:
    """Whether that changed anything."""
    if not on:
        return bool(Reaction.objects.filter(message=message, user=actor, emoji=emoji).delete()[0])
    if emoji not in message.reactions and len(message.reactions) >= MOST_KINDS:
        raise TooMany
    if Reaction.objects.filter(message=message, user=actor, emoji=emoji).exists():
        return False
    Reaction.objects.create(message=message, user=actor, emoji=emoji, created_at=now)
    return True


def _counted(message: Message) -> dict[str, int]:
    """The counts as the rows have them, in the order in which the kinds came."""
    kinds = Reaction.objects.filter(message=message).values_list("emoji").annotate(n=Count("pk"), first=Min("pk"))
    return {emoji: count for emoji, count, _first in kinds.order_by("first")}
