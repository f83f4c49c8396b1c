"""Liking, keeping and reposting. Each is a row and a count, changed together while the post is locked.

Doing it twice is doing it once; the answer is the post with its counts as they are now.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from planet.accounts.models import User
from planet.engagement import actions as engagement
from planet.engagement.models import Kind as Deed
from planet.notifications.actions import notify, withdraw
from planet.notifications.models import Kind
from planet.web.ids import uuid7
from posts import broadcasts, locks
from posts.actions.counting import change
from posts.actions.permission import require_audience, require_public, require_publisher
from posts.actions.scoring import touch
from posts.errors import Gone
from posts.models import Bookmark, Like, Post
from posts.text import excerpt


@transaction.atomic
def like(*, actor: User, post_id: UUID, now: datetime) -> Post:
    """Like a post. Raises Gone, NotAllowed."""
    post = _lock(actor, post_id)
    if not Like.objects.filter(user=actor, post=post).exists():
        Like.objects.create(user=actor, post=post, created_at=now)
        _count(post, "like_count", 1)
        _record(Deed.LIKE, actor, post, now)
        notify(
            recipients=[post.creator_id],
            kind=Kind.LIKE,
            actor=actor,
            group_key=f"like:{post.pk}",
            url=post.get_absolute_url(),
            excerpt=excerpt(post.text),
            now=now,
        )
    return post


@transaction.atomic
def unlike(*, actor: User, post_id: UUID) -> Post:
    """Take a like back. Raises Gone."""
    post = _lock(None, post_id)
    if Like.objects.filter(user=actor, post=post).delete()[0]:
        _count(post, "like_count", -1)
        engagement.undo(Deed.LIKE, actor_id=actor.pk, content_id=post.pk)
        withdraw(actor=actor, group_key=f"like:{post.pk}", recipient_id=post.creator_id)
    return post


@transaction.atomic
def bookmark(*, actor: User, post_id: UUID, now: datetime) -> Post:
    """Keep a post; nobody is told. Raises Gone, NotAllowed."""
    post = _lock(actor, post_id)
    if not Bookmark.objects.filter(user=actor, post=post).exists():
        Bookmark.objects.create(user=actor, post=post, created_at=now)
        _count(post, "bookmark_count", 1)
        _record(Deed.BOOKMARK, actor, post, now)
    return post


@transaction.atomic
def unbookmark(*, actor: User, post_id: UUID) -> Post:
    """Keep a post no longer. Raises Gone."""
    post = _lock(None, post_id)
    if Bookmark.objects.filter(user=actor, post=post).delete()[0]:
        _count(post, "bookmark_count", -1)
        engagement.undo(Deed.BOOKMARK, actor_id=actor.pk, content_id=post.pk)
    return post


@transaction.atomic
def repost(*, actor: User, post_id: UUID, now: datetime) -> Post:
    """Show a post to the actor's followers. Returns the post itself.

    Raises Gone, NotAllowed, NotForSharing, NotACreator, NotVerified.
    """
    post = _lock(actor, post_id)
    require_publisher(actor)
    require_public(post)
    if Post.objects.filter(creator_id=actor.pk, repost_of=post, deleted_at=None).exists():
        return post
    item = Post.objects.create(id=uuid7(), creator_id=actor.pk, client_id=uuid7(), repost_of=post, created_at=now)
    _count(post, "repost_count", 1)
    _record(Deed.SHARE, actor, post, now)
    broadcasts.reposted(item, reposter=actor)
    notify(
        recipients=[post.creator_id],
        kind=Kind.REPOST,
        actor=actor,
        group_key=f"repost:{post.pk}",
        url=post.get_absolute_url(),
        excerpt=excerpt(post.text),
        now=now,
    )
    return post


@transaction.atomic
def unrepost(*, actor: User, post_id: UUID, now: datetime) -> Post:
    """Take a repost back. Raises Gone."""
    post = _lock(None, post_id)
    mine = Post.objects.filter(creator_id=actor.pk, repost_of=post, deleted_at=None)
    if mine.update(deleted_at=now):
        _count(post, "repost_count", -1)
        engagement.undo(Deed.SHARE, actor_id=actor.pk, content_id=post.pk)
        withdraw(actor=actor, group_key=f"repost:{post.pk}", recipient_id=post.creator_id)
    return post


def _lock(actor: User | None, post_id: UUID) -> Post:
    """The post, locked; with an actor, only if it is for them and neither of the two has blocked the other."""
    try:
        post = locks.open_post(post_id) if actor else locks.post(post_id)
    except Post.DoesNotExist:
        raise Gone from None
    if post.repost_of_id:
        raise Gone  # a repost is reacted to through its original
    if actor is not None:
        require_audience(post, actor)
    return post


def _record(deed: Deed, actor: User, post: Post, now: datetime) -> None:
    engagement.record(deed, actor=actor, content_id=post.pk, creator_id=post.creator_id, at=now)


def _count(post: Post, counter: str, by: int) -> None:
    """Change a count of the locked post, and tell whoever looks at it."""
    change(Post.objects.filter(pk=post.pk), counter, by)
    setattr(post, counter, max(0, getattr(post, counter) + by))  # exact: the row is ours until the commit
    broadcasts.counts(post.pk)
    touch(post.pk)
