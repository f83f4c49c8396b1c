"""What a reader says about their feeds: lists of people, and what they do not want to see more of."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from creators.models import Creator
from planet.accounts.models import User
from planet.web.ids import uuid7
from posts.models.post import Post
from posts.models.tags import Tag


class List(models.Model):
    """People whom `owner` reads together. Nobody else knows of it, nor who is on it.

    A list that is pinned is a tab of the owner's home page; `User.pinned_feeds` says so, too, so that the page needs
    no query for its tabs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lists", db_index=False)
    name = models.CharField(max_length=40)
    pinned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # A person's lists, the newest first.
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="list_of_owner")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The list's feed."""
        return f"/lists/{self.pk}/"


class ListMember(models.Model):
    """Somebody on a list."""

    id = models.BigAutoField(primary_key=True)
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="members", db_index=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Serves who is on a list, and whether somebody is.
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "creator"], name="list_member_unique")]
        # On whose lists a creator is: the audience of what they publish.
        indexes: ClassVar = [models.Index(fields=["creator", "list"], name="list_member_of_creator")]


class NotInterested(models.Model):
    """`user` does not want to be shown a post, or more of an author or a topic, unless they ask for it."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    author = models.ForeignKey(Creator, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    topic = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            # Each serves the feed's question what of its kind to leave out.
            models.UniqueConstraint(
                fields=["user", "post"], condition=models.Q(post__isnull=False), name="not_interested_post"
            ),
            models.UniqueConstraint(
                fields=["user", "author"], condition=models.Q(author__isnull=False), name="not_interested_author"
            ),
            models.UniqueConstraint(
                fields=["user", "topic"], condition=models.Q(topic__isnull=False), name="not_interested_topic"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(post__isnull=False, author=None, topic=None)
                    | models.Q(post=None, author__isnull=False, topic=None)
                    | models.Q(post=None, author=None, topic__isnull=False)
                ),
                name="not_interested_in_one_thing",
            ),
        ]
