"""The statements behind For you (posts.queries.foryou), in one for each way to find what followed people wrote."""

from typing import Final

from posts.queries.sql import HIDDEN, ITEM

LOOKED_AT: Final = 34  # of each stream: more than a page, for what must wait

# Whom and what the reader is not shown: the hidden, whom and what they are not interested in, themselves.
_READER: Final = f"""{HIDDEN},
unwanted AS MATERIALIZED (
    SELECT id FROM hidden
     UNION ALL SELECT author_id FROM posts_notinterested WHERE user_id = %(viewer)s::uuid AND author_id IS NOT NULL
     UNION ALL SELECT %(viewer)s::uuid
),
boring AS MATERIALIZED (
    SELECT post_id FROM posts_notinterested WHERE user_id = %(viewer)s::uuid AND post_id IS NOT NULL
),
left_out AS MATERIALIZED (SELECT post_id FROM boring UNION ALL SELECT unnest(%(skip)s::uuid[])),
dull AS MATERIALIZED (
    SELECT topic_id FROM posts_notinterested WHERE user_id = %(viewer)s::uuid AND topic_id IS NOT NULL
),
followed AS MATERIALIZED (
    SELECT creator_id FROM creators_follow
     WHERE follower_id = %(viewer)s::uuid AND creator_id NOT IN (SELECT id FROM unwanted)
),
topics AS MATERIALIZED (
    SELECT tag_id FROM posts_topicfollow
     WHERE follower_id = %(viewer)s::uuid AND tag_id NOT IN (SELECT topic_id FROM dull)
)"""  # noqa: S608  # constants of this module
_HAS_TOPIC: Final = (
    """EXISTS (SELECT FROM posts_posttag x WHERE x.post_id = {0} AND x.tag_id IN (SELECT {1} FROM {2}))"""
)


def _wanted(post: str, left_out: str = "left_out") -> str:
    """Neither left out nor about a dull topic; most readers have none of these, and then nothing is looked up."""
    dull = _HAS_TOPIC.format(post, "topic_id", "dull")
    return f"""{post} NOT IN (SELECT post_id FROM {left_out})
           AND (NOT EXISTS (SELECT FROM dull) OR NOT {dull})"""  # noqa: S608  # names of this module


def _below(bonus: str, score: str = "s.score", post: str = "s.post_id") -> str:
    """What is worth less than the cursor. Scores and bonuses add up exactly: all are multiples of one small step."""
    return f"({score}, {post}) < (%(worth)s::float8 - {bonus}, %(post)s::uuid)"


# So many of an author or topic are looked at. A page takes few of them, and ends where one that has more was cut off.
OF_AUTHOR: Final = 8
OF_TOPIC: Final = 12

_BEST_OF_AUTHORS: Final = f"""
    SELECT best.post_id, a.creator_id, best.score FROM followed a CROSS JOIN LATERAL (
        SELECT s.post_id, s.score FROM posts_postscore s
         WHERE s.creator_id = a.creator_id AND {_below("%(followed_bonus)s::float8")} AND {_wanted("s.post_id")}
         ORDER BY s.score DESC, s.post_id DESC LIMIT {OF_AUTHOR}) best"""  # noqa: S608  # constants of this module
_FOLLOWED_FEW: Final = f"""by_followed AS MATERIALIZED ({_BEST_OF_AUTHORS}
     ORDER BY best.score DESC, best.post_id DESC LIMIT {LOOKED_AT})"""
# As for Following: a bounded walk over the hottest of all usually finds a page's worth at once.
_FOLLOWED_MANY: Final = f"""walked AS MATERIALIZED (
    SELECT s.post_id, s.creator_id, s.score FROM (
        SELECT s.post_id, s.creator_id, s.score FROM posts_postscore s WHERE {_below("%(followed_bonus)s::float8")}
         ORDER BY s.score DESC, s.post_id DESC LIMIT 2000) s
     WHERE (s.creator_id IN (SELECT creator_id FROM followed)) IS TRUE AND {_wanted("s.post_id")}
     ORDER BY s.score DESC, s.post_id DESC LIMIT {LOOKED_AT}
),
short AS MATERIALIZED (SELECT count(*) < {LOOKED_AT} AS is_short FROM walked),
by_followed AS MATERIALIZED (
    SELECT post_id, creator_id, score FROM walked WHERE NOT (SELECT is_short FROM short)
     UNION ALL (
    {_BEST_OF_AUTHORS} WHERE (SELECT is_short FROM short)
     ORDER BY best.score DESC, best.post_id DESC LIMIT {LOOKED_AT}))"""  # noqa: S608

_TOPIC: Final = f"""by_topic AS MATERIALIZED (
    SELECT best.post_id, best.creator_id, best.score, array_agg(a.tag_id) AS lanes FROM topics a CROSS JOIN LATERAL (
        SELECT t.post_id, s.creator_id, t.score FROM posts_posttag t JOIN posts_postscore s ON s.post_id = t.post_id
         WHERE t.tag_id = a.tag_id AND t.score > 0
           AND {_below("%(topic_bonus)s::float8", "t.score", "t.post_id")} AND {_wanted("t.post_id")}
           AND s.creator_id NOT IN (SELECT id FROM unwanted) AND s.creator_id NOT IN (SELECT creator_id FROM followed)
         ORDER BY t.score DESC, t.post_id DESC LIMIT {OF_TOPIC}) best
     GROUP BY best.post_id, best.creator_id, best.score
     ORDER BY best.score DESC, best.post_id DESC LIMIT {LOOKED_AT}
)"""  # noqa: S608

# Who follows nearly everybody leaves little here; the walk for it is bounded all the same.
_HOT: Final = f"""hot AS MATERIALIZED (
    SELECT s.post_id, s.creator_id, s.score FROM (
        SELECT s.post_id, s.creator_id, s.score FROM posts_postscore s WHERE {_below("0")}
         ORDER BY s.score DESC, s.post_id DESC LIMIT 20000) s
     WHERE s.creator_id NOT IN (SELECT id FROM unwanted) AND s.creator_id NOT IN (SELECT creator_id FROM followed)
       AND {_wanted("s.post_id")}
       AND (NOT EXISTS (SELECT FROM topics) OR NOT {_HAS_TOPIC.format("s.post_id", "tag_id", "topics")})
     ORDER BY s.score DESC, s.post_id DESC LIMIT {LOOKED_AT}
)"""  # noqa: S608

# What stands on an earlier page has a score above the cursor.
_NEW: Final = f"""fresh AS MATERIALIZED (
    SELECT p.id AS post_id, p.creator_id FROM (
        SELECT p.id, p.creator_id, p.repost_of_id, p.audience FROM posts_post p
         WHERE {ITEM} AND p.id < %(explore_before)s::uuid ORDER BY p.id DESC LIMIT 300) p
     WHERE p.repost_of_id IS NULL AND p.audience = 'public'
       AND p.creator_id NOT IN (SELECT id FROM unwanted) AND p.creator_id NOT IN (SELECT creator_id FROM followed)
       AND (SELECT c.followers_count FROM creators_creator c WHERE c.user_id = p.creator_id) < %(few)s
       AND coalesce((SELECT s.score FROM posts_postscore s WHERE s.post_id = p.id), 0) < %(worth)s::float8
       AND {_wanted("p.id")}
       AND (NOT EXISTS (SELECT FROM topics) OR NOT {_HAS_TOPIC.format("p.id", "tag_id", "topics")})
     ORDER BY p.id DESC LIMIT {LOOKED_AT}
)"""  # noqa: S608

_PAGE: Final = f"""candidates AS (
    SELECT s.post_id, s.creator_id, 'waiting ' || CASE
               WHEN s.creator_id IN (SELECT creator_id FROM followed) THEN 'followed'
               WHEN {_HAS_TOPIC.format("s.post_id", "tag_id", "topics")} THEN 'topic'
               ELSE 'hot' END AS stream, s.score AS worth, '{{}}'::bigint[] AS lanes
      FROM posts_postscore s
     WHERE s.post_id = ANY(%(waiting)s::uuid[]) AND s.creator_id NOT IN (SELECT id FROM unwanted)
       AND {_wanted("s.post_id", "boring")}
     UNION ALL SELECT post_id, creator_id, 'followed', score + %(followed_bonus)s::float8, '{{}}' FROM by_followed
     UNION ALL SELECT post_id, creator_id, 'topic', score + %(topic_bonus)s::float8, lanes FROM by_topic
     UNION ALL SELECT post_id, creator_id, 'hot', score, '{{}}' FROM hot
     UNION ALL SELECT post_id, creator_id, 'new', NULL, '{{}}' FROM fresh
)
SELECT c.post_id, c.creator_id, c.stream, coalesce(c.worth, 0), c.lanes, ARRAY(
           SELECT g.name FROM posts_posttag t JOIN posts_tag g ON g.id = t.tag_id AND g.kind = 'topic'
            WHERE t.post_id = c.post_id AND c.stream <> 'new'),
       CASE WHEN c.stream LIKE '%%topic' THEN ARRAY(
           SELECT CASE g.kind WHEN 'topic' THEN '#' ELSE '$' END || g.name
             FROM posts_posttag t JOIN posts_tag g ON g.id = t.tag_id
            WHERE t.post_id = c.post_id AND t.tag_id IN (SELECT tag_id FROM topics)) ELSE '{{}}' END
  FROM candidates c
"""  # noqa: S608  # constants of this module

FEW: Final = f"WITH {_READER}, {_FOLLOWED_FEW}, {_TOPIC}, {_HOT}, {_NEW}, {_PAGE}"
MANY: Final = f"WITH {_READER}, {_FOLLOWED_MANY}, {_TOPIC}, {_HOT}, {_NEW}, {_PAGE}"
