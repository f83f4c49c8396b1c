"""Pins: on top of a channel, with their history."""

from datetime import datetime
from typing import Final

from django.db import transaction

from groups import access, broadcasts, locks, log
from groups.actions import sending
from groups.errors import Gone, TooMany
from groups.models import Message, MessageKind, Pin
from groups.rights import Right
from planet.accounts.models import User

MOST: Final = 50  # standing in a channel


def pin(*, message: Message, actor: User, on: bool, now: datetime) -> Message:
    """Pin a message, or take it down; doing it twice changes nothing.

    Raises NotAMember, NotAllowed, Gone, TooMany.
    """
    channel = message.channel
    access.require_in(channel, access.acting(actor, channel.group_id), Right.PIN)
    broadcasts.mark(channel.pk)
    with transaction.atomic():
        place = locks.take_change(channel.pk)
        try:
            locked = locks.message(message.pk, channel_id=channel.pk)
        except Message.DoesNotExist:
            raise Gone from None
        locked.channel = channel
        if not _write(locked, actor, on=on, now=now):
            transaction.set_rollback(True)  # the revision that was taken is nobody's: it goes back
            return locked
        locked.revision = place.revision
        locked.save(update_fields=["revision"])
        broadcasts.changed(locked.pk)
        broadcasts.pins_changed(channel.pk)
        what = "pinned" if on else "unpinned"
        log.record(channel.group, what, actor, locked.author, now, text=locked.text[:200])
        if on:
            event = {"kind": what, "message": str(locked.pk), "number": locked.number}
            sending.tell(channel=channel, event=event, actor=actor, now=now)
    return locked


def _write(message: Message, actor: User, *, on: bool, now: datetime) -> bool:
    """Whether that changed anything. The channel's lock makes two at once see each other."""
    standing = Pin.objects.filter(message=message, removed_at=None)
    if not on:
        return bool(standing.update(removed_at=now, removed_by=actor))
    if standing.exists():
        return False
    if message.kind != MessageKind.SAID:
        raise Gone
    if Pin.objects.filter(channel=message.channel_id, removed_at=None).count() >= MOST:
        raise TooMany
    Pin.objects.create(channel_id=message.channel_id, message=message, by=actor, at=now)
    return True
