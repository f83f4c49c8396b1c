"""The proof that counts and rows agree: what differs is logged and set right, one locked row at a time."""

import logging
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

logger = logging.getLogger(__name__)

BATCH: Final = 1000


@dataclass(frozen=True)
class _Counter:
    """A column of a table, and the query that counts what it should say for row `t`."""

    table: str
    column: str
    rows: str
    key: str = "id"
    living: str = "true"


_ALIVE: Final = "t.deleted_at IS NULL"
_COUNTERS: Final = (
    _Counter("posts_post", "like_count", "posts_like x WHERE x.post_id = t.id", living=_ALIVE),
    _Counter("posts_post", "bookmark_count", "posts_bookmark x WHERE x.post_id = t.id", living=_ALIVE),
    _Counter(
        "posts_post", "comment_count", "posts_comment x WHERE x.post_id = t.id AND x.deleted_at IS NULL", living=_ALIVE
    ),
    _Counter(
        "posts_post",
        "repost_count",
        "posts_post x WHERE (x.repost_of_id = t.id OR x.quote_of_id = t.id) AND x.deleted_at IS NULL",
        living=_ALIVE,
    ),
    _Counter("posts_comment", "reply_count", "posts_comment x WHERE x.root_id = t.id AND x.deleted_at IS NULL"),
    _Counter("posts_comment", "like_count", "posts_commentlike x WHERE x.comment_id = t.id"),
    _Counter(
        "creators_creator",
        "posts_count",
        "posts_post x WHERE x.creator_id = t.user_id AND x.deleted_at IS NULL AND x.repost_of_id IS NULL",
        key="user_id",
    ),
    _Counter("posts_tag", "followers_count", "posts_topicfollow x WHERE x.tag_id = t.id"),
)


def repair_counts() -> int:
    """Check every count against its rows; returns how many were wrong and are right now."""
    return sum(_repair(counter) for counter in _COUNTERS)


def _repair(counter: _Counter) -> int:
    # Writers may be between the snapshot and now, so this only suspects; the judgement comes under the row's lock.
    suspects = f"""
        SELECT t.{counter.key} FROM {counter.table} t
         WHERE {counter.living} AND t.{counter.column} <> (SELECT count(*) FROM {counter.rows})
         ORDER BY t.{counter.key} LIMIT {BATCH}"""  # noqa: S608  # constants of this module
    with connection.cursor() as cursor:
        cursor.execute(suspects)
        keys = [row[0] for row in cursor.fetchall()]
    return sum(_judge(counter, key) for key in keys)


@transaction.atomic
def _judge(counter: _Counter, key: Any) -> bool:
    # Every writer of the count holds this lock until its rows are committed too, so afterwards both agree or do not.
    lock = f"SELECT {counter.column} FROM {counter.table} WHERE {counter.key} = %s FOR NO KEY UPDATE"  # noqa: S608
    correct = f"""
        UPDATE {counter.table} t SET {counter.column} = (SELECT count(*) FROM {counter.rows})
         WHERE t.{counter.key} = %s AND t.{counter.column} <> (SELECT count(*) FROM {counter.rows})
     RETURNING t.{counter.column}"""  # noqa: S608  # constants of this module
    with connection.cursor() as cursor:
        cursor.execute(lock, [key])
        was = cursor.fetchone()
        cursor.execute(correct, [key])
        now = cursor.fetchone()
    if was and now:
        logger.error("count was wrong: %s.%s of %s: %d, is %d", counter.table, counter.column, key, was[0], now[0])
        return True
    return False
