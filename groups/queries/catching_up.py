"""What somebody who was away for long should see of a group first: what mattered to others, and to them.

The most reacted of the time, who called the member, what was pinned, and where the talk was. A bounded walk however
much was said: numbers tell how much that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from groups.access import Standing
from groups.models import Message, MessageMention, Pin
from planet.accounts.queries import hidden_ids
from planet.web.prepared import fetch

SHOWN: Final = 10
LOOKS: Final = 5000  # newest messages of a channel among which the most reacted are looked for
RANGES: Final[dict[str, timedelta]] = {
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}

_CHANNELS: Final = """
SELECT c.id, c.name, f.number, c.last_number - f.number + 1 - (
           SELECT count(*) FROM groups_message x
            WHERE x.channel_id = c.id AND x.number >= f.number AND (x.deleted_at IS NOT NULL OR x.kind = 'event'))
  FROM groups_channel c
 CROSS JOIN LATERAL (
       SELECT x.number FROM groups_message x WHERE x.channel_id = c.id AND x.created_at >= %(since)s
        ORDER BY x.created_at, x.number LIMIT 1) f
 WHERE c.group_id = %(group)s AND c.kind <> 'thread' AND c.archived_at IS NULL
 ORDER BY 4 DESC, c.position, c.id LIMIT 100
"""
_REACTED: Final = """
SELECT x.id
  FROM unnest(%(channels)s::uuid[], %(numbers)s::bigint[]) AS c (id, first)
 CROSS JOIN LATERAL (
       SELECT x.id, x.author_id, x.deleted_at, x.reactions FROM groups_message x
        WHERE x.channel_id = c.id AND x.number >= c.first ORDER BY x.number DESC LIMIT %(looks)s) x
 CROSS JOIN LATERAL (SELECT sum(value::int) AS total FROM jsonb_each_text(x.reactions)) r
 WHERE x.reactions <> '{}' AND x.deleted_at IS NULL AND r.total > 0
 ORDER BY r.total DESC, x.id DESC LIMIT %(most)s
"""
# The first message past the member's position, in the channel where that is the longest ago.
_AWAY: Final = """
SELECT min(f.created_at) FROM groups_channel c
  LEFT JOIN groups_readposition p ON p.channel_id = c.id AND p.user_id = %(user)s
 CROSS JOIN LATERAL (
       SELECT x.created_at FROM groups_message x
        WHERE x.channel_id = c.id AND x.number = coalesce(p.number, 0) + 1) f
 WHERE c.group_id = %(group)s AND c.kind <> 'thread' AND c.archived_at IS NULL
"""


@dataclass(frozen=True)
class Busy:
    """A channel with how many messages were said in it, and the number of the first."""

    id: UUID
    name: str
    first: int
    messages: int


@dataclass(frozen=True)
class CatchUp:
    """What happened in a group since a moment; messages with their authors and channels."""

    since: datetime
    channels: Sequence[Busy]
    reacted: Sequence[Message]
    mentions: Sequence[Message]
    pinned: Sequence[Message]

    @property
    def messages(self) -> int:
        """How many were said."""
        return sum(channel.messages for channel in self.channels)


def away_since(who: Standing) -> datetime | None:
    """When the first message was said that the member has not read; None when all is read. One query."""
    (found,) = fetch(_AWAY, {"user": who.user_id, "group": who.group.pk})
    since: datetime | None = found[0]
    return since


def since(who: Standing, moment: datetime) -> CatchUp:
    """What happened for this member since a moment, in five queries; not what hidden people said."""
    values: dict[str, Any] = {"group": who.group.pk, "since": moment}
    channels = [Busy(*row) for row in fetch(_CHANNELS, values)]
    if not channels:
        return CatchUp(moment, (), (), (), ())
    where = Q()
    for channel in channels:
        where |= Q(channel=channel.id, number__gte=channel.first)
    return CatchUp(moment, channels, _reacted(who, channels), _calling(who, where), _pinned(who, moment))


def _reacted(who: Standing, channels: Sequence[Busy]) -> list[Message]:
    values = {
        "channels": [channel.id for channel in channels],
        "numbers": [channel.first for channel in channels],
        "looks": LOOKS,
        "most": SHOWN * 2,
    }
    ids = [row[0] for row in fetch(_REACTED, values)]
    found = {row.pk: row for row in _shown(who).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found][:SHOWN]


def _calling(who: Standing, where: Q) -> list[Message]:
    named = MessageMention.objects.filter(where, user=who.user_id).order_by("-id")
    calls = Q(mentions_all=True) | (Q(mentions_admins=True) if who.is_helper else Q())
    everybody = Message.objects.filter(where & calls).exclude(author=who.user_id).order_by("-number")
    ids = [*named.values_list("message", flat=True)[:SHOWN], *everybody.values_list("pk", flat=True)[:SHOWN]]
    return list(_shown(who).filter(pk__in=ids).order_by("-created_at")[:SHOWN])


def _pinned(who: Standing, moment: datetime) -> list[Message]:
    pins = Pin.objects.filter(channel__group=who.group, removed_at=None, at__gte=moment).order_by("-id")
    ids = list(pins.values_list("message", flat=True)[:SHOWN])
    return list(_shown(who).filter(pk__in=ids).order_by("-created_at"))


def _shown(who: Standing) -> Any:
    rows = Message.objects.filter(deleted_at=None).exclude(author__in=hidden_ids(who.user_id))
    return rows.select_related("author", "channel__group")
