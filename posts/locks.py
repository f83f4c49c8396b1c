"""The order in which rows are locked, so that no two writers wait for each other.

0. the draft that is saved or published;
1. posts, by id ascending (a quoted post or a repost's original is older than what shows it, so its id is smaller);
2. comments, by id ascending;
3. the rows that are counted (likes, bookmarks, comments, reposts);
4. the creator's row (its count of posts), last.

`FOR NO KEY UPDATE` lets others insert rows that point here, which takes a key-share lock, while counts change.
"""

from collections.abc import Iterable
from uuid import UUID

from posts.models import Comment, Post


def posts(ids: Iterable[UUID]) -> dict[UUID, Post]:
    """Lock the living posts with these ids until the transaction ends."""
    rows = Post.objects.select_for_update(no_key=True).filter(pk__in=set(ids), deleted_at=None).order_by("pk")
    return {post.pk: post for post in rows}


def post(post_id: UUID) -> Post:
    """Lock one living post. Raises Post.DoesNotExist when it is gone."""
    return Post.objects.select_for_update(no_key=True).get(pk=post_id, deleted_at=None)


def open_post(post_id: UUID) -> Post:
    """Lock one living post whose author is not suspended. Raises Post.DoesNotExist when there is none."""
    rows = Post.objects.select_for_update(no_key=True, of=("self",))
    return rows.get(pk=post_id, deleted_at=None, creator__user__is_active=True)


def comment(comment_id: UUID, *, post_id: UUID) -> Comment:
    """Lock one living comment of a post that is locked. Raises Comment.DoesNotExist when it is gone."""
    return Comment.objects.select_for_update(no_key=True).get(pk=comment_id, post_id=post_id, deleted_at=None)
