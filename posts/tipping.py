"""Posts and comments can be tipped: whom it goes to, and what a post received."""

from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.accounts.models import User
from planet.tips.registry import Tippable
from posts.models import Comment, Post
from posts.reports import find_comment, find_post
from posts.text import excerpt

TITLE_LENGTH = 120


def _post_receiver(post: Post) -> User:
    return post.creator.user


def _post_title(post: Post) -> str:
    return excerpt(post.warning or post.text)[:TITLE_LENGTH] or _("A picture")


def _comment_receiver(comment: Comment) -> User:
    return comment.author


def _comment_title(comment: Comment) -> str:
    return excerpt(comment.text)[:TITLE_LENGTH]


def _url(thing: Post | Comment) -> str:
    return thing.get_absolute_url()


def count(post_id: UUID, units: int) -> None:
    """Add to what a post received: a column of its own, so that a feed shows it without another query."""
    Post.objects.filter(pk=post_id).update(tip_units=F("tip_units") + units)


POST = Tippable("post", gettext_lazy("Post"), find_post, _post_receiver, _post_title, _url, count)
COMMENT = Tippable("comment", gettext_lazy("Comment"), find_comment, _comment_receiver, _comment_title, _url)
