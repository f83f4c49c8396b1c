"""Changing what was published. What it said before stays in its history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from planet.accounts.models import User
from planet.web import images
from posts import broadcasts, locks
from posts.actions import articles, placing
from posts.actions.publication import NewArticle, lost
from posts.actions.publishing import tell
from posts.actions.texts import POST_LENGTH, checked, mentioned, set_mentions, set_tags
from posts.errors import EditConflict, Gone, NotAllowed
from posts.models import Post, PostRevision
from posts.queries import shown_by
from posts.text import Token, tokenise


@transaction.atomic
def edit(*, actor: User, post_id: UUID, text: str, now: datetime, revision: int | None = None) -> Post:
    """Replace a post's text and keep the old one in its history. Saving the same text changes nothing.

    `revision` is the one that the editor started from. Raises ValidationError, Gone, NotAllowed, and EditConflict
    when the post has moved on from `revision`.
    """
    text = checked(text, limit=POST_LENGTH)
    post = _lock_own(actor, post_id, Post.Kind.SHORT)
    if text == post.text:
        return post
    _require_revision(post, revision)
    PostRevision.objects.create(post=post, revision=post.revision, text=post.text, at=post.edited_at or post.created_at)
    post.text, post.revision, post.edited_at = text, post.revision + 1, now
    post.save(update_fields=["text", "revision", "edited_at"])
    _retell(post, actor, tokenise(text), now)
    return post


def edit_article(
    *, actor: User, post_id: UUID, text: str, article: NewArticle, now: datetime, revision: int | None = None
) -> Post:
    """Replace an article's words as `edit` does a post's; `text` is the summary. Raises what `edit` raises."""
    shown = shown_by(actor.pk, images.keys_in(f"{article.cover} {article.body}"))
    written = articles.written(article, summary=text, shown=shown)
    articles.require_pictures(written, shown=shown)
    private = Post.objects.exclude(audience=Post.Audience.PUBLIC).filter(pk=post_id).exists()
    try:
        with placing.copied(written.keys, private=private) as placed, transaction.atomic():
            post = _lock_own(actor, post_id, Post.Kind.ARTICLE)
            placed_words = placed.article(written)
            if placed_words.says_the_same(post.article, post.text):
                return post
            _require_revision(post, revision)
            articles.replace(post, placed_words, now=now)
            placed.forget_originals()
            _retell(post, actor, written.names(), now)
            return post
    except FileNotFoundError as error:
        raise lost() from error


def _lock_own(actor: User, post_id: UUID, kind: str) -> Post:
    try:
        post = locks.post(post_id)
    except Post.DoesNotExist:
        raise Gone from None
    if post.creator_id != actor.pk or post.repost_of_id or post.kind != kind:
        raise NotAllowed
    return post


def _require_revision(post: Post, revision: int | None) -> None:
    if revision is not None and revision != post.revision:
        raise EditConflict(post)


def _retell(post: Post, actor: User, tokens: Sequence[Token], now: datetime) -> None:
    """Tags and mentions are those of the new words; whoever is newly meant is told."""
    set_tags(post, tokens)
    told = set_mentions(post, mentioned(tokens, author_id=actor.pk))
    broadcasts.edited(post.pk)
    tell(post, actor, told, None, now)
