"""Threads: a channel on a message, that only those hear of who take part in it."""

from datetime import datetime

from django.db import transaction

from groups import access, locks, text
from groups.actions import reading
from groups.errors import Gone
from groups.models import Channel, ChannelKind, Message, MessageKind
from groups.rights import Right
from planet.accounts.models import User

NAME_LENGTH = 40


@transaction.atomic
def open_thread(*, message: Message, actor: User, now: datetime) -> Channel:
    """The thread on a message, which is opened if there is none; whoever opens it and whoever it answers follow it.

    Raises NotAMember, ReadOnly, NotAllowed, Gone (deleted, told by the group, or in a thread itself).
    """
    who = access.acting(actor, message.channel.group_id)
    found = Channel.objects.filter(root=message).first()
    if found is None:
        access.require_in(message.channel, who, Right.THREADS)
        found = _opened(message, now)
        reading.follow(user_id=message.author_id, thread=found)
    reading.follow(user_id=actor.pk, thread=found)
    found.group = who.group
    return found


def _opened(message: Message, now: datetime) -> Channel:
    """The message's lock makes the second of two at once find the first one's."""
    locks.channel(message.channel_id)
    try:
        locked = locks.message(message.pk, channel_id=message.channel_id)
    except Message.DoesNotExist:
        raise Gone from None
    if locked.kind != MessageKind.SAID or message.channel.is_thread:
        raise Gone
    thread, _new = Channel.objects.get_or_create(
        root=locked,
        defaults={
            "group_id": message.channel.group_id,
            "kind": ChannelKind.THREAD,
            "name": text.excerpt(locked.text, NAME_LENGTH),
            "created_at": now,
        },
    )
    return thread
