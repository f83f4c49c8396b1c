"""Articles as HTML: read and drawn once a revision, then kept in Redis.

Nothing of it differs between viewers or languages: who is mentioned is linked for everybody, times and labels stand
outside. So the name of what is kept is the post, its revision, and this version of the renderer.
"""

from collections.abc import Collection
from hashlib import blake2b
from typing import Final
from uuid import UUID

import msgspec
from django.core.cache import cache
from redis.exceptions import RedisError

from planet.web.shelves import is_private
from posts import addresses
from posts.models import Article, ArticlePicture, Post, PostMention
from posts.text.markdown import Document, read

VERSION: Final = 2  # raise it when the same source is drawn in another way
SECONDS_KEPT: Final = 24 * 3600


class Line(msgspec.Struct, frozen=True):
    """A line of the table of contents."""

    level: int
    id: str
    text: str


class Drawn(msgspec.Struct, frozen=True):
    """An article's body: HTML, and between it the numbers of the blocks that stand there."""

    parts: list[str | int]
    contents: list[Line]


def body_of(article: Article, *, revision: int) -> Drawn:
    """The body of a published article at its present revision."""
    # The body as well: files change shelves, and their names in it, without a new revision.
    named = blake2b(article.body.encode("utf-8", "replace"), digest_size=8).hexdigest()
    key = f"article:{VERSION}:{article.pk}:{revision}:{named}:{article.post.audience}"
    kept = _recall(key)
    if kept is None:
        kept = draw(read(article.body, shown_in(article.post)), _people(article.pk))
        _keep(key, kept)
    return kept


def draw(document: Document, people: Collection[str] = ()) -> Drawn:
    """What was read, drawn: of a draft, in the editor, in the history. Only mentions of `people` are linked."""
    contents = [Line(heading.level, heading.id, heading.text) for heading in document.headings]
    return Drawn(document.parts(people), contents)


def shown_in(post: Post) -> dict[str, str]:
    """Where those pictures of an article are shown that must not have an address of their own: key → address."""
    keys = ArticlePicture.objects.filter(article=post.pk).values_list("key", flat=True)
    return {key: addresses.named(post.pk, key) for key in keys if post.is_restricted or is_private(key)}


def _people(post_id: UUID) -> frozenset[str]:
    handles = PostMention.objects.filter(post=post_id).values_list("user__handle", flat=True)
    return frozenset(handle.lower() for handle in handles)


def _recall(key: str) -> Drawn | None:
    try:
        kept = cache.get(key)
    except RedisError:
        return None  # without Redis every reading draws: slower, not wrong
    return msgspec.msgpack.decode(kept, type=Drawn) if kept else None


def _keep(key: str, drawn: Drawn) -> None:
    try:
        cache.set(key, msgspec.msgpack.encode(drawn), SECONDS_KEPT)
    except RedisError:
        return
