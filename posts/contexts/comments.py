"""Comments as templates show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import SafeString

from posts.models import Comment
from posts.queries.comments import Thread, handles
from posts.text import render


@dataclass(frozen=True)
class CommentView:
    """A comment with its text as HTML, whom it answers below the second level, and its replies."""

    comment: Comment
    html: SafeString
    answers: str = ""
    replies: Sequence["CommentView"] = ()
    more: str | None = None
    starts_late: bool = False

    @property
    def hidden_replies(self) -> int:
        """About how many replies are not shown yet."""
        return max(1, self.comment.reply_count - len(self.replies))

    @property
    def thread_id(self) -> UUID:
        """The top-level comment's id."""
        return self.comment.root_id or self.comment.pk


def comment_view(comment: Comment) -> CommentView:
    """One comment alone."""
    parent = comment.parent
    # On the second level it is plain whom a reply answers; deeper ones are flattened and say so.
    answers = parent.author.handle if parent and parent.root_id else ""
    return CommentView(comment, render(comment.text, people=set(handles(comment))), answers)


def thread_view(thread: Thread) -> CommentView:
    """A top-level comment with its replies."""
    top = comment_view(thread.comment)
    replies = [comment_view(reply) for reply in thread.replies]
    return CommentView(top.comment, top.html, "", replies, thread.more, thread.starts_late)
