"""A topic's page: its hottest posts, what else is written about beside it, and what the viewer chose about it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor
from planet.web.prepared import fetch
from posts.models import NotInterested, PostTag, Tag, TopicFollow
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
SELECT tag.id, tag.kind, tag.name FROM (
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
    return [Tag(id=pk, kind=kind, name=name) for pk, kind, name in fetch(_RELATED, {"tag": tag.pk})]


@dataclass(frozen=True)
class Known:
    """A topic, and what a viewer chose about it."""

    tag: Tag
    follows: bool
    is_muted: bool


def known(*, name: str, user: User | None) -> Known | None:
    """The topic with this exact name, for somebody (None: a guest), in one query; None when nobody has used it."""
    rows = Tag.objects.filter(kind=Tag.Kind.TOPIC, name=name)
    if user is None:
        found = rows.first()
        return Known(found, follows=False, is_muted=False) if found else None
    chosen = rows.annotate(
        viewer_follows=Exists(TopicFollow.objects.filter(follower=user, tag=OuterRef("pk"))),
        viewer_muted=Exists(NotInterested.objects.filter(user=user, topic=OuterRef("pk"))),
    ).first()
    return Known(chosen, follows=chosen.viewer_follows, is_muted=chosen.viewer_muted) if chosen else None
