"""What a member has not read: exact, by subtraction, for one channel or for all groups at once.

A channel's unread messages are its last number less the position, less what was deleted and what the group itself told
past the position: both few, and in a partial index. Mentions are rows of their own; @all and @admins are messages with
a mark, in a partial index as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from groups.models import Channel, Level, Membership
from groups.rights import FOR_HELPERS

_HELPING: Final = sum(int(right) for right in FOR_HELPERS)
# For a channel c and a position `at` of the person `me`, who looks after the group if `helps`.
_COUNTS: Final = """
    greatest(c.last_number - v.at, 0) - CASE WHEN c.last_number > v.at THEN (
        SELECT count(*) FROM groups_message AS x
         WHERE x.channel_id = c.id AND x.number > v.at AND (x.deleted_at IS NOT NULL OR x.kind = 'event')) ELSE 0 END
    AS unread,
    CASE WHEN c.last_number > v.at THEN (
        SELECT count(*) FROM (
            SELECT x.number FROM groups_messagemention AS x
             WHERE x.user_id = v.me AND x.channel_id = c.id AND x.number > v.at
            UNION
            SELECT x.number FROM groups_message AS x
             WHERE x.channel_id = c.id AND x.number > v.at AND (x.mentions_all OR x.mentions_admins)
               AND (x.mentions_all OR v.helps) AND x.deleted_at IS NULL AND x.author_id <> v.me) AS calls) ELSE 0 END
    AS mentions
"""
_OF_CHANNEL: Final = f"""
SELECT c.group_id, c.id, c.kind, c.last_number, v.at, {_COUNTS}
  FROM groups_channel AS c,
       LATERAL (SELECT %(user)s::uuid AS me, %(helps)s::bool AS helps, coalesce(
           (SELECT p.number FROM groups_readposition AS p WHERE p.user_id = %(user)s AND p.channel_id = c.id), {{start}}
       ) AS at) AS v
 WHERE c.id = %(channel)s
"""  # noqa: S608  # nothing in it is anybody's input
# All channels of the person's groups, and the threads that the person follows.
_OF_ALL: Final = f"""
WITH mine AS MATERIALIZED (
    SELECT m.group_id, m.user_id AS me,
           g.owner_id = m.user_id OR coalesce(r.rights & %(helping)s, 0) <> 0 AS helps
      FROM groups_membership AS m
      JOIN groups_group AS g ON g.id = m.group_id
      LEFT JOIN groups_role AS r ON r.id = m.role_id
     WHERE m.user_id = %(user)s AND m.accepted_at IS NOT NULL {{only}}
), heard AS (
    SELECT c.id, coalesce(p.number, 0) AS at, mine.me, mine.helps
      FROM mine
      JOIN groups_channel AS c ON c.group_id = mine.group_id AND c.kind <> 'thread'
      LEFT JOIN groups_readposition AS p ON p.user_id = mine.me AND p.channel_id = c.id
     WHERE c.archived_at IS NULL
    UNION ALL
    SELECT c.id, p.number AS at, mine.me, mine.helps
      FROM groups_readposition AS p
      JOIN groups_channel AS c ON c.id = p.channel_id AND c.kind = 'thread'
      JOIN mine ON mine.group_id = c.group_id
     WHERE p.user_id = %(user)s
)
SELECT c.group_id, c.id, c.kind, c.last_number, v.at, {_COUNTS}
  FROM heard AS v JOIN groups_channel AS c ON c.id = v.id
"""  # noqa: S608  # nothing in it is anybody's input


@dataclass(frozen=True, slots=True)
class Unread:
    """A channel's, for a member: `position` is the last number read."""

    group_id: UUID
    channel_id: UUID
    kind: str
    last_number: int
    position: int
    unread: int
    mentions: int

    def as_dict(self) -> dict[str, Any]:
        """For a browser."""
        return {
            "channel": str(self.channel_id),
            "position": self.position,
            "last": self.last_number,
            "unread": self.unread,
            "mentions": self.mentions,
        }


@dataclass(frozen=True, slots=True)
class Badge:
    """A group's: threads that the member follows count their mentions only."""

    unread: int
    mentions: int


def of_channel(*, user_id: UUID, channel: Channel, is_helper: bool) -> Unread:
    """What the member has not read in a channel; nothing in a thread that the member does not follow. One query."""
    start = "c.last_number" if channel.is_thread else "0"
    values = {"user": user_id, "channel": channel.pk, "helps": is_helper}
    (found,) = _rows(_OF_CHANNEL.format(start=start), values)
    return found


def of_groups(*, user_id: UUID, group_ids: Sequence[UUID] | None = None) -> list[Unread]:
    """What somebody has not read, a row for each channel (or those of some groups). One query, whatever the groups."""
    only = "AND m.group_id = ANY(%(groups)s::uuid[])" if group_ids is not None else ""
    values = {"user": user_id, "helping": _HELPING, "groups": list(group_ids or ())}
    return _rows(_OF_ALL.format(only=only), values)


def badges(rows: Iterable[Unread]) -> dict[UUID, Badge]:
    """What `of_groups` found, a group each."""
    found: dict[UUID, Badge] = {}
    for row in rows:
        before = found.get(row.group_id, Badge(0, 0))
        counted = 0 if row.kind == "thread" else row.unread
        found[row.group_id] = Badge(before.unread + counted, before.mentions + row.mentions)
    return found


def ringing(*, user_id: UUID, found: Mapping[UUID, Badge], now: datetime) -> int:
    """In how many groups there is something that the member wants to be told of; a mention comes through a mute."""
    rows = Membership.objects.filter(user=user_id, group__in=list(found)).exclude(level=Level.NONE)
    loud = Q(level=Level.ALL, archived_at=None) & (Q(muted_until=None) | Q(muted_until__lte=now))
    annotated = rows.annotate(is_loud=ExpressionWrapper(loud, BooleanField()))
    kept = dict(annotated.values_list("group", "is_loud"))
    return sum(
        1
        for group_id, badge in found.items()
        if group_id in kept and (badge.mentions or (badge.unread and kept[group_id]))
    )


def positions(*, user_id: UUID, group_id: UUID) -> list[tuple[UUID, int]]:
    """The channels and followed threads of a group with their last numbers, by id."""
    rows = of_groups(user_id=user_id, group_ids=[group_id])
    return sorted((row.channel_id, row.last_number) for row in rows)


def _rows(statement: str, values: dict[str, Any]) -> list[Unread]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Unread(*row) for row in cursor.fetchall()]
