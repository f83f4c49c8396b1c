"""A topic's page: its hottest posts, what else is written about beside it, who follows it."""

from typing import Final
from uuid import UUID

from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor
from planet.web.prepared import fetch
from posts.models import PostTag, Tag, TopicFollow
from posts.queries.rows import Row, rows
from posts.queries.sql import HIDDEN, SIZE, audience

RELATED: Final = 8

_HOTTEST: Final = f"""
WITH {HIDDEN}
SELECT t.post_id, t.score FROM posts_posttag t JOIN posts_post p ON p.id = t.post_id
  JOIN accounts_user u ON u.id = p.creator_id AND u.is_active
 WHERE t.tag_id = %(tag)s AND t.score > 0
   AND (t.score, t.post_id) < (coalesce(%(score)s::float8, 'infinity'),
                               coalesce(%(last)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
   AND p.deleted_at IS NULL AND p.creator_id NOT IN (SELECT id FROM hidden) AND {audience("p")}
 ORDER BY t.score DESC, t.post_id DESC LIMIT {SIZE}
"""  # noqa: S608  # constants
# By how many people wrote about both, in the latest posts that everybody may read.
_RELATED: Final = f"""
SELECT tag.id FROM (
    SELECT t.post_id, p.creator_id FROM posts_posttag t JOIN posts_post p ON p.id = t.post_id
     WHERE t.tag_id = %(tag)s AND p.deleted_at IS NULL AND p.audience = 'public'
     ORDER BY t.post_id DESC LIMIT 300) latest
  JOIN posts_posttag other ON other.post_id = latest.post_id AND other.tag_id <> %(tag)s
  JOIN posts_tag tag ON tag.id = other.tag_id
 GROUP BY tag.id ORDER BY count(DISTINCT latest.creator_id) DESC, count(*) DESC, tag.name LIMIT {RELATED}
"""  # noqa: S608  # a constant


def hottest(*, tag: Tag, viewer_id: UUID | None, after: str | None = None) -> Page[Row]:
    """The posts about a topic, the hottest first."""
    score, last = decode_cursor(after, PostTag, "score", "post") if after else (None, None)
    values = {"tag": tag.pk, "viewer": viewer_id, "score": score, "last": last}
    found = fetch(_HOTTEST, values)
    page = found[:PAGE_SIZE]
    cursor = encode_cursor(page[-1][1], page[-1][0]) if len(found) > PAGE_SIZE else None
    return Page(rows([post_id for post_id, _ in page], viewer_id=viewer_id), cursor)


def related(*, tag: Tag) -> list[Tag]:
    """Topics and assets that are written about together with this one."""
    ids = [row[0] for row in fetch(_RELATED, {"tag": tag.pk})]
    found = Tag.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def follows_topic(*, user: User | None, tag: Tag) -> bool:
    """Whether somebody (None: a guest) follows a topic."""
    return user is not None and TopicFollow.objects.filter(follower=user, tag=tag).exists()
