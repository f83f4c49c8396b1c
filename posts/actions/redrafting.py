"""Delete and redraft: a published post becomes a draft again."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from planet.accounts.models import User
from posts.actions import placing
from posts.actions.drafting import new_draft
from posts.actions.publishing import delete
from posts.errors import Gone, NotAllowed
from posts.models import Article, Draft, Post, PostBlock, Video
from posts.queries import of_posts


def redraft(*, actor: User, post_id: UUID, now: datetime) -> Draft:
    """Delete an own post, and keep what it said as a new draft; of a thread, all its parts.

    Components begin anew: their votes and scores stay with the deleted post. What was for some only is copied for the
    draft, to where its author alone knows the addresses. Raises Gone, TooManyDrafts, NotAllowed (also for a repost,
    which says nothing, and for a part of a thread, which is no publication by itself); then nothing is changed.
    """
    post = Post.objects.filter(pk=post_id, deleted_at=None).first()
    if post is None:
        raise Gone
    if post.creator_id != actor.pk or post.repost_of_id or post.thread_id:
        raise NotAllowed
    whole = [post, *Post.objects.filter(thread=post, deleted_at=None).order_by("part")]
    keys = sorted(key for one in whole for key in placing.keys_of(one.pk))
    try:
        with placing.copied(keys, private=False) as placed, transaction.atomic():
            draft = new_draft(actor=actor, content=_content(whole, placed), now=now)
            delete(actor=actor, post_id=post.pk, now=now)
            for video in Video.objects.filter(post__in=whole):  # each hangs on one post at most: the next one takes it
                video.post, video.key, video.poster = None, placed[video.key], placed[video.poster]
                video.save(update_fields=["post", "key", "poster"])
            placed.forget_originals()
            return draft
    except FileNotFoundError:  # changed this very moment
        raise Gone from None


def _content(whole: Sequence[Post], placed: placing.Copies) -> dict[str, list[str]]:
    """A post, or a thread, as the form with which it can be published again."""
    post = whole[0]
    pictures = of_posts([one.pk for one in whole])
    shots = [pictures.get(one.pk, []) for one in whole]
    blocks = list(PostBlock.objects.filter(post__in=whole).order_by("position"))
    beds = [[block for block in blocks if block.post_id == one.pk] for one in whole]
    videos = {video.post_id: video for video in Video.objects.filter(post__in=whole)}
    films = [videos.get(one.pk) for one in whole]
    ids, alts = [str(one.pk) if one else "" for one in films], [one.alt if one else "" for one in films]
    return {
        "kind": [post.kind],
        "text": [post.text],
        "part": [part.text for part in whole[1:]],
        "part_pictures": [str(len(some)) for some in shots[1:]],
        "part_blocks": [str(len(some)) for some in beds[1:]],
        "quote": [str(post.quote_of_id or "")],
        "picture": [placed[picture.key] for some in shots for picture in some],
        "alt": [picture.alt for some in shots for picture in some],
        "block": [
            json.dumps({"kind": block.kind, **block.data}, ensure_ascii=False) for some in beds for block in some
        ],
        "video": ids[:1],
        "part_video": ids[1:],
        "video_alt": alts[:1],
        "part_video_alt": alts[1:],
        "audience": [post.audience],
        "warning": [post.warning],
        "language": [post.language],
        "is_promotion": ["on"] if post.is_promotion else [],
        "holds_assets": ["on"] if post.holds_assets else [],
        "replies": [post.replies],
        "slow_seconds": [str(post.slow_seconds or "")],
        **_article(post, placed),
    }


def _article(post: Post, placed: placing.Copies) -> dict[str, list[str]]:
    article = Article.objects.filter(post=post).first()
    if article is None:
        return {}
    return {
        "title": [article.title],
        "body": [placed.text(article.body)],
        "cover": [placed[article.cover]],
        "cover_alt": [article.cover_alt],
    }
