"""Threads of posts: a first one, and what its author added to it in the same breath."""

from uuid import UUID

from posts.models import Post


def thread_ids(first: UUID) -> list[UUID]:
    """The living posts of the thread that begins with `first`, in order; only `first` for a post by itself."""
    parts = Post.objects.filter(thread=first, deleted_at=None).order_by("part").values_list("pk", flat=True)
    return [first, *parts]
