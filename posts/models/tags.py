"""What a post names: topics, assets, people."""

from typing import ClassVar
from urllib.parse import quote

from django.db import models
from django.utils import timezone

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
    followers_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "name"], name="tag_unique")]

    def __str__(self) -> str:
        return f"{'#' if self.kind == self.Kind.TOPIC else '$'}{self.name}"

    def get_absolute_url(self) -> str:
        """The page of the topic or asset."""
        return f"/{self.kind}/{quote(self.name)}/"


class PostTag(models.Model):
    """A tag in a post's text."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="post_tags")
    score = models.FloatField(default=0)  # the post's, as in PostScore; 0: it has none

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tag", "post"], name="post_tag_unique")]
        indexes: ClassVar = [
            # A topic's page, newest first.
            models.Index(fields=["tag", "-post"], name="post_tag_newest"),
            # The hottest posts of a topic.
            models.Index(fields=["tag", "-score", "-post"], condition=models.Q(score__gt=0), name="post_tag_hottest"),
        ]


class PostMention(models.Model):
    """A person mentioned in a post's text."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "user"], name="post_mention_unique")]


class TopicFollow(models.Model):
    """`follower` wants to read about a topic."""

    id = models.BigAutoField(primary_key=True)
    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="topic_follows")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Serves "do I follow" and a person's topics.
        constraints: ClassVar = [models.UniqueConstraint(fields=["follower", "tag"], name="topic_follow_unique")]
        # What a person follows, the newest first.
        indexes: ClassVar = [models.Index(fields=["follower", "-id"], name="topic_follow_newest")]
