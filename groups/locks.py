"""The order in which rows are locked, so that no two writers wait for each other.

1. the group;
2. channels, by id ascending (a thread is younger than the channel of its message, so its id is larger);
3. messages, by id ascending;
4. the rows that hang on them: reactions, mentions, pins, positions.

The lock of a channel is what gives out numbers and revisions. Whoever writes into a channel takes it with `take`, and
holds it until the commit: so numbers have no holes, and nobody sees revision n before n - 1.
`FOR NO KEY UPDATE` lets others insert rows that point here meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from groups.models import Channel, Group, Message

_TAKE_MESSAGE = """
UPDATE groups_channel SET last_number = last_number + 1, last_revision = last_revision + 1, last_message_at = %s
 WHERE id = %s RETURNING last_number, last_revision
"""
_TAKE_CHANGE = """
UPDATE groups_channel SET last_revision = last_revision + %s WHERE id = %s RETURNING last_number, last_revision
"""


@dataclass(frozen=True, slots=True)
class Place:
    """The number and the revision that a message takes."""

    number: int
    revision: int


def group(group_id: UUID) -> Group:
    """Lock a group. Raises Group.DoesNotExist."""
    return Group.objects.select_for_update(no_key=True).get(pk=group_id)


def channel(channel_id: UUID) -> Channel:
    """Lock a channel without taking anything yet. Raises Channel.DoesNotExist."""
    return Channel.objects.select_for_update(no_key=True).get(pk=channel_id)


def channels(ids: Iterable[UUID]) -> dict[UUID, Channel]:
    """Lock some channels, in order."""
    rows = Channel.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def take_message(channel_id: UUID, now: datetime) -> Place:
    """The next number and revision of a channel, whose lock this takes. Raises Channel.DoesNotExist."""
    return _take(_TAKE_MESSAGE, [now, channel_id])


def take_change(channel_id: UUID, count: int = 1) -> Place:
    """The next `count` revisions of a channel, whose lock this takes; the last of them is returned."""
    return _take(_TAKE_CHANGE, [count, channel_id])


def _take(statement: str, values: list[Any]) -> Place:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        raise Channel.DoesNotExist
    return Place(*row)


def message(message_id: UUID, *, channel_id: UUID) -> Message:
    """Lock a living message of a channel that is locked. Raises Message.DoesNotExist when it is gone."""
    rows = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("author")
    return rows.get(pk=message_id, channel_id=channel_id, deleted_at=None)
