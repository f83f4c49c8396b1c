"""Articles: what their cards show, what else their author wrote, which pictures they hold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from planet.web.shelves import is_private
from posts import addresses
from posts.models import Article, ArticlePicture, Post
from posts.queries.pictures import KEPT_AFTER_DELETION

MORE: Final = 3
_FACE: Final = ("pk", "title", "cover", "cover_alt", "minutes", "post__revision", "post__audience")


@dataclass(frozen=True)
class ArticleFace:
    """How an article shows on a card and in a list."""

    post_id: UUID
    title: str
    cover: str
    cover_alt: str
    minutes: int
    revision: int
    audience: str
    at: datetime | None = None

    def get_absolute_url(self) -> str:
        """The article's page."""
        return f"/p/{self.post_id}/"

    @property
    def cover_at(self) -> str:
        """As `Article.cover_at`."""
        is_asked = is_private(self.cover) or self.audience != Post.Audience.PUBLIC
        return addresses.cover(self.post_id, self.revision) if is_asked else ""


def faces(ids: Collection[UUID]) -> dict[UUID, ArticleFace]:
    """How those of these posts that are articles show, in one query."""
    rows = Article.objects.filter(pk__in=ids).values_list(*_FACE)
    return {row[0]: ArticleFace(*row) for row in rows}


def more_from(creator_id: UUID, *, without: UUID) -> list[ArticleFace]:
    """The newest public articles of a creator, but for one."""
    shown = Article.objects.filter(
        post__creator=creator_id,
        post__kind=Post.Kind.ARTICLE,
        post__deleted_at=None,
        post__audience=Post.Audience.PUBLIC,
    )
    rows = shown.exclude(pk=without).order_by("-pk")
    return [ArticleFace(*row) for row in rows.values_list(*_FACE, "post__created_at")[:MORE]]


def articles_in_use(keys: Collection[str]) -> Collection[str]:
    """Which of these pictures articles show, or showed before an edit."""
    kept = Q(article__post__deleted_at=None) | Q(article__post__deleted_at__gt=timezone.now() - KEPT_AFTER_DELETION)
    return set(ArticlePicture.objects.filter(kept, key__in=keys).values_list("key", flat=True))


def shown_by(creator_id: UUID, keys: Collection[str]) -> dict[str, str]:
    """Where a creator's own articles show those of these pictures that are private: key → address."""
    rows = ArticlePicture.objects.filter(
        key__in=[key for key in keys if is_private(key)],
        article__post__creator=creator_id,
        article__post__deleted_at=None,
    )
    return {key: addresses.named(post_id, key) for key, post_id in rows.values_list("key", "article")}
