"""Channels of a group: opening, changing, archiving, ordering."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from groups import access, broadcasts, locks, log
from groups.actions import sending
from groups.errors import Gone, LastChannel, TooMany
from groups.models import Channel, ChannelKind, Group
from groups.rights import Right
from planet.accounts.models import User
from planet.web.text import clean_line

MOST: Final = 50
NAME_LENGTH: Final = 40
ABOUT_LENGTH: Final = 200
_OPEN_KINDS: Final = (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENTS)


@transaction.atomic
def open_channel(*, group_id: UUID, actor: User, name: str, about: str, kind: str, now: datetime) -> Channel:
    """Open a channel at the end of the list; nothing is said in it yet, so nobody has anything unread.

    Raises NotAMember, NotAllowed, ValidationError, TooMany.
    """
    group = _locked(group_id, actor)
    name, about = _named(name, about)
    if kind not in _OPEN_KINDS:
        raise ValidationError(_("Choose what the channel is for."), code="kind")
    standing = Channel.objects.filter(group=group, archived_at=None).exclude(kind=ChannelKind.THREAD)
    if standing.count() >= MOST:
        raise TooMany
    last = standing.aggregate(last=Max("position"))["last"]
    channel = Channel(group=group, kind=kind, name=name, about=about, position=(last or 0) + 1, created_at=now)
    _save(channel, force_insert=True)
    log.record(group, "channel_made", actor, None, now, channel=name)
    sending.tell(channel=channel, event={"kind": "channel", "channel": name}, actor=actor, now=now)
    broadcasts.group_changed(group, "channels")
    return channel


@transaction.atomic
def change_channel(*, channel: Channel, actor: User, name: str, about: str, kind: str, now: datetime) -> Channel:
    """Give a channel another name, description, or purpose. Raises NotAMember, NotAllowed, ValidationError, Gone."""
    group = _locked(channel.group_id, actor)
    name, about = _named(name, about)
    locked = _standing(channel.pk)
    if kind not in _OPEN_KINDS:
        raise ValidationError(_("Choose what the channel is for."), code="kind")
    if kind != ChannelKind.TEXT:
        _require_other_text(locked)
    locked.name, locked.about, locked.kind = name, about, kind
    _save(locked, update_fields=["name", "about", "kind"])
    log.record(group, "channel_changed", actor, None, now, channel=name)
    broadcasts.group_changed(group, "channels")
    return locked


@transaction.atomic
def archive_channel(*, channel: Channel, actor: User, on: bool, now: datetime) -> Channel:
    """Put a channel away, read-only and out of the list, or bring it back; doing it twice changes nothing.

    Raises NotAMember, NotAllowed, LastChannel, ValidationError (its name was given away meanwhile).
    """
    group = _locked(channel.group_id, actor)
    locked = locks.channel(channel.pk)
    if locked.is_thread:
        raise Gone
    if bool(locked.archived_at) == on:
        return locked
    if on:
        _require_other_text(locked)
    locked.archived_at = now if on else None
    _save(locked, update_fields=["archived_at"])
    log.record(group, "channel_archived" if on else "channel_restored", actor, None, now, channel=locked.name)
    broadcasts.group_changed(group, "channels")
    return locked


@transaction.atomic
def order_channels(*, group_id: UUID, actor: User, ids: Sequence[UUID], now: datetime) -> None:
    """Put the channels into this order; those that are not named come after. Raises NotAMember, NotAllowed."""
    group = _locked(group_id, actor)
    rows = Channel.objects.filter(group=group, archived_at=None).exclude(kind=ChannelKind.THREAD)
    standing = locks.channels(rows.values_list("pk", flat=True))
    named = [pk for pk in dict.fromkeys(ids) if pk in standing]
    rest = sorted(set(standing) - set(named), key=lambda pk: (standing[pk].position, pk))
    for position, pk in enumerate([*named, *rest]):
        standing[pk].position = position
    Channel.objects.bulk_update(standing.values(), ["position"])
    log.record(group, "channels_ordered", actor, None, now)
    broadcasts.group_changed(group, "channels")


def _locked(group_id: UUID, actor: User) -> Group:
    """The group, locked: changes of its channels come one after the other."""
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.CHANNELS)
    return group


def _standing(channel_id: UUID) -> Channel:
    locked = locks.channel(channel_id)
    if locked.is_thread or locked.archived_at:
        raise Gone
    return locked


def _require_other_text(channel: Channel) -> None:
    others = Channel.objects.filter(group=channel.group_id, kind=ChannelKind.TEXT, archived_at=None)
    if not others.exclude(pk=channel.pk).exists():
        raise LastChannel


def _named(name: str, about: str) -> tuple[str, str]:
    name, about = clean_line(name).removeprefix("#").strip(), clean_line(about)
    if not name or len(name) > NAME_LENGTH:
        raise ValidationError(_("A channel has a name of at most 40 characters."), code="name")
    if len(about) > ABOUT_LENGTH:
        raise ValidationError(_("A description has at most 200 characters."), code="about")
    return name, about


def _save(channel: Channel, **how: object) -> None:
    try:
        with transaction.atomic():
            channel.save(**how)  # type: ignore[arg-type]
    except IntegrityError:
        raise ValidationError(_("There is a channel of this name already."), code="name") from None
