"""What search knows and no single write could say: how hot posts are, what is talked about. Run by the beat."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from discover.models import Trend
from planet.accounts.models import TrustLevel

WARM_FOR: Final = timedelta(days=30)  # afterwards a post's heat is looked at once a night
BATCH: Final = 5000
TRUSTED: Final = TrustLevel.BASIC

# A twentieth of a doubling is not worth writing a row.
_HEAT: Final = """
WITH batch AS MATERIALIZED (
    SELECT post_id FROM discover_heat WHERE post_id > %(after)s::uuid ORDER BY post_id LIMIT %(size)s),
warmed AS (
    UPDATE discover_heat h SET heat = discover_heat_of(p)
      FROM posts_post p, batch b
     WHERE h.post_id = b.post_id AND p.id = b.post_id AND abs(h.heat - discover_heat_of(p)) > 0.05)
SELECT max(post_id::text) FROM batch
"""
_MISSING: Final = """
SELECT p.id FROM posts_post p
 WHERE p.id > %(after)s::uuid AND p.deleted_at IS NULL AND p.repost_of_id IS NULL
   AND NOT EXISTS (SELECT FROM discover_entry e WHERE e.post_id = p.id)
 ORDER BY p.id LIMIT %(size)s
"""
# Different trusted authors a day, of what everybody may read; then the surge of FORMULAS 4, whose peak decays with a
# half-life of four hours.
_TRENDS: Final = """
WITH said AS MATERIALIZED (
    SELECT t.tag_id, p.creator_id, floor(extract(epoch FROM %(now)s::timestamptz - p.created_at) / 86400) AS days_ago
      FROM posts_posttag t JOIN posts_post p ON p.id = t.post_id JOIN accounts_user u ON u.id = p.creator_id
     WHERE t.post_id >= %(since)s::uuid AND p.deleted_at IS NULL AND p.audience = 'public'
       AND u.is_active AND u.trust_level >= %(trusted)s),
daily AS (
    SELECT tag_id, days_ago, count(DISTINCT creator_id) AS authors FROM said
     WHERE days_ago BETWEEN 0 AND 7 GROUP BY tag_id, days_ago),
counted AS (
    SELECT tag_id, coalesce(sum(authors) FILTER (WHERE days_ago = 0), 0) AS today,
           coalesce(sum(authors) FILTER (WHERE days_ago > 0), 0) AS week
      FROM daily GROUP BY tag_id),
everything AS (
    SELECT tag_id, today, week FROM counted
     UNION ALL SELECT tag_id, 0, 0 FROM discover_trend WHERE tag_id NOT IN (SELECT tag_id FROM counted)),
surged AS (
    SELECT tag_id, today, week,
           CASE WHEN today >= 5 AND today >= greatest(1, week / 7.0)
                THEN (today - greatest(1, week / 7.0)) ^ 2 / greatest(1, week / 7.0) ELSE 0 END AS surge
      FROM everything)
INSERT INTO discover_trend AS t (tag_id, authors_day, authors_week, surge, counted_at, is_held)
SELECT tag_id, today, week, surge, %(now)s::timestamptz, false FROM surged ORDER BY tag_id
    ON CONFLICT (tag_id) DO UPDATE
   SET authors_day = excluded.authors_day, authors_week = excluded.authors_week, counted_at = excluded.counted_at,
       surge = greatest(excluded.surge, CASE WHEN t.surge > 0.01 THEN t.surge
               * 0.5 ^ (extract(epoch FROM excluded.counted_at - t.counted_at) / 14400) ELSE 0 END)
"""
_FORGOTTEN: Final = """
DELETE FROM discover_trend WHERE authors_day = 0 AND authors_week = 0 AND surge < 0.01 AND NOT is_held
"""


def refresh_heat(*, now: datetime, all_of_them: bool = False) -> None:
    """Bring the heat of posts in line with what people did with them since: the younger ones, or all."""
    last: str | None = str(UUID(int=0) if all_of_them else _id_at(now - WARM_FOR))
    while last:
        with connection.cursor() as cursor:
            cursor.execute(_HEAT, {"after": last, "size": BATCH})
            last = cursor.fetchone()[0]


def count_trends(*, now: datetime) -> None:
    """Count who talked about what in the last eight days."""
    values: dict[str, Any] = {"now": now, "since": _id_at(now - timedelta(days=8, hours=1)), "trusted": int(TRUSTED)}
    with connection.cursor() as cursor:
        cursor.execute(_TRENDS, values)
        cursor.execute(_FORGOTTEN)


def hold(*, tag_id: int, is_held: bool) -> None:
    """Keep a topic or asset out of what is shown as talked about, or let it go."""
    Trend.objects.filter(pk=tag_id).update(is_held=is_held)


def index_missing() -> int:
    """Index living posts that are not: what was copied past the triggers, and a proof every night that nothing was.

    Returns how many there were.
    """
    count, last = 0, UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_MISSING, {"after": last, "size": BATCH})
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return count
            cursor.execute("SELECT discover_index(%s::uuid[])", [ids])
        count, last = count + len(ids), ids[-1]


# What `discover_index` does, for posts without articles and components that share their texts: each text is cut once.
_COPIED: Final = """
WITH texts AS MATERIALIZED (
    SELECT text, discover_vector(text, 'B') AS words, discover_language(text) AS language
      FROM (SELECT DISTINCT text FROM posts_post WHERE deleted_at IS NULL AND repost_of_id IS NULL) different)
INSERT INTO discover_entry (post_id, words)
SELECT p.id, texts.words || array_to_tsvector(array_remove(
           ARRAY['by:' || p.creator_id, 'lang:' || coalesce(texts.language, 'und'),
                 CASE WHEN p.text ~* '\\yhttps?://\\S' THEN 'has:link' END]
           || ARRAY(SELECT CASE tag.kind WHEN 'asset' THEN '$' ELSE '#' END || tag.name
                      FROM posts_posttag t JOIN posts_tag tag ON tag.id = t.tag_id WHERE t.post_id = p.id), NULL))
  FROM posts_post p JOIN texts ON texts.text = p.text
 WHERE p.deleted_at IS NULL AND p.repost_of_id IS NULL
 ORDER BY p.id
    ON CONFLICT (post_id) DO NOTHING
"""
_COPIED_HEAT: Final = """
INSERT INTO discover_heat (post_id, heat)
SELECT p.id, discover_heat_of(p) FROM posts_post p WHERE p.deleted_at IS NULL AND p.repost_of_id IS NULL ORDER BY p.id
    ON CONFLICT (post_id) DO NOTHING
"""


def index_copied(*, now: datetime) -> None:
    """Index a planet of plain short posts that was copied past the triggers, a million of them in minutes."""
    with connection.cursor() as cursor:
        # Nobody has counted yet what was copied, and a guess would join each post with every text.
        cursor.execute("ANALYZE posts_post, posts_posttag, posts_tag, accounts_user")
        cursor.execute(_COPIED)
        cursor.execute(_COPIED_HEAT)
    name_missing()
    count_trends(now=now)


def name_missing() -> None:
    """The same for the names of people, topics and assets."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO discover_personname (key, user_id)
               SELECT DISTINCT key, u.id FROM accounts_user u,
                      LATERAL (VALUES (u.handle), (u.display_name)) names (name), discover_keys(name) key
                WHERE NOT EXISTS (SELECT FROM discover_personname n WHERE n.user_id = u.id)"""
        )
        cursor.execute(
            """INSERT INTO discover_topicname (key, tag_id)
               SELECT key, t.id FROM posts_tag t, discover_keys(t.name) key
                WHERE NOT EXISTS (SELECT FROM discover_topicname n WHERE n.tag_id = t.id)"""
        )


def _id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
