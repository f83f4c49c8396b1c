"""Scores of posts: whoever engages touches a post; a task folds the touched ones, many in one statement.

What counts is what planet.engagement says, of the same record as the weekly pool; V and the score are those of
posts.ranking. Something just done is judged only once its viewer's beacons are written, so a post with which something
was done minutes ago stays touched until that is known. Losing Redis loses touches, not engagement: every hour the
posts of the last days are scored again from the record.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from planet.engagement import queries
from posts import ranking

MOST: Final = 5000  # posts a fold
DAYS_RESCORED: Final = 3
PATIENCE: Final = timedelta(minutes=10)  # beacons come within seconds; after this the hourly rescoring does
_KEY: Final = "posts:touched"
_LOCK: Final = 0x506C616E  # folds take turns: two that meet would lock tags in different orders

_SCORED: Final = f"""
SELECT p.id, p.creator_id, wanted.value,
       ln(1 + wanted.value) / ln(2) + extract(epoch FROM p.created_at)::float8 / {ranking.HOT_SECONDS} AS score
  FROM unnest(%(ids)s::uuid[], %(values)s::float8[]) AS wanted (id, value) JOIN posts_post p ON p.id = wanted.id
 WHERE p.deleted_at IS NULL AND p.repost_of_id IS NULL AND p.part = 0 AND p.audience = 'public'"""  # noqa: S608  # constants of this module
_FOLD: Final = f"""
WITH scored AS MATERIALIZED ({_SCORED}),
gone AS (
    DELETE FROM posts_postscore s WHERE s.post_id = ANY(%(ids)s::uuid[]) AND s.post_id NOT IN (SELECT id FROM scored)
),
tags AS (
    UPDATE posts_posttag t SET score = coalesce(s.score, 0)
      FROM unnest(%(ids)s::uuid[]) AS wanted (id) LEFT JOIN scored s ON s.id = wanted.id
     WHERE t.post_id = wanted.id AND t.score <> coalesce(s.score, 0)
)
INSERT INTO posts_postscore AS s (post_id, creator_id, score, value)
SELECT id, creator_id, score, value FROM scored
ON CONFLICT (post_id) DO UPDATE SET score = excluded.score, value = excluded.value WHERE s.score <> excluded.score
"""  # noqa: S608  # constants of this module

_RANK: Final = f"""ln(1 + c.like_count + c.reply_count / 2.0) / ln(2)
    + extract(epoch FROM c.created_at)::float8 / {ranking.COMMENT_SECONDS}"""
_RANKS: Final = f"""
UPDATE posts_comment c SET rank = {_RANK} WHERE c.id > %(first)s AND abs(c.rank - ({_RANK})) > 1e-6
"""  # noqa: S608  # constants of this module


def touch(post_id: UUID) -> None:
    """Have a post scored again soon after the commit; called by whatever changes what people do with it."""
    transaction.on_commit(lambda: _add([post_id.hex]), robust=True)


def _add(ids: Collection[str]) -> None:
    try:
        get_redis_connection("default").sadd(cache.make_key(_KEY), *ids)
    except RedisError:
        return  # the hourly rescoring finds it


def fold_touched(now: datetime) -> int:
    """Score what was touched since the last fold, at most MOST posts; returns how many."""
    found = [value.decode() for value in get_redis_connection("default").spop(cache.make_key(_KEY), MOST) or []]
    if not found:
        return 0
    posts = [UUID(hex=one) for one in found]
    try:
        # Before scoring: what becomes known in between would otherwise be missed.
        waiting = queries.pending(posts, since=now - PATIENCE)
        score(posts)
    except BaseException:
        _add(found)
        raise
    if waiting:
        _add([one.hex for one in waiting])
    return len(found)


@transaction.atomic
def score(ids: Collection[UUID]) -> None:
    """Score these posts from what counts; those that may not be recommended lose their score."""
    posts = sorted(ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        values = _values(posts)
        cursor.execute(_FOLD, {"ids": posts, "values": [values[one] for one in posts]})


def _values(ids: Collection[UUID]) -> dict[UUID, float]:
    """V of each of these."""
    acts: dict[UUID, list[tuple[str, int, int]]] = {one: [] for one in ids}
    for some in queries.engagers(ids):
        acts[some.content_id].append((some.kind, some.trust_level, some.people))
    return {one: ranking.value(done) for one, done in acts.items()}


def score_since(since: datetime) -> int:
    """Score every post published since then, batch by batch; returns how many."""
    after, count = None, 0
    while batch := _batch(since, after):
        score(batch)
        after, count = batch[-1], count + len(batch)
    return count


def _batch(since: datetime, after: UUID | None) -> list[UUID]:
    first = UUID(int=int(since.timestamp() * 1000) << 80)  # ids are UUIDv7: by id is by time
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM posts_post WHERE id > %s ORDER BY id LIMIT %s", [after or first, MOST])
        return [row[0] for row in cursor.fetchall()]


def score_recent(now: datetime) -> int:
    """The hourly proof: the posts of the last days, whatever Redis forgot, and their comments' ranks."""
    since = now - timedelta(days=DAYS_RESCORED)
    rank_comments_since(since)
    return score_since(since)


def rank_comments_since(since: datetime) -> int:
    """Set the rank of comments of a time from their counts, where it is another; returns how many were wrong."""
    with connection.cursor() as cursor:
        cursor.execute(_RANKS, {"first": UUID(int=int(since.timestamp() * 1000) << 80)})
        return int(cursor.rowcount)
