"""A group of five million messages and two hundred thousand members, and a member of three hundred groups: as rows."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

DAYS: Final = 700  # that the messages are spread over
OTHER_GROUPS: Final = 300
OTHER_MESSAGES: Final = 1_000  # in each of them, half of them unread

_PEOPLE = """
INSERT INTO accounts_user (id, password, is_superuser, email, handle, display_name, avatar, is_creator, kyc_state,
                           trust_level, language, mentions_from, pinned_feeds, is_active, is_staff, date_joined,
                           following_count)
SELECT uuidv7(), '!', false, 'chat' || n || '@example.com', 'chat' || n || 'x', '', '', false, 'none',
       1, 'en', 'everyone', '[]', true, false, now(), 0
  FROM generate_series(1, %(members)s) AS n
"""
_MEMBERS = """
INSERT INTO groups_membership (group_id, user_id, title, created_at, accepted_at, level, folder)
SELECT %(group)s, id, '', now(), now(), 'all', '' FROM accounts_user WHERE handle LIKE 'chat%%x'
"""
_AUTHORS = """
CREATE TEMPORARY TABLE author AS
SELECT id, row_number() OVER () - 1 AS place FROM accounts_user WHERE handle LIKE 'chat%%x' LIMIT 5000;
CREATE INDEX ON author (place);
"""
_MESSAGES = """
INSERT INTO groups_message (id, channel_id, number, revision, author_id, client_id, kind, text, mentioned, mentions_all,
                            mentions_admins, reactions, thread_count, created_at, deleted_at)
SELECT uuidv7(), %(channel)s, n, n, author.id, gen_random_uuid(), 'said',
       'Funding flipped again, the basis is ' || n %% 97 || ' basis points over three venues.', '[]', n %% 50000 = 0,
       false, CASE WHEN n %% 20 = 0 THEN '{"🔥": 3}'::jsonb ELSE '{}'::jsonb END, 0,
       now() - (%(messages)s - n) * (interval '1 day' * %(days)s / %(messages)s),
       CASE WHEN n %% 500 = 0 THEN now() END
  FROM generate_series(1, %(messages)s) AS n JOIN author ON author.place = n * 7 %% (SELECT count(*) FROM author)
"""
_LAST = (
    "UPDATE groups_channel SET last_number = %(n)s, last_revision = %(n)s, last_message_at = now() WHERE id = %(id)s"
)


@dataclass(frozen=True)
class World:
    """What was made: the reader is in the small group and in the big one, the busy one in hundreds besides."""

    reader: UUID
    busy: UUID
    owner: UUID
    big: UUID  # groups
    small: UUID


def fill(messages: int, members: int) -> World:
    """Make everything, with the indexes of messages built at the end."""
    from django.db import connection

    from tests.factories import make_creator, make_group, make_user

    owner, reader, busy = make_creator("chatowner").user, make_user("chatreader"), make_user("chatbusy")
    small = make_group(owner, "Small", reader, handle="small_one")
    big = make_group(owner, "Big", reader, busy, handle="big_one")
    others = [make_group(owner, f"Group {n}", busy) for n in range(OTHER_GROUPS)]
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(_PEOPLE, {"members": members})
        cursor.execute(_MEMBERS, {"group": big.pk})
        cursor.execute(_AUTHORS)
        again = _without_indexes(cursor)
        # Nothing here is searched for, and the words of five million messages would take an hour.
        cursor.execute("ALTER TABLE groups_message DISABLE TRIGGER groups_message_said")
        for group, count in [(big, messages), (small, 50), *((other, OTHER_MESSAGES) for other in others)]:
            _say(cursor, group, count)
        cursor.execute("ALTER TABLE groups_message ENABLE TRIGGER groups_message_said")
        for statement in again:
            cursor.execute(statement)
        half = "UPDATE groups_readposition SET number = %s WHERE user_id = %s AND number = 0"
        cursor.execute(half, [OTHER_MESSAGES // 2, busy.pk])
        cursor.execute("UPDATE groups_group SET members_count = %s WHERE id = %s", [members + 3, big.pk])
        cursor.execute("VACUUM ANALYZE groups_message, groups_membership, groups_channel, groups_readposition")
    return World(reader.pk, busy.pk, owner.pk, big.pk, small.pk)


def _say(cursor: Any, group: Any, count: int) -> None:
    channel = group.channels.get()
    cursor.execute(_MESSAGES, {"channel": channel.pk, "messages": count, "days": DAYS})
    cursor.execute(_LAST, {"n": count, "id": channel.pk})


def _without_indexes(cursor: Any) -> list[str]:
    """Drop what slows loading; the statements that bring it back."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid), contype FROM pg_constraint "
        "WHERE conrelid = 'groups_message'::regclass AND contype IN ('u', 'f') ORDER BY contype DESC"
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'groups_message' AND indexname <> ALL(%s)",
        [["groups_message_pkey", *(name for name, _, _ in constraints)]],
    )
    indexes = cursor.fetchall()
    for name, _, _ in constraints:
        cursor.execute(f'ALTER TABLE groups_message DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    again = [f'ALTER TABLE groups_message ADD CONSTRAINT "{name}" {what}' for name, what, _ in constraints]
    return ["SET maintenance_work_mem = '512MB'", *again, *(definition for _, definition in indexes)]
