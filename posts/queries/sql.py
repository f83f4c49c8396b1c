"""The statements behind every timeline.

`hidden` are the people whom the viewer must not see: blocked either way, or muted. A null viewer (a guest) hides
nobody. `before` (null: from the top) is the id after which a page begins; ids are UUIDv7, so by id is by time.

How many rows a statement brings is written into it: PostgreSQL plans anew at every execution when it believes that
knowing the values helps, and of a LIMIT that it does not know it believes so. Planning For you takes four times as long
as reading it.

Whoever lists posts filters four things: what was deleted, who is suspended (in ROWS), who is hidden, and the audience
(`audience("p")`). Reposts and quotes are of public posts only.
"""

from typing import Final

from planet.web.pagination import PAGE_SIZE

SIZE: Final = PAGE_SIZE + 1  # one more, to know whether another page follows
WALKED: Final = 2000  # of everyone's newest posts

HIDDEN: Final = """hidden AS MATERIALIZED (
    SELECT target_id AS id FROM accounts_block WHERE owner_id = %(viewer)s::uuid
     UNION ALL SELECT owner_id FROM accounts_block WHERE target_id = %(viewer)s::uuid
     UNION ALL SELECT target_id FROM accounts_mute WHERE owner_id = %(viewer)s::uuid
)"""
_BEFORE: Final = "p.id < coalesce(%(before)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')"
# A repost is shown while its original's author is not hidden. (A deleted original takes its reposts along.)
_SHOWN: Final = """(p.repost_of_id IS NULL OR EXISTS (
    SELECT FROM posts_post o WHERE o.id = p.repost_of_id AND o.audience = 'public'
                               AND o.creator_id NOT IN (SELECT id FROM hidden)))"""
# The parts of a thread are read behind their first post.
ITEM: Final = "p.deleted_at IS NULL AND p.part = 0"


def audience(post: str) -> str:
    """The condition that the viewer is among those for whom a post (an alias) is; `access.in_audience` in SQL."""
    return f"""({post}.audience = 'public' OR {post}.creator_id = %(viewer)s::uuid OR EXISTS (
        SELECT FROM creators_follow f
         WHERE f.follower_id = %(viewer)s::uuid AND f.creator_id = {post}.creator_id))"""


_AUTHORS: Final = """authors AS MATERIALIZED (
    SELECT creator_id FROM creators_follow
     WHERE follower_id = %(viewer)s::uuid AND creator_id NOT IN (SELECT id FROM hidden)
     UNION ALL SELECT %(viewer)s::uuid
)"""
# "Two-step": the newest post of each followed creator, the creators of the newest of those, their newest posts.
# Whoever is not among the first creators has no post among the first posts. One index probe a creator, so the
# worst case is known; walking all posts or sorting those of all creators has none.


def _heads(seen: str = _SHOWN) -> str:
    """The newest post of each author that may be `seen`."""
    return f"""
    SELECT a.creator_id, newest.id FROM authors a CROSS JOIN LATERAL (
        SELECT p.id FROM posts_post p
         WHERE p.creator_id = a.creator_id AND {ITEM} AND {_BEFORE} AND {seen}
         ORDER BY p.id DESC LIMIT 1) newest"""  # noqa: S608  # constants of this module


def _of_heads(seen: str = _SHOWN) -> str:
    """The newest posts of the authors of `heads`."""
    return f"""
    SELECT own.id FROM heads h CROSS JOIN LATERAL (
        SELECT p.id FROM posts_post p
         WHERE p.creator_id = h.creator_id AND {ITEM} AND {_BEFORE} AND {seen}
         ORDER BY p.id DESC LIMIT {SIZE}) own"""  # noqa: S608  # constants of this module


def _walk_first(people: str, seen: str = _SHOWN, *, least: int = 0) -> str:
    """The two steps behind a bounded walk over everyone's newest posts, which usually finds a page at once.

    (1M posts, 2,000 follows: 0.6 ms against 8.) When it does not, the two steps are taken; otherwise they are never
    executed. For fewer than `least` people the walk is not: their steps are as fast. IS TRUE keeps the set of people a
    hash: a generic plan, which does not know how many they are, would join them in a nested loop.
    """
    return f"""
WITH {HIDDEN}, {people},
walked AS MATERIALIZED (
    SELECT p.id FROM (
        SELECT p.id, p.creator_id, p.repost_of_id, p.audience FROM posts_post p
         WHERE {ITEM} AND {_BEFORE} ORDER BY p.id DESC LIMIT {WALKED}) p
     WHERE (SELECT count(*) >= {least} FROM authors)
       AND (p.creator_id IN (SELECT creator_id FROM authors)) IS TRUE AND {seen}
     ORDER BY p.id DESC LIMIT {SIZE}
),
short AS MATERIALIZED (SELECT count(*) < {SIZE} AS is_short FROM walked),
heads AS MATERIALIZED (
    {_heads(seen)} WHERE (SELECT is_short FROM short) ORDER BY newest.id DESC LIMIT {SIZE})
SELECT id FROM (
    SELECT id FROM walked WHERE NOT (SELECT is_short FROM short) UNION ALL {_of_heads(seen)}) found
 ORDER BY id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants of this module


FOLLOWING: Final = f"""
WITH {HIDDEN}, {_AUTHORS},
heads AS MATERIALIZED ({_heads()} ORDER BY newest.id DESC LIMIT {SIZE})
SELECT id FROM ({_of_heads()}) found ORDER BY id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants of this module

FOLLOWING_MANY: Final = _walk_first(_AUTHORS)

# A list is read like Following, by its members instead; whom the reader does not follow shows what is for everyone.
_MEMBERS: Final = """authors AS MATERIALIZED (
    SELECT creator_id FROM posts_listmember
     WHERE list_id = %(list)s::uuid AND creator_id NOT IN (SELECT id FROM hidden)
)"""
LONG_LIST: Final = 50
OF_LIST: Final = _walk_first(_MEMBERS, f"{_SHOWN} AND {audience('p')}", least=LONG_LIST)

LATEST: Final = f"""
WITH {HIDDEN}
SELECT p.id FROM posts_post p
 WHERE {ITEM} AND p.repost_of_id IS NULL AND p.audience = 'public' AND {_BEFORE}
   AND p.creator_id NOT IN (SELECT id FROM hidden)
 ORDER BY p.id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants of this module

# A homepage shows what its owner wrote even to who muted the owner; whom the owner reposts still counts.
BY_CREATOR: Final = f"""
WITH {HIDDEN}
SELECT p.id FROM posts_post p
 WHERE p.creator_id = %(creator)s::uuid AND {ITEM} AND {_BEFORE} AND {_SHOWN} AND {audience("p")}
 ORDER BY p.id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants of this module

TAGGED: Final = f"""
WITH {HIDDEN}
SELECT p.id FROM posts_posttag t JOIN posts_post p ON p.id = t.post_id
 WHERE t.tag_id = %(tag)s AND t.post_id < coalesce(%(before)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
   AND p.deleted_at IS NULL AND p.creator_id NOT IN (SELECT id FROM hidden) AND {audience("p")}
 ORDER BY t.post_id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants of this module

# In the order of keeping, not of writing; `before` is a bookmark's id here. A muted author stays: the reader kept it.
BOOKMARKED: Final = f"""
SELECT p.id, b.id FROM posts_bookmark b JOIN posts_post p ON p.id = b.post_id
 WHERE b.user_id = %(viewer)s::uuid AND b.id < coalesce(%(before)s::bigint, 9223372036854775807)
   AND p.deleted_at IS NULL AND NOT EXISTS (
       SELECT FROM accounts_block k
        WHERE (k.owner_id = b.user_id AND k.target_id = p.creator_id)
           OR (k.owner_id = p.creator_id AND k.target_id = b.user_id))
   AND {audience("p")}
 ORDER BY b.id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants of this module

_FACE: Final = "{0}.id, {0}.handle, {0}.display_name, {0}.avatar, {0}.is_creator, {0}.kyc_state = 'approved'"
# A look a row, as a value: of an EXISTS the planner may think that reading all that somebody ever liked is as good.
_MINE: Final = "coalesce((SELECT true FROM {0} m WHERE m.user_id = %(viewer)s::uuid AND m.post_id = p.id), false)"

# Everything about a page of items that changes without an edit, and whatever names the cached card: one query.
# An item is a post, or a repost showing its original (`p`). Whoever is suspended disappears here, and not in the
# statements above: those stay walks over the index of posts, and few pages have anybody suspended on them.
# `unasked`: for whom the audience was asked before, as for the listeners of a post's topic.
ROWS: Final = f"""
WITH {HIDDEN}
SELECT i.id, i.repost_of_id IS NOT NULL, {_FACE.format("r")},
       p.id, p.creator_id, p.revision, p.text, p.created_at, p.edited_at,
       p.like_count, p.comment_count, p.repost_count, p.bookmark_count,
       CASE WHEN c.shows_tips OR p.creator_id = %(viewer)s::uuid THEN p.tip_units ELSE 0 END, {_FACE.format("u")},
       p.quote_of_id IS NOT NULL, q.id, q.creator_id, q.revision, q.text, q.created_at, q.edited_at,
       {_FACE.format("v")},
       {_MINE.format("posts_like")}, {_MINE.format("posts_bookmark")},
       coalesce((SELECT true FROM posts_post m WHERE m.creator_id = %(viewer)s::uuid AND m.repost_of_id = p.id
                                                 AND m.deleted_at IS NULL), false)
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
  JOIN posts_post i ON i.id = wanted.id
  JOIN posts_post p ON p.id = coalesce(i.repost_of_id, i.id) AND p.deleted_at IS NULL
                   AND (%(unasked)s::boolean OR {audience("p")})
  JOIN creators_creator c ON c.user_id = p.creator_id
  JOIN accounts_user u ON u.id = p.creator_id AND u.is_active
  JOIN accounts_user r ON r.id = i.creator_id AND r.is_active
  LEFT JOIN posts_post q ON q.id = p.quote_of_id AND q.deleted_at IS NULL
                        AND q.creator_id NOT IN (SELECT id FROM hidden) AND {audience("q")}
                        AND (SELECT w.is_active FROM accounts_user w WHERE w.id = q.creator_id)
  LEFT JOIN accounts_user v ON v.id = q.creator_id
 ORDER BY wanted.place
"""  # noqa: S608  # constants of this module
