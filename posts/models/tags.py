"""What a post names: topics, assets, people."""

from typing import ClassVar

from django.db import models

from planet.accounts.models import User
from posts.models.post import Post


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
