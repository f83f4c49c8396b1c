"""What this app sends to the socket; always on commit, always viewer-neutral, rendered once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string

from planet.accounts.models import User
from planet.realtime import publish
from posts import cards
from posts.blocks.voting import result
from posts.contexts.comments import comment_view
from posts.contexts.videos import video_state
from posts.models import Comment, Post, PostBlock, Video
from posts.queries import rows
from posts.queries.comments import with_people


def published(post: Post, *, author: User) -> None:
    """A new post: for the author's followers; a public one for everyone's newest and the author's homepage, too."""
    data, html = _news(post, author)
    topics: tuple[str, ...] = (f"followers:{author.pk}",)
    if post.audience == Post.Audience.PUBLIC:
        topics += ("everyone", f"creator:{author.pk}")
    _on_commit(lambda: _send_news(topics, data, html))


def reposted(item: Post, *, reposter: User) -> None:
    """A new repost: for the reposter's followers and homepage."""
    data, html = _news(item, reposter)
    _on_commit(lambda: _send_news((f"followers:{reposter.pk}", f"creator:{reposter.pk}"), data, html))


def counts(post_id: UUID) -> None:
    """A post's counts have changed; they are read after the commit, so the last event always tells the truth."""
    _on_commit(lambda: _send_counts(post_id))


def edited(post_id: UUID) -> None:
    """A post has a new revision."""
    _on_commit(lambda: _send_edited(post_id))


def removed(post_id: UUID) -> None:
    """A post is gone, and its reposts with it."""
    _on_commit(lambda: publish(f"post:{post_id}", "removed", {"id": str(post_id)}))


def commented(comment_id: UUID) -> None:
    """A new comment stands under a post."""
    _on_commit(lambda: _send_comment(comment_id))


def comment_liked(post_id: UUID, comment_id: UUID) -> None:
    """A comment's likes have changed; they are read after the commit."""
    _on_commit(lambda: _send_likes(post_id, comment_id))


def comment_hidden(comment: Comment) -> None:
    """The post's author has laid a comment aside."""
    post_id, data = comment.post_id, {"id": str(comment.pk)}
    _on_commit(lambda: publish(f"post:{post_id}", "comment_hidden", data))


def comment_removed(comment: Comment) -> None:
    """A comment is gone."""
    post_id, data = comment.post_id, {"id": str(comment.pk)}
    _on_commit(lambda: publish(f"post:{post_id}", "comment_removed", data))


def video(row: Video) -> None:
    """How far a video is: for its owner, who is writing the post around it."""
    data = video_state(row)
    _on_commit(lambda: publish(f"user:{row.owner_id}", "video", data))


def voted(block_id: UUID) -> None:
    """A poll has one vote more: how it stands is for who sees results, how many voted for everybody."""
    _on_commit(lambda: _send_votes(block_id))


def block_changed(post_id: UUID, block_id: UUID) -> None:
    """Something happened to a component; who shows it asks for it anew."""
    _on_commit(lambda: publish(f"post:{post_id}", "block", {"id": str(block_id), "changed": True}))


def _on_commit(send: Callable[[], None]) -> None:
    # Robust: what is committed is done, whatever becomes of the news of it.
    transaction.on_commit(send, robust=True)


def _news(item: Post, person: User) -> tuple[dict[str, Any], str]:
    data = {
        "id": str(item.pk),
        "creator": str(person.pk),
        "handle": person.handle,
        "name": person.name,
        "avatar": person.avatar,
    }
    return data, render_to_string("posts/_face.html", {"person": person})


def _send_news(topics: tuple[str, ...], data: dict[str, Any], html: str) -> None:
    for topic in topics:
        publish(topic, "post", data, html)


def _send_counts(post_id: UUID) -> None:
    # Who listens to a post was asked whether it is for them (access.may_listen_to).
    found = rows([post_id], viewer_id=None, unasked=True)
    if found:
        publish(f"post:{post_id}", "counts", found[0].counts.as_dict())


def _send_edited(post_id: UUID) -> None:
    # Who listens to a post was asked whether it is for them (access.may_listen_to).
    found = rows([post_id], viewer_id=None, unasked=True)
    if found:
        data = {"id": str(post_id), "revision": found[0].post.revision}
        publish(f"post:{post_id}", "edited", data, cards.neutral(found[0]))


def _send_votes(block_id: UUID) -> None:
    # Read after the commit, so the last event always tells the truth.
    post_id, votes = PostBlock.objects.filter(pk=block_id).values_list("post", "votes").get()
    publish(f"poll:{block_id}", "result", {"id": str(block_id), **result(votes)})
    publish(f"post:{post_id}", "block", {"id": str(block_id), "total": sum(votes)})


def _send_likes(post_id: UUID, comment_id: UUID) -> None:
    likes = Comment.objects.filter(pk=comment_id).values_list("like_count", flat=True).first()
    publish(f"post:{post_id}", "comment_liked", {"id": str(comment_id), "likes": likes or 0})


def _send_comment(comment_id: UUID) -> None:
    comment = with_people(comment_id)
    if not comment.author.is_active or comment.hidden_at:
        return  # brought back, while who wrote it is away, or laid aside at once
    view = comment_view(comment)
    data = {
        "id": str(comment.pk),
        "parent": str(comment.parent_id or ""),
        "root": str(comment.root_id or ""),
        "author": str(comment.author_id),
    }
    html = render_to_string("posts/_comment.html", {"view": view, "post_creator_id": comment.post.creator_id})
    publish(f"post:{comment.post_id}", "comment", data, html)
