"""Where lower apps offer a place to register, and higher ones must not be imported: both meet here, at start-up."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count

from planet.accounts import trust
from posts.models import Comment, Post


def connect() -> None:
    """Connect them all."""
    trust.register_source("contributions", posts_by)
    trust.register_source("contributions", comments_by)


def posts_by(user_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many posts of theirs stand; reposts are nobody's work."""
    rows = Post.objects.filter(creator__in=user_ids, deleted_at=None, repost_of=None)
    return dict(rows.values_list("creator").annotate(Count("pk")).order_by())


def comments_by(user_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many comments of theirs stand."""
    rows = Comment.objects.filter(author__in=user_ids, deleted_at=None)
    return dict(rows.values_list("author").annotate(Count("pk")).order_by())
