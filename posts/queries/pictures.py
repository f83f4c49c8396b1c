"""Pictures of posts."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from posts.models import Draft, PostPicture, Video

# How long the pictures of a deleted post stay, for an appeal or a report; then `images.sweep` removes the files.
KEPT_AFTER_DELETION: Final = timedelta(days=30)


def of_posts(ids: Collection[UUID]) -> dict[UUID, list[PostPicture]]:
    """The pictures of these posts, in order, in one query."""
    found: dict[UUID, list[PostPicture]] = {}
    rows = PostPicture.objects.filter(post__in=ids).select_related("post").order_by("post", "position")
    for picture in rows:
        found.setdefault(picture.post_id, []).append(picture)
    return found


def in_use(keys: Collection[str]) -> Collection[str]:
    """Which of these pictures must be kept: published ones, and those of drafts."""
    kept = Q(post__deleted_at=None) | Q(post__deleted_at__gt=timezone.now() - KEPT_AFTER_DELETION)
    published = PostPicture.objects.filter(kept, key__in=keys).values_list("key", flat=True)
    drafts = Draft.objects.filter(pictures__overlap=list(keys)).values_list("pictures", flat=True)
    posters = Video.objects.filter(poster__in=keys).values_list("poster", flat=True)
    return set(published).union(posters, *drafts)


def videos_in_use(keys: Collection[str]) -> Collection[str]:
    """Which of these videos are some post's, or wait to become one's."""
    return set(Video.objects.filter(key__in=keys).values_list("key", flat=True))
