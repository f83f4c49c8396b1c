"""Posts and what people do with them."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from creators.models import Creator
from planet.accounts.models import User
from planet.web.ids import uuid7


class Post(models.Model):
    """A published post. A repost has `repost_of` and no text; a quote has `quote_of` and text.

    `counts` change with the rows they count, in one transaction. `revision` grows with every edit and names the
    cached card. `client_id` is made by the browser, so that a retry publishes once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="posts")
    client_id = models.UUIDField()
    text = models.CharField(max_length=2000, blank=True)
    repost_of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="reposts")
    quote_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="quotes")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    like_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    repost_count = models.PositiveIntegerField(default=0)  # reposts and quotes
    bookmark_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["creator", "client_id"], name="post_client_id_unique"),
            models.UniqueConstraint(
                fields=["creator", "repost_of"], condition=models.Q(deleted_at=None), name="post_repost_once"
            ),
        ]
        indexes: ClassVar = [
            # A creator's page, and the newest posts of each followed creator; without a look at the table.
            models.Index(
                fields=["creator", "-id"],
                include=["repost_of"],
                condition=models.Q(deleted_at=None),
                name="post_of_creator",
            ),
            # Everyone's newest, and the newest of many followed creators; without a look at the table.
            models.Index(
                fields=["-id"],
                include=["creator", "repost_of"],
                condition=models.Q(deleted_at=None),
                name="post_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text[:60] or self.pk}"

    def get_absolute_url(self) -> str:
        """The post's page."""
        return f"/p/{self.id}/"


class PostPicture(models.Model):
    """A picture of a post, 0 to 3."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)  # a picture key of planet.web.images
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "position"], name="post_picture_position")]


class PostRevision(models.Model):
    """The text a post had before an edit."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    text = models.CharField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)  # when that text was published

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "revision"], name="post_revision_unique")]


class Tag(models.Model):
    """A #topic (kind `topic`, lower case) or $cashtag (kind `asset`, upper case)."""

    class Kind(models.TextChoices):
        TOPIC = "topic"
        ASSET = "asset"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=5, choices=Kind)
    name = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "name"], name="tag_unique")]


class PostTag(models.Model):
    """A tag in a post's text."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="post_tags")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tag", "post"], name="post_tag_unique")]
        # A topic's page, newest first.
        indexes: ClassVar = [models.Index(fields=["tag", "-post"], name="post_tag_newest")]


class PostMention(models.Model):
    """A person mentioned in a post's text."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "user"], name="post_mention_unique")]


class Like(models.Model):
    """A reader likes a post."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "post"], name="like_unique")]
        indexes: ClassVar = [models.Index(fields=["post", "-id"], name="like_of_post")]


class Bookmark(models.Model):
    """A reader keeps a post."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bookmarks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "post"], name="bookmark_unique")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="bookmark_of_user"),
            models.Index(fields=["post"], name="bookmark_of_post"),
        ]


class Comment(models.Model):
    """A comment on a post, or a reply to a comment: a tree of any depth, shown two levels deep.

    `root` is the top-level comment of the thread (None: this is one), `parent` the comment that it answers.
    `reply_count` of a top-level comment counts what lives below it; of any other comment it stays 0.
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

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["author", "client_id"], name="comment_client_id_unique"),
        ]
        indexes: ClassVar = [
            # The post's page: top-level comments newest first; and a thread's replies in order.
            models.Index(fields=["post", "-id"], condition=models.Q(root=None), name="comment_of_post"),
            models.Index(fields=["root", "id"], name="comment_of_thread"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """The post's page, opened at this comment."""
        return f"/p/{self.post_id}/comments/{self.pk}/#comment-{self.pk}"


class CommentMention(models.Model):
    """A person mentioned in a comment's text."""

    id = models.BigAutoField(primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["comment", "user"], name="comment_mention_unique")]
