"""A member's own list of groups and conversations: what stands in the left pane, in constant queries for hundreds.

One statement reads every group with its newest message; another one counts what is unread (groups.queries.unread).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, GroupKind, Level, Membership
from groups.queries import unread
from groups.queries.unread import Badge, Unread
from planet.accounts.models import User
from planet.web.prepared import fetch
from posts.queries import Face

MOST: Final = 1000  # groups and conversations of one person that are listed
SHOWN_OTHERS: Final = 4  # whose names stand for a conversation
FILTERS: Final = ("all", "unread", "mentions", "direct", "archived")

_ROWS: Final = """
WITH hidden AS MATERIALIZED (
    SELECT target_id AS id FROM accounts_block WHERE owner_id = %(user)s
     UNION ALL SELECT owner_id FROM accounts_block WHERE target_id = %(user)s
     UNION ALL SELECT target_id FROM accounts_mute WHERE owner_id = %(user)s)
SELECT g.id, g.kind, coalesce(g.handle, ''), g.name, g.avatar, g.members_count,
       m.level, m.muted_until, m.archived_at IS NOT NULL, m.pinned_position, m.folder,
       coalesce(c.last_message_at, m.accepted_at),
       l.id, c.id, u.id, u.handle, u.display_name, l.kind, left(l.text, 300), l.event, l.card, l.created_at,
       l.deleted_at IS NOT NULL, l.author_id IN (SELECT id FROM hidden),
       EXISTS (SELECT FROM groups_attachment a WHERE a.message_id = l.id), o.others
  FROM groups_membership m
  JOIN groups_group g ON g.id = m.group_id
  LEFT JOIN LATERAL (
        SELECT c.id, c.last_number, c.last_message_at FROM groups_channel c
         WHERE c.group_id = g.id AND c.kind <> 'thread' AND c.archived_at IS NULL AND c.last_number > 0
         ORDER BY c.last_message_at DESC NULLS LAST LIMIT 1) c ON true
  LEFT JOIN groups_message l ON l.channel_id = c.id AND l.number = c.last_number
  LEFT JOIN accounts_user u ON u.id = l.author_id
  LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(p.id, p.handle, p.display_name, p.avatar, p.is_creator,
                                           p.kyc_state = 'approved') ORDER BY p.place) AS others
          FROM (SELECT p.*, n.id AS place FROM groups_membership n JOIN accounts_user p ON p.id = n.user_id
                 WHERE n.group_id = g.id AND n.user_id <> %(user)s ORDER BY n.id LIMIT %(others)s) p
       ) o ON g.kind = 'direct'
 WHERE m.user_id = %(user)s AND m.accepted_at IS NOT NULL
   AND (g.owner_id = %(user)s OR NOT EXISTS (
        SELECT FROM groups_sanction s WHERE s.group_id = g.id AND s.level = 'close' AND s.lifted_at IS NULL
                                        AND (s.until IS NULL OR s.until > %(now)s)))
 ORDER BY m.pinned_position NULLS LAST, coalesce(c.last_message_at, m.accepted_at) DESC, g.id
 LIMIT %(most)s
"""


@dataclass(frozen=True)
class Last:
    """The newest message of a group, as its row shows it; `text` is still as it was typed."""

    id: UUID
    channel_id: UUID
    author_id: UUID
    author: str
    kind: str
    text: str
    event: dict[str, Any] | None
    card: dict[str, Any] | None
    at: datetime
    is_deleted: bool
    is_hidden: bool  # by somebody whom the member does not want to see
    has_attachments: bool


@dataclass(frozen=True)
class Row:
    """A group or a conversation in a member's list."""

    id: UUID
    kind: str
    handle: str
    name: str
    avatar: str  # a picture key; of a conversation its other member's
    members_count: int
    level: str
    muted_until: datetime | None
    is_archived: bool
    pinned_position: int | None
    folder: str
    active_at: datetime
    last: Last | None
    others: tuple[Face, ...]  # of a conversation
    is_muted: bool
    count: Badge

    @property
    def is_direct(self) -> bool:
        """Whether this is a conversation rather than a group."""
        return self.kind == GroupKind.DIRECT

    @property
    def is_pinned(self) -> bool:
        """Whether the member keeps it on top."""
        return self.pinned_position is not None

    @property
    def other(self) -> Face | None:
        """With whom a conversation between two is."""
        return self.others[0] if len(self.others) == 1 else None

    @property
    def unread(self) -> int:
        """How many messages the member has not read."""
        return self.count.unread

    @property
    def mentions(self) -> int:
        """How many of them mention or answer the member."""
        return self.count.mentions

    def get_absolute_url(self) -> str:
        """Where it is read."""
        return f"/g/{self.handle}/" if self.handle else f"/messages/{self.id}/"


def rows(user: User, *, now: datetime, counted: Iterable[Unread] | None = None) -> list[Row]:
    """Every group and conversation of a member, the pinned first, then by their newest message.

    Two queries; one for whoever knows already what `unread.of_groups` says.
    """
    values = {"user": user.pk, "now": now, "most": MOST, "others": SHOWN_OTHERS}
    counts = unread.badges(unread.of_groups(user_id=user.pk) if counted is None else counted)
    return [_row(columns, now, counts) for columns in fetch(_ROWS, values)]


def name_of(group: Group, *, reader: User) -> str:
    """What a group is called; a conversation without a name is called by its other members. At most one query."""
    if group.name or not group.is_direct:
        return group.name
    others = Membership.objects.filter(group=group).exclude(user=reader).select_related("user").order_by("id")
    return ", ".join(row.user.name for row in others[:SHOWN_OTHERS]) or _("Only you")


def chosen(found: Iterable[Row], *, wanted: str, folder: str = "") -> list[Row]:
    """Those of a member's rows that a filter of the list shows; what was archived is in its own."""
    if wanted == "archived":
        return [row for row in found if row.is_archived]
    living = [row for row in found if not row.is_archived and (not folder or row.folder == folder)]
    if wanted == "unread":
        return [row for row in living if row.unread]
    if wanted == "mentions":
        return [row for row in living if row.mentions]
    if wanted == "direct":
        return [row for row in living if row.is_direct]
    return living


def folders(found: Iterable[Row]) -> list[str]:
    """The names of a member's folders, in order."""
    return sorted({row.folder for row in found if row.folder and not row.is_archived}, key=str.casefold)


def badge(found: Iterable[Row]) -> int:
    """How many conversations have something to read that the member wants to be told of; mentions pierce a mute."""
    return sum(1 for row in found if is_ringing(row))


def is_ringing(row: Row) -> bool:
    """Whether the member wants to be told of what is unread here."""
    if row.mentions and row.level != Level.NONE:
        return True
    return bool(row.unread) and row.level == Level.ALL and not row.is_muted and not row.is_archived


def _row(columns: tuple[Any, ...], now: datetime, counts: Mapping[UUID, Badge]) -> Row:
    """Reads the columns of _ROWS in their order."""
    group, kept, last, others = columns[:6], columns[6:12], columns[12:25], columns[25]
    faces = tuple(Face(UUID(one[0]), *one[1:]) for one in others or ())
    group_id, kind, handle, name, avatar, members = group
    if kind == GroupKind.DIRECT:
        name = name or ", ".join(face.name for face in faces) or _("Only you")
        avatar = avatar or (faces[0].avatar if len(faces) == 1 else "")
    level, muted_until, archived, pinned, folder, active_at = kept
    muted = muted_until is not None and muted_until > now
    return Row(
        group_id, kind, handle, name, avatar, members, level, muted_until, archived, pinned, folder, active_at,
        _last(last), faces, muted, counts.get(group_id, Badge(0, 0)),
    )  # fmt: skip


def _last(columns: tuple[Any, ...]) -> Last | None:
    message_id, channel_id, author_id, handle, name, kind, text, event, card, at, deleted, hidden, attached = columns
    if message_id is None:
        return None
    shown = "" if deleted or hidden else text
    return Last(
        message_id, channel_id, author_id, name or handle, kind, shown, event, None if deleted or hidden else card, at,
        deleted, bool(hidden), attached and not deleted and not hidden,
    )  # fmt: skip


def deaf_to_groups(keys: Sequence[str], people: Sequence[UUID]) -> set[UUID]:
    """Those of some people who have muted one of these groups (their ids, as text) at this moment."""
    muted = Membership.objects.filter(group__in=list(keys), user__in=people, muted_until__gt=timezone.now())
    return set(muted.values_list("user", flat=True))
