"""The statements behind search.

A word may stand in half of all posts or in three. For the first kind a walk over the newest (or hottest) posts finds a
page at once, and the index of words would bring half a million rows; for the second it is the other way round. So each
statement walks a bounded way first, and asks the index only when the walk found too little; then the word is rare.
The query comes out of a materialised row: parsed once, and unknown to the planner, which therefore always takes the
index of words for the second step.
"""

from functools import cache
from typing import Final

from posts.queries.sql import audience

HIDDEN: Final = """hidden AS MATERIALIZED (
    SELECT target_id AS id FROM accounts_block WHERE owner_id = %(viewer)s::uuid
     UNION ALL SELECT owner_id FROM accounts_block WHERE target_id = %(viewer)s::uuid
     UNION ALL SELECT target_id FROM accounts_mute WHERE owner_id = %(viewer)s::uuid
)"""
_ASKED: Final = """asked AS MATERIALIZED (
    SELECT %(query)s::text::tsquery AS query, %(words)s::text::tsquery AS words)"""
_MATCH: Final = "e.words @@ (SELECT query FROM asked)"
_MATCH_ALL: Final = f"((SELECT query FROM asked) IS NULL OR {_MATCH})"  # noqa: S608  # constants
_RANGE: Final = """{0}.post_id < coalesce(%(before)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
   AND {0}.post_id >= coalesce(%(since)s::uuid, '00000000-0000-0000-0000-000000000000')"""
# Who may not see a post does not find it: neither the post nor how many there are. LIMIT keeps it a look a row.
_MAY_SEE: Final = f"""CROSS JOIN LATERAL (
    SELECT FROM posts_post p JOIN accounts_user u ON u.id = p.creator_id AND u.is_active
     WHERE p.id = f.post_id AND p.deleted_at IS NULL AND p.creator_id NOT IN (SELECT id FROM hidden)
       AND {audience("p")} LIMIT 1) may_see"""  # noqa: S608  # constants

LATEST: Final = f"""
WITH {HIDDEN}, {_ASKED},
walked AS MATERIALIZED (
    SELECT f.post_id FROM (
        SELECT e.post_id FROM (
            SELECT e.post_id, e.words FROM discover_entry e
             WHERE {_RANGE.format("e")} ORDER BY e.post_id DESC LIMIT %(looks)s) e
         WHERE {_MATCH_ALL} ORDER BY e.post_id DESC) f {_MAY_SEE}
     ORDER BY f.post_id DESC LIMIT %(size)s),
short AS MATERIALIZED (SELECT %(anchored)s::boolean AND count(*) < %(size)s AS is_short FROM walked),
found AS MATERIALIZED (
    SELECT e.post_id FROM discover_entry e
     WHERE (SELECT is_short FROM short) AND {_MATCH} AND {_RANGE.format("e")})
SELECT post_id FROM (
    SELECT post_id FROM walked WHERE NOT (SELECT is_short FROM short)
     UNION ALL (
    SELECT f.post_id FROM (SELECT post_id FROM found ORDER BY post_id DESC) f {_MAY_SEE}
     ORDER BY f.post_id DESC LIMIT %(size)s)) page
 ORDER BY post_id DESC LIMIT %(size)s
"""  # noqa: S608  # constants

# Only the hottest posts with these words are put in order, so there is a last page; Latest has them all. Heat is looked
# up for the newest of them only: a week of age outweighs a doubling of engagement, and of a word that one post in a
# hundred has the 3,000th newest is months old among a million.
NEWEST: Final = 3000
TOP: Final = f"""
WITH {HIDDEN}, {_ASKED},
walked AS MATERIALIZED (
    SELECT e.post_id, h.heat FROM (
        SELECT h.post_id, h.heat FROM discover_heat h
         WHERE {_RANGE.format("h")} ORDER BY h.heat DESC LIMIT %(looks)s) h
     CROSS JOIN LATERAL (
        SELECT e.post_id FROM discover_entry e WHERE e.post_id = h.post_id AND {_MATCH_ALL} LIMIT 1) e
     ORDER BY h.heat DESC LIMIT %(candidates)s),
short AS MATERIALIZED (SELECT %(anchored)s::boolean AND count(*) < %(few)s AS is_short FROM walked),
found AS MATERIALIZED (
    SELECT e.post_id FROM discover_entry e
     WHERE (SELECT is_short FROM short) AND {_MATCH} AND {_RANGE.format("e")}),
hottest AS MATERIALIZED (
    SELECT post_id, heat FROM walked WHERE NOT (SELECT is_short FROM short)
     UNION ALL (
    SELECT f.post_id, h.heat FROM (SELECT post_id FROM found ORDER BY post_id DESC LIMIT {NEWEST}) f
     CROSS JOIN LATERAL (SELECT h.heat FROM discover_heat h WHERE h.post_id = f.post_id LIMIT 1) h
     ORDER BY h.heat DESC LIMIT %(candidates)s)),
scored AS MATERIALIZED (
    SELECT f.post_id, f.heat + %(weight)s * coalesce(ts_rank(e.words, (SELECT words FROM asked)), 0) AS score
      FROM hottest f
     CROSS JOIN LATERAL (SELECT e.words FROM discover_entry e WHERE e.post_id = f.post_id LIMIT 1) e {_MAY_SEE})
SELECT post_id, score FROM scored
 WHERE %(score)s::float8 IS NULL OR (score, post_id) < (%(score)s::float8, %(last)s::uuid)
 ORDER BY score DESC, post_id DESC LIMIT %(size)s
"""  # noqa: S608  # constants

_BEGINS: Final = """n.key ~>=~ (SELECT low FROM asked) AND n.key ~<~ (SELECT high FROM asked)"""
# The folded beginning, and the last text that begins with it. Every other word must begin one of the names, too.
_ASKED_NAME: Final = """asked AS MATERIALIZED (
    SELECT low, low || chr(1114111) AS high FROM (SELECT discover_fold(%(text)s) AS low) folded)"""
_ALL_WORDS: Final = """NOT EXISTS (
    SELECT FROM (SELECT discover_fold(word) AS low FROM unnest(%(others)s::text[]) word) w
     WHERE NOT EXISTS (SELECT FROM discover_personname n WHERE n.user_id = u.id
                          AND n.key ~>=~ w.low AND n.key ~<~ (w.low || chr(1114111))))"""

# Whom the viewer follows, a bounded part of all who begin so, and when that part is not all of them, the most read.
_PEOPLE: Final = f"""
WITH {HIDDEN}, {_ASKED_NAME},
mine AS MATERIALIZED (
    SELECT creator_id AS user_id FROM creators_follow WHERE follower_id = %(viewer)s::uuid
     ORDER BY id DESC LIMIT 2000),
followed AS MATERIALIZED (
    SELECT m.user_id FROM mine m
     CROSS JOIN LATERAL (
        SELECT FROM discover_personname n WHERE n.user_id = m.user_id AND {_BEGINS} LIMIT 1) named),
ranged AS MATERIALIZED (
    SELECT n.user_id FROM discover_personname n WHERE {_BEGINS} ORDER BY n.key USING ~<~ LIMIT %(most)s),
read AS MATERIALIZED (
    SELECT c.user_id FROM (
        SELECT user_id FROM creators_creator
         WHERE (SELECT count(*) FROM ranged) = %(most)s ORDER BY followers_count DESC LIMIT 2000) c
     CROSS JOIN LATERAL (
        SELECT FROM discover_personname n WHERE n.user_id = c.user_id AND {_BEGINS} LIMIT 1) named
     LIMIT %(most)s)
SELECT u.id
  FROM (SELECT user_id FROM followed UNION SELECT user_id FROM ranged UNION SELECT user_id FROM read) found
  JOIN accounts_user u ON u.id = found.user_id AND u.is_active
  LEFT JOIN creators_creator c ON c.user_id = u.id
 WHERE u.id NOT IN (SELECT id FROM hidden) AND {_ALL_WORDS}
   AND (NOT %(to_mention)s::boolean OR u.id = %(viewer)s::uuid OR u.mentions_from = 'everyone'
        OR (u.mentions_from = 'following' AND EXISTS (
            SELECT FROM creators_follow f WHERE f.follower_id = u.id AND f.creator_id = %(viewer)s::uuid)))
 ORDER BY u.handle = (SELECT low FROM asked) DESC, u.id IN (SELECT user_id FROM followed) DESC,
          coalesce(c.followers_count, -1) DESC, u.handle
 LIMIT %(size)s
"""  # noqa: S608  # constants


@cache
def people(*, most: int, size: int) -> str:
    """The statement for so many of so many: a LIMIT that is not known would have it planned at every letter typed."""
    return _PEOPLE.replace("%(most)s", str(most)).replace("%(size)s", str(size))


_FOLLOWS_TOPIC: Final = """EXISTS (
    SELECT FROM posts_topicfollow tf WHERE tf.follower_id = %(viewer)s::uuid AND tf.tag_id = t.id)"""
# What nobody said in public is not suggested to the public.
_SAID_IN_PUBLIC: Final = """EXISTS (
    SELECT FROM posts_posttag pt JOIN posts_post p ON p.id = pt.post_id
     WHERE pt.tag_id = t.id AND p.deleted_at IS NULL AND p.audience = 'public')"""

# Muted topics are suggested to nobody who muted them; asked for by its whole name, one is found all the same.
_NOT_MUTED: Final = """NOT EXISTS (
    SELECT FROM posts_notinterested x WHERE x.user_id = %(viewer)s::uuid AND x.topic_id = t.id)"""

TOPICS: Final = f"""
WITH {_ASKED_NAME},
ranged AS MATERIALIZED (
    SELECT n.tag_id FROM discover_topicname n WHERE {_BEGINS} ORDER BY n.key USING ~<~ LIMIT %(most)s),
talked AS MATERIALIZED (
    SELECT r.tag_id FROM (
        SELECT tag_id FROM discover_trend
         WHERE (SELECT count(*) FROM ranged) = %(most)s ORDER BY authors_week DESC LIMIT 1000) r
     CROSS JOIN LATERAL (
        SELECT FROM discover_topicname n WHERE n.tag_id = r.tag_id AND {_BEGINS} LIMIT 1) named
     LIMIT %(most)s)
SELECT t.id, t.kind, t.name, t.followers_count, coalesce(r.authors_day, 0), coalesce(r.authors_week, 0),
       {_FOLLOWS_TOPIC} AS follows
  FROM (SELECT tag_id FROM ranged UNION SELECT tag_id FROM talked) found
  JOIN posts_tag t ON t.id = found.tag_id AND t.kind = ANY (%(kinds)s::text[])
  LEFT JOIN discover_trend r ON r.tag_id = t.id
 WHERE {_SAID_IN_PUBLIC} AND ({_NOT_MUTED} OR lower(t.name) = (SELECT low FROM asked))
 ORDER BY lower(t.name) = (SELECT low FROM asked) DESC, follows DESC,
          coalesce(r.authors_week, 0) + coalesce(r.authors_day, 0) DESC, t.followers_count DESC, t.name
 LIMIT %(size)s
"""  # noqa: S608  # constants

TRENDING: Final = f"""
SELECT t.id, t.kind, t.name, t.followers_count, r.authors_day, r.authors_week, {_FOLLOWS_TOPIC}
  FROM discover_trend r JOIN posts_tag t ON t.id = r.tag_id
 WHERE NOT r.is_held AND r.surge > 0 AND {_NOT_MUTED}
 ORDER BY r.surge DESC, t.name LIMIT %(size)s
"""  # noqa: S608  # constants

FOLLOWED: Final = """
SELECT t.id, t.kind, t.name, t.followers_count, coalesce(r.authors_day, 0), coalesce(r.authors_week, 0), true, tf.id
  FROM posts_topicfollow tf JOIN posts_tag t ON t.id = tf.tag_id LEFT JOIN discover_trend r ON r.tag_id = t.id
 WHERE tf.follower_id = %(viewer)s::uuid AND tf.id < coalesce(%(before)s::bigint, 9223372036854775807)
 ORDER BY tf.id DESC LIMIT %(size)s
"""
