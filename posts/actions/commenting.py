"""Writing and deleting comments. The post's lock orders everything that happens to its comments."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db import IntegrityError, transaction

from planet.accounts.models import User
from planet.accounts.queries import blocked_between
from planet.engagement import actions as engagement
from planet.engagement.models import Kind as Deed
from planet.notifications.actions import notify, withdraw
from planet.notifications.models import Kind
from planet.web.ids import uuid7
from posts import broadcasts, locks, ranking
from posts.access import audience_among, may_answer
from posts.actions.counting import change
from posts.actions.discussion import rerank
from posts.actions.permission import require_audience
from posts.actions.scoring import touch
from posts.actions.texts import COMMENT_LENGTH, add_comment_mentions, checked, mentioned
from posts.errors import AlreadyPublished, Gone, MayNotAnswer, NotAllowed, TooSoon
from posts.models import Comment, Post
from posts.text import excerpt, tokenise


def comment(
    *, actor: User, post_id: UUID, client_id: UUID, text: str, now: datetime, parent_id: UUID | None = None
) -> Comment:
    """Comment on a post, or reply to a comment. The same `client_id` again returns the first comment.

    Raises ValidationError (the text), Gone (the post or the parent), NotAllowed (a block between the actor and the
    post's or the parent's author, or a post that is not for the actor), AlreadyPublished (this client_id sent something
    else), MayNotAnswer (the author chose who may), TooSoon (slow mode).
    """
    text = checked(text, limit=COMMENT_LENGTH)
    if first := _written(actor, post_id, client_id, text):
        return first
    try:
        with transaction.atomic():
            return _insert(actor=actor, post_id=post_id, client_id=client_id, text=text, parent_id=parent_id, now=now)
    except IntegrityError:
        if first := _written(actor, post_id, client_id, text):
            return first
        raise


def _written(actor: User, post_id: UUID, client_id: UUID, text: str) -> Comment | None:
    first = Comment.objects.select_related("post").filter(author=actor, client_id=client_id).first()
    if first and (first.text != text or first.post_id != post_id):
        raise AlreadyPublished(first.post)
    return first


def _insert(
    *, actor: User, post_id: UUID, client_id: UUID, text: str, parent_id: UUID | None, now: datetime
) -> Comment:
    post = _lock(actor, post_id)
    if not may_answer(post, actor.pk):
        raise MayNotAnswer(post.replies)
    _require_patience(actor, post, now)
    parent = _parent(actor, post, parent_id)
    root = (parent.root or parent) if parent else None
    written = Comment.objects.create(
        id=uuid7(),
        post=post,
        author=actor,
        parent=parent,
        root=root,
        client_id=client_id,
        text=text,
        created_at=now,
        rank=ranking.comment_rank(likes=0, replies=0, created_at=now),
    )
    _count(post, root, 1)
    _record(written, post)
    told = add_comment_mentions(written, mentioned(tokenise(text), author_id=actor.pk))
    broadcasts.commented(written.pk)
    _tell(written, post=post, actor=actor, mentions=told, now=now)
    return written


def _lock(actor: User, post_id: UUID) -> Post:
    try:
        post = locks.open_post(post_id)
    except Post.DoesNotExist:
        raise Gone from None
    if post.repost_of_id:
        raise Gone
    require_audience(post, actor)
    return post


def _require_patience(actor: User, post: Post, now: datetime) -> None:
    """Slow mode: so many seconds between two comments of one person; what they deleted counts. Raises TooSoon.

    The post's lock makes the second of two comments at once see the first.
    """
    if not post.slow_seconds or actor.pk == post.creator_id:
        return
    last = Comment.objects.filter(post=post, author=actor).order_by("-created_at").values_list("created_at", flat=True)
    if (at := last.first()) and (left := at + timedelta(seconds=post.slow_seconds) - now) > timedelta(0):
        raise TooSoon(ceil(left.total_seconds()))


def _parent(actor: User, post: Post, parent_id: UUID | None) -> Comment | None:
    if parent_id is None:
        return None
    living = Comment.objects.filter(post=post, deleted_at=None, author__is_active=True)
    parent = living.select_related("root").filter(pk=parent_id).first()
    if parent is None:
        raise Gone
    if blocked_between(actor.pk, parent.author_id):
        raise NotAllowed
    return parent


def _record(written: Comment, post: Post) -> None:
    engagement.record(
        Deed.COMMENT,
        actor=written.author,
        content_id=post.pk,
        creator_id=post.creator_id,
        ref=written.pk,
        text=written.text,
        at=written.created_at,
    )


def _count(post: Post, root: Comment | None, by: int) -> None:
    change(Post.objects.filter(pk=post.pk), "comment_count", by)
    if root:
        change(Comment.objects.filter(pk=root.pk), "reply_count", by)
        rerank(root.pk)
    broadcasts.counts(post.pk)
    touch(post.pk)


def _tell(written: Comment, *, post: Post, actor: User, mentions: list[UUID], now: datetime) -> None:
    """One notification a person: who is answered hears of the answer, and not of the mention in it as well.

    Nobody hears of a comment on a post that is not for them (any more): the notification quotes it.
    """
    parent = written.parent
    answered = {parent.author_id} if parent else set()
    owner = {post.creator_id} - answered
    groups = (
        (answered, Kind.COMMENT, f"reply:{parent.pk if parent else ''}"),
        (owner, Kind.COMMENT, f"comment:{post.pk}"),
        (set(mentions) - answered - owner, Kind.MENTION, f"mention:{written.pk}"),
    )
    told = audience_among(post, {*answered, *owner, *mentions} - {actor.pk})
    for recipients, kind, group_key in groups:
        if recipients & told:
            notify(
                recipients=recipients & told,
                kind=kind,
                actor=actor,
                group_key=group_key,
                url=written.get_absolute_url(),
                excerpt=excerpt(written.text),
                now=now,
            )


@transaction.atomic
def delete_comment(*, actor: User, comment_id: UUID, now: datetime) -> Comment:
    """Remove a comment; replies to it stay. By its author, the post's creator, or an operator.

    Raises Gone, NotAllowed.
    """
    post_id = Comment.objects.filter(pk=comment_id).values_list("post", flat=True).first()
    try:
        post = locks.post(post_id) if post_id else None
    except Post.DoesNotExist:
        post = None
    found = Comment.objects.select_related("root", "parent", "author").filter(pk=comment_id, deleted_at=None).first()
    if post is None or found is None:
        raise Gone
    if actor.pk not in (found.author_id, post.creator_id) and not actor.is_staff:
        raise NotAllowed
    found.deleted_at, found.pinned_at = now, None
    found.save(update_fields=["deleted_at", "pinned_at"])
    _count(post, found.root, -1)
    engagement.undo(Deed.COMMENT, actor_id=found.author_id, content_id=post.pk, ref=found.pk)
    broadcasts.comment_removed(found)
    _take_back(found, post)
    return found


def _take_back(gone: Comment, post: Post) -> None:
    """Withdraw what is still unread about a comment, unless its author said more in the same place."""
    others = Comment.objects.filter(post=post, author=gone.author, deleted_at=None)
    if gone.parent and not others.filter(parent=gone.parent).exists():
        withdraw(actor=gone.author, group_key=f"reply:{gone.parent_id}", recipient_id=gone.parent.author_id)
    if not others.exists():
        withdraw(actor=gone.author, group_key=f"comment:{post.pk}", recipient_id=post.creator_id)
    for person in gone.mentions.order_by("user").values_list("user", flat=True):
        withdraw(actor=gone.author, group_key=f"mention:{gone.pk}", recipient_id=person)
