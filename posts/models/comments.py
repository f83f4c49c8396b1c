"""What readers say below a post."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from planet.accounts.models import User
from planet.web.ids import uuid7
from posts.models.post import Post


class Comment(models.Model):
    """A comment on a post, or a reply to a comment: a tree of any depth, shown two levels deep.

    `root` is the top-level comment of the thread (None: this is one), `parent` the comment that it answers.
    `reply_count` of a top-level comment counts what lives below it; of any other comment it stays 0. `rank` is what
    "best" sorts by (posts.ranking.comment_rank), and changes with the counts that it is made of. The post's author may
    put one comment on top (`pinned_at`) and lay others aside (`hidden_at`): these are read behind "Hidden replies".
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    root = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="thread")
    client_id = models.UUIDField()
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    reply_count = models.PositiveIntegerField(default=0)
    like_count = models.PositiveIntegerField(default=0)
    rank = models.FloatField(default=0)
    pinned_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["author", "client_id"], name="comment_client_id_unique"),
            models.UniqueConstraint(
                fields=["post"], condition=models.Q(pinned_at__isnull=False), name="comment_pinned_once"
            ),
        ]
        indexes: ClassVar = [
            # The post's page: top-level comments newest first; and a thread's replies in order.
            models.Index(fields=["post", "-id"], condition=models.Q(root=None), name="comment_of_post"),
            models.Index(fields=["root", "id"], name="comment_of_thread"),
            # The same page, the best first.
            models.Index(fields=["post", "-rank", "-id"], condition=models.Q(root=None), name="comment_best_of_post"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """The post's page, opened at this comment."""
        return f"/p/{self.post_id}/comments/{self.pk}/#comment-{self.pk}"


class CommentLike(models.Model):
    """A reader likes a comment."""

    id = models.BigAutoField(primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "comment"], name="comment_like_unique")]


class CommentMention(models.Model):
    """A person mentioned in a comment's text."""

    id = models.BigAutoField(primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["comment", "user"], name="comment_mention_unique")]
