"""Bringing back what an operator removed: rows and counts as if it had never gone. Nobody is told a second time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from creators.models import Creator
from planet.engagement import actions as engagement
from planet.engagement.models import Kind as Deed
from posts import broadcasts, locks
from posts.actions.counting import change
from posts.actions.discussion import rerank
from posts.actions.scoring import touch
from posts.errors import Gone
from posts.models import Comment, Post


@transaction.atomic
def restore(*, post_id: UUID) -> Post:
    """Bring a removed post back, with the reposts and the parts of its thread that went with it.

    Raises Gone for one that was not removed. Who removed it is the caller's business: what its author deleted must
    stay deleted.
    """
    quoted = Post.objects.filter(pk=post_id).values_list("quote_of", flat=True).first()
    locked = locks.posts([quoted] if quoted else [])
    post = Post.objects.select_for_update(no_key=True).filter(pk=post_id, repost_of=None).first()
    if post is None or post.deleted_at is None:
        raise Gone
    removed_at: datetime = post.deleted_at
    parts = list(Post.objects.filter(thread=post, deleted_at=removed_at))
    Post.objects.filter(repost_of__in=[post, *parts], deleted_at=removed_at).update(deleted_at=None)
    back = 1 + Post.objects.filter(pk__in=[part.pk for part in parts]).update(deleted_at=None)
    post.deleted_at = None
    # While it was away, quotes of it may have been deleted or restored without it.
    post.repost_count = Post.objects.filter(Q(repost_of=post) | Q(quote_of=post), deleted_at=None).count()
    post.save(update_fields=["deleted_at", "repost_count"])
    for below in locked.values():
        change(Post.objects.filter(pk=below.pk), "repost_count", 1)
        broadcasts.counts(below.pk)
        touch(below.pk)
        engagement.revive(Deed.SHARE, actor_id=post.creator_id, content_id=below.pk, ref=post.pk)
    change(Creator.objects.filter(pk=post.creator_id), "posts_count", back)
    touch(post.pk)
    return post


@transaction.atomic
def restore_comment(*, comment_id: UUID) -> Comment:
    """Bring a removed comment back. Raises Gone for one that was not removed, or whose post is gone."""
    post_id = Comment.objects.filter(pk=comment_id).values_list("post", flat=True).first()
    post = locks.posts([post_id]).get(post_id) if post_id else None
    found = Comment.objects.select_for_update(no_key=True).filter(pk=comment_id).first()
    if post is None or found is None or found.deleted_at is None:
        raise Gone
    found.deleted_at = None
    found.save(update_fields=["deleted_at"])
    change(Post.objects.filter(pk=post.pk), "comment_count", 1)
    if found.root_id:
        change(Comment.objects.filter(pk=found.root_id), "reply_count", 1)
        rerank(found.root_id)
    engagement.revive(Deed.COMMENT, actor_id=found.author_id, content_id=post.pk, ref=found.pk)
    broadcasts.counts(post.pk)
    touch(post.pk)
    broadcasts.commented(found.pk)
    return found
