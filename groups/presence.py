"""Who of a group is online, pushed to whoever has it open: coming and going of a few seconds is one event.

Of a group with 200,000 members nobody needs to know who all is here: told is who of the people that its page lists, and
in a small group how many. The hub says which groups are open somewhere (`topics.register(watch=…)`); of several hubs
one asks, and nothing is pushed while nothing has changed. What it costs is bounded by the groups that are looked at.
"""

import json
import logging
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import redis

from groups.models import GroupKind
from groups.queries.members import LISTED
from planet.realtime import presence, publish
from planet.realtime.connection import client
from planet.web.prepared import fetch

logger = logging.getLogger(__name__)

COUNTED: Final = 1_000  # in a larger group nobody counts who is online
ASKED_MS: Final = 4_000  # a group, by all hubs together
KEPT_SECONDS: Final = 600

# Of each group whom its page lists: who looks after it, and the newest others; and everybody, where they are few.
_PEOPLE: Final = """
SELECT g.id, g.members_count, l.ids, CASE WHEN g.members_count <= %(counted)s THEN ARRAY(
           SELECT m.user_id FROM groups_membership m WHERE m.group_id = g.id AND m.accepted_at IS NOT NULL
            LIMIT %(counted)s) END
  FROM groups_group g
 CROSS JOIN LATERAL (SELECT ARRAY(
       (SELECT m.user_id FROM groups_membership m
         WHERE m.group_id = g.id AND m.role_id IS NOT NULL AND m.accepted_at IS NOT NULL LIMIT %(listed)s)
        UNION
       (SELECT m.user_id FROM groups_membership m
         WHERE m.group_id = g.id AND m.role_id IS NULL AND m.accepted_at IS NOT NULL
         ORDER BY m.id DESC LIMIT %(listed)s)
        UNION
        SELECT g.owner_id) AS ids) l
 WHERE g.id = ANY(%(groups)s) AND g.kind <> %(direct)s
"""


def tell(keys: Sequence[str]) -> None:
    """Push to the listeners of these groups who is online, where that has changed."""
    try:
        group_ids = _to_ask([UUID(key) for key in keys])
        if not group_ids:
            return
        values = {"groups": group_ids, "counted": COUNTED, "listed": LISTED + 1, "direct": GroupKind.DIRECT}
        rows = fetch(_PEOPLE, values)
        online = presence.online({user_id for row in rows for user_id in [*row[2], *(row[3] or ())]})
        for group_id, _members, listed, everybody in rows:
            _push(group_id, _state(online, listed, everybody))
    except redis.RedisError as error:
        logger.warning("nobody hears who is online: %s", error)


def _state(online: set[UUID], listed: Sequence[UUID], everybody: Sequence[UUID] | None) -> dict[str, Any]:
    here = sorted(str(user_id) for user_id in online.intersection(listed))
    return {"online": here, "count": None if everybody is None else len(online.intersection(everybody))}


def _to_ask(group_ids: Sequence[UUID]) -> list[UUID]:
    """Those that no hub has asked about just now."""
    pipeline = client().pipeline(transaction=False)
    for group_id in group_ids:
        pipeline.set(f"planet:groups:presence:{group_id}:asked", 1, px=ASKED_MS, nx=True)
    return [group_id for group_id, first in zip(group_ids, pipeline.execute(), strict=True) if first]


def _push(group_id: UUID, state: dict[str, Any]) -> None:
    told = json.dumps(state)
    before: Any = client().set(f"planet:groups:presence:{group_id}", told, ex=KEPT_SECONDS, get=True)
    if before is None or before.decode() != told:
        publish(f"group:{group_id}", "presence", state)
