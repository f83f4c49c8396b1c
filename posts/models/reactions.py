"""What readers do with a post at the press of a button."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from planet.accounts.models import User
from posts.models.post import Post


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
