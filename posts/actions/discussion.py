"""What readers and a post's author do with comments: like them, put one on top, lay one aside."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from planet.accounts.models import User
from planet.accounts.queries import blocked_between
from planet.notifications.actions import notify, withdraw
from planet.notifications.models import Kind
from posts import broadcasts, locks, ranking
from posts.access import audience_among
from posts.actions.counting import change
from posts.actions.permission import require_audience
from posts.errors import Gone, NotAllowed
from posts.models import Comment, CommentLike, Post
from posts.text import excerpt


def rerank(comment_id: UUID) -> None:
    """Make a comment's rank that of its counts; the caller has changed them, and so holds the row."""
    likes, replies, at = Comment.objects.values_list("like_count", "reply_count", "created_at").get(pk=comment_id)
    rank = ranking.comment_rank(likes=likes, replies=replies, created_at=at)
    Comment.objects.filter(pk=comment_id).update(rank=rank)


@transaction.atomic
def like_comment(*, actor: User, comment_id: UUID, now: datetime) -> Comment:
    """Like a comment; twice is once. Raises Gone, NotAllowed."""
    found = _lock(comment_id)
    post = found.post
    require_audience(post, actor)
    if blocked_between(actor.pk, found.author_id):
        raise NotAllowed
    if not CommentLike.objects.filter(user=actor, comment=found).exists():
        CommentLike.objects.create(user=actor, comment=found, created_at=now)
        _count(found, 1)
        # Who has left the followers since does not hear of it: the notification quotes what they wrote there.
        notify(
            recipients=audience_among(post, [found.author_id]),
            kind=Kind.LIKE,
            actor=actor,
            group_key=f"comment_like:{found.pk}",
            url=found.get_absolute_url(),
            excerpt=excerpt(found.text),
            now=now,
        )
    return found


@transaction.atomic
def unlike_comment(*, actor: User, comment_id: UUID) -> Comment:
    """Take a like back. Raises Gone."""
    found = _lock(comment_id)
    if CommentLike.objects.filter(user=actor, comment=found).delete()[0]:
        _count(found, -1)
        withdraw(actor=actor, group_key=f"comment_like:{found.pk}", recipient_id=found.author_id)
    return found


def _lock(comment_id: UUID) -> Comment:
    """A living comment under a living post, locked. A comment's likes need no lock of the post."""
    rows = Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("post", "author")
    found = rows.filter(
        pk=comment_id,
        deleted_at=None,
        author__is_active=True,
        post__deleted_at=None,
        post__creator__user__is_active=True,
    ).first()
    if found is None:
        raise Gone
    return found


def _count(found: Comment, by: int) -> None:
    change(Comment.objects.filter(pk=found.pk), "like_count", by)
    found.like_count = max(0, found.like_count + by)  # exact: the row is ours until the commit
    rerank(found.pk)
    broadcasts.comment_liked(found.post_id, found.pk)


@transaction.atomic
def pin_comment(*, actor: User, comment_id: UUID, on: bool, now: datetime) -> Comment:
    """Put a top-level comment on top of one's post, in place of the one that is there; or take it down.

    Raises Gone, NotAllowed.
    """

    def pin(found: Comment) -> None:
        if found.root_id:
            raise NotAllowed
        if on:
            Comment.objects.filter(post=found.post_id, pinned_at__isnull=False).update(pinned_at=None)
        found.pinned_at, found.hidden_at = (now, None) if on else (None, found.hidden_at)

    return _by_author(actor, comment_id, pin)


@transaction.atomic
def hide_comment(*, actor: User, comment_id: UUID, on: bool, now: datetime) -> Comment:
    """Lay a comment on one's post aside: it is read behind "Hidden replies". Or bring it back.

    Raises Gone, NotAllowed.
    """

    def hide(found: Comment) -> None:
        found.hidden_at, found.pinned_at = (now, None) if on else (None, found.pinned_at)

    found = _by_author(actor, comment_id, hide)
    if on:
        broadcasts.comment_hidden(found)
    else:
        broadcasts.commented(found.pk)
    return found


def _by_author(actor: User, comment_id: UUID, act: Callable[[Comment], None]) -> Comment:
    """The post's lock orders what its author does to its comments."""
    post_id = Comment.objects.filter(pk=comment_id).values_list("post", flat=True).first()
    try:
        post = locks.post(post_id) if post_id else None
        found = locks.comment(comment_id, post_id=post.pk) if post else None
    except (Post.DoesNotExist, Comment.DoesNotExist):
        raise Gone from None
    if post is None or found is None:
        raise Gone
    if post.creator_id != actor.pk:
        raise NotAllowed
    act(found)
    found.save(update_fields=["pinned_at", "hidden_at"])
    return found
