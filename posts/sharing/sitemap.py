"""The sitemap: an index of chunks, each a walk over a key from where it begins. No chunk grows with the site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, OuterRef
from django.urls import reverse
from redis.exceptions import RedisError

from creators.models import Creator
from posts.models import Post, PostTag, Tag
from posts.sharing.subjects import absolute

CHUNK: Final = 5000  # the protocol allows 50,000; this stays below a megabyte
MOST_CHUNKS: Final = 10_000  # of one kind
INDEX_SECONDS: Final = 3600

# Where each chunk begins: every CHUNKth key. One step of an index a chunk, and no row is read.
_STARTS: Final = {
    "posts": """WITH RECURSIVE starts AS (
        (SELECT id FROM posts_post WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
        UNION ALL
        SELECT (SELECT p.id FROM posts_post p WHERE p.deleted_at IS NULL AND p.id > s.id
                 ORDER BY p.id OFFSET %(chunk)s - 1 LIMIT 1) FROM starts s WHERE s.id IS NOT NULL
    ) SELECT id::text FROM starts WHERE id IS NOT NULL LIMIT %(most)s""",
    "creators": """WITH RECURSIVE starts AS (
        (SELECT user_id AS id FROM creators_creator ORDER BY user_id LIMIT 1)
        UNION ALL
        SELECT (SELECT c.user_id FROM creators_creator c WHERE c.user_id > s.id
                 ORDER BY c.user_id OFFSET %(chunk)s - 1 LIMIT 1) FROM starts s WHERE s.id IS NOT NULL
    ) SELECT id::text FROM starts WHERE id IS NOT NULL LIMIT %(most)s""",
    "topics": """WITH RECURSIVE starts AS (
        (SELECT id FROM posts_tag ORDER BY id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.id FROM posts_tag t WHERE t.id > s.id
                 ORDER BY t.id OFFSET %(chunk)s - 1 LIMIT 1) FROM starts s WHERE s.id IS NOT NULL
    ) SELECT id::text FROM starts WHERE id IS NOT NULL LIMIT %(most)s""",
}


@dataclass(frozen=True)
class Place:
    """An address for search engines, and when it last changed."""

    url: str
    modified: datetime | None = None


def index() -> list[str]:
    """The addresses of all chunks; looked up once an hour."""
    try:
        kept: list[str] | None = cache.get("sitemap:index")
    except RedisError:
        return list(_chunks())
    if kept is None:
        kept = list(_chunks())
        cache.set("sitemap:index", kept, INDEX_SECONDS)
    return kept


def _chunks() -> Iterator[str]:
    for kind, statement in _STARTS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement, {"chunk": CHUNK, "most": MOST_CHUNKS})
            starts = [row[0] for row in cursor.fetchall()]
        for start in starts:
            yield absolute(reverse("sitemap_chunk", kwargs={"kind": kind, "start": start}))


def chunk(kind: str, start: str) -> list[Place] | None:
    """What stands in the chunk that begins there; None for what is no beginning."""
    try:
        if kind == "posts":
            return _posts(UUID(start))
        if kind == "creators":
            return _creators(UUID(start))
        if kind == "topics" and start.isascii() and start.isdigit() and len(start) < 19:
            return _topics(int(start))
    except ValueError:
        return None
    return None


def _posts(start: UUID) -> list[Place]:
    """Public posts among the CHUNK that begin at `start`: so chunks stay apart, whoever writes for whom."""
    ids = Post.objects.filter(pk__gte=start, deleted_at=None).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    shown = Post.objects.filter(
        pk__in=list(ids), repost_of=None, audience=Post.Audience.PUBLIC, creator__user__is_active=True
    )
    rows = shown.order_by("pk").values_list("pk", "created_at", "edited_at")
    return [Place(absolute(f"/p/{pk}/"), edited or created) for pk, created, edited in rows]


def _creators(start: UUID) -> list[Place]:
    rows = Creator.objects.filter(pk__gte=start).order_by("pk").values_list("user__handle", "user__is_active")[:CHUNK]
    return [Place(absolute(f"/@{handle}/")) for handle, is_active in rows if is_active]


def _topics(start: int) -> list[Place]:
    """Tags of public posts among the CHUNK that begin at `start`."""
    public = PostTag.objects.filter(tag=OuterRef("pk"), post__deleted_at=None, post__audience=Post.Audience.PUBLIC)
    ids = list(Tag.objects.filter(pk__gte=start).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    rows = Tag.objects.filter(Exists(public), pk__in=ids).order_by("pk").values_list("kind", "name")
    return [
        Place(absolute(reverse("asset", args=[name]) if kind == Tag.Kind.ASSET else reverse("topic", args=[name])))
        for kind, name in rows
    ]
