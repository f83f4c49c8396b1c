"""Comments as templates show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.safestring import SafeString

from planet.accounts.models import TrustLevel
from posts.models import Comment
from posts.queries.comments import Thread, handles, liked_among
from posts.text import Kind, render, tokenise


@dataclass(frozen=True)
class CommentView:
    """A comment with its text as HTML, whom it answers below the second level, and its replies."""

    comment: Comment
    html: SafeString
    answers: str = ""
    replies: Sequence["CommentView"] = ()
    more: str | None = None
    starts_late: bool = False
    liked: bool = False

    @property
    def hidden_replies(self) -> int:
        """About how many replies are not shown yet."""
        return max(1, self.comment.reply_count - len(self.replies))

    @property
    def is_low(self) -> bool:
        """A link from a new account to which nobody has said anything: shown when asked for."""
        comment = self.comment
        is_new = comment.author.trust_level == TrustLevel.NEW and not (comment.like_count or comment.reply_count)
        return is_new and any(token.kind is Kind.LINK for token in tokenise(comment.text))

    @property
    def thread_id(self) -> UUID:
        """The top-level comment's id."""
        return self.comment.root_id or self.comment.pk


def comment_view(comment: Comment, *, liked: Collection[UUID] = ()) -> CommentView:
    """One comment alone; `liked` are those that the viewer likes."""
    parent = comment.parent
    # On the second level it is plain whom a reply answers; deeper ones are flattened and say so.
    answers = parent.author.handle if parent and parent.root_id else ""
    html = render(comment.text, people=set(handles(comment)))
    return CommentView(comment, html, answers, liked=comment.pk in liked)


def thread_views(threads: Sequence[Thread], *, viewer_id: UUID | None) -> list[CommentView]:
    """Top-level comments with their replies, and what the viewer likes of them, in one query."""
    ids = {comment.pk for thread in threads for comment in (thread.comment, *thread.replies)}
    liked = liked_among(viewer_id=viewer_id, ids=ids)
    return [_thread_view(thread, liked) for thread in threads]


def _thread_view(thread: Thread, liked: Collection[UUID]) -> CommentView:
    top = comment_view(thread.comment, liked=liked)
    replies = [comment_view(reply, liked=liked) for reply in thread.replies]
    return replace(top, replies=replies, more=thread.more, starts_late=thread.starts_late)
