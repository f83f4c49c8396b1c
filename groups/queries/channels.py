"""Channels, threads, pins, and who of a group is here now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from redis import RedisError

from groups.models import Channel, ChannelKind, Group, Membership, Pin
from planet.accounts.models import User
from planet.realtime import presence
from planet.realtime.connection import ONLINE_KEY, client

THREADS: Final = 50
PINS: Final = 50
_ASKED: Final = 2_000  # people online who are looked at, to say how many of them are in a group


@dataclass(frozen=True)
class Present:
    """Who of a group is here: some of them, and how many in all."""

    people: Sequence[User]
    count: int


def of_group(group: Group) -> QuerySet[Channel]:
    """The standing channels in their order, without threads."""
    rows = Channel.objects.filter(group=group, archived_at=None).exclude(kind=ChannelKind.THREAD)
    return rows.order_by("position", "pk")


def archived(group: Group) -> QuerySet[Channel]:
    """What was put away."""
    rows = Channel.objects.filter(group=group, archived_at__isnull=False).exclude(kind=ChannelKind.THREAD)
    return rows.order_by("position", "pk")


def default(group: Group) -> Channel:
    """The channel that the group opens with: there is always one."""
    channel = of_group(group).first() or archived(group).first()
    if channel is None:
        raise Channel.DoesNotExist
    return channel


def threads(group: Group, *, size: int = THREADS) -> Sequence[Channel]:
    """The group's threads, those with the newest activity first, with the messages they hang on."""
    rows = Channel.objects.filter(group=group, kind=ChannelKind.THREAD, last_message_at__isnull=False)
    return list(rows.select_related("root__author").order_by("-last_message_at")[:size])


def pinned(channel: Channel) -> Sequence[Pin]:
    """What is pinned in a channel, the newest first."""
    return list(_pins(channel).filter(removed_at=None).order_by("-pk")[:PINS])


def pin_history(channel: Channel, *, size: int = PINS) -> Sequence[Pin]:
    """What ever was pinned in a channel and is still there to be read, the newest first."""
    return list(_pins(channel).filter(message__deleted_at=None).order_by("-pk")[:size])


def _pins(channel: Channel) -> QuerySet[Pin]:
    return Pin.objects.filter(channel=channel).select_related("message__author", "by", "removed_by")


def present(group: Group, *, size: int = 100) -> Present:
    """The members who are on Planet now.

    Whoever is fewer is asked about: of a small group its members, of a large one the people who are online.
    """
    members = Membership.objects.filter(group=group, accepted_at__isnull=False, user__is_active=True)
    online: Collection[UUID]
    if group.members_count <= _ASKED:
        online = presence.online(members.values_list("user", flat=True)[:_ASKED])
    else:
        online = _anybody_online()
    here = members.filter(user__in=online)
    people = [row.user for row in here.select_related("user").order_by("pk")[:size]]
    return Present(people, here.count() if len(people) == size else len(people))


def _anybody_online() -> set[UUID]:
    """The people who are on Planet now, the latest seen first, up to a bound; nobody when Redis is away."""
    try:
        found: Any = client().zrevrange(ONLINE_KEY, 0, _ASKED * 5 - 1)
    except RedisError:
        return set()
    return presence.online(UUID(raw.decode()) for raw in found)
