"""Posts, their pictures and their history."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from creators.models import Creator
from planet.ledger.fields import UnitsField
from planet.web import images
from planet.web.ids import uuid7
from planet.web.shelves import is_private
from posts import addresses


class Post(models.Model):
    """A published post. A repost has `repost_of` and no text; a quote has `quote_of` and text.

    An article has its words in `Article`; `text` is then its summary. The parts of a thread are posts of their own:
    the first is their `thread`, and `part` is their place in it (the first has 0, as every post that is in no thread).
    `counts` change with the rows they count, in one transaction. `revision` grows with every edit and names the
    cached card. `client_id` is made by the browser, so that a retry publishes once.
    """

    class Kind(models.TextChoices):
        SHORT = "short", _("Post")
        ARTICLE = "article", _("Article")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everyone")
        FOLLOWERS = "followers", _("Followers")

    class Replies(models.TextChoices):
        EVERYONE = "everyone", _("Everyone")
        FOLLOWERS = "followers", _("Your followers")
        MENTIONED = "mentioned", _("People you mention")
        NOBODY = "nobody", _("Nobody")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.SHORT)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="posts")
    client_id = models.UUIDField()
    text = models.CharField(max_length=2000, blank=True)
    repost_of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="reposts")
    quote_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="quotes")
    thread = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="parts", db_index=False
    )
    part = models.PositiveSmallIntegerField(default=0)
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.PUBLIC)
    warning = models.CharField(max_length=80, blank=True)  # what stands on the cover that hides the post until pressed
    language = models.CharField(max_length=10, blank=True)  # what it is written in; empty: not known
    is_promotion = models.BooleanField(default=False)  # the author is paid for it
    holds_assets = models.BooleanField(default=False)  # the author holds what it names
    replies = models.CharField(max_length=9, choices=Replies, default=Replies.EVERYONE)  # who may comment
    slow_seconds = models.PositiveIntegerField(default=0)  # between two comments of one person
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    like_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    repost_count = models.PositiveIntegerField(default=0)  # reposts and quotes
    bookmark_count = models.PositiveIntegerField(default=0)
    tip_units = UnitsField(default=0, db_default=0)  # of USDT; shown where the creator wants that (`shows_tips`)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["creator", "client_id"], name="post_client_id_unique"),
            models.UniqueConstraint(
                fields=["creator", "repost_of"], condition=models.Q(deleted_at=None), name="post_repost_once"
            ),
        ]
        indexes: ClassVar = [
            # A creator's page, and the newest posts of each followed creator; without a look at the table. Like every
            # feed, without the later parts of threads.
            models.Index(
                fields=["creator", "-id"],
                include=["repost_of", "audience"],
                condition=models.Q(deleted_at=None, part=0),
                name="post_in_feed_of_creator",
            ),
            # Everyone's newest, and the newest of many followed creators; without a look at the table.
            models.Index(
                fields=["-id"],
                include=["creator", "repost_of", "audience"],
                condition=models.Q(deleted_at=None, part=0),
                name="post_in_feed",
            ),
            # The parts of a thread, in order.
            models.Index(fields=["thread", "part"], condition=models.Q(thread__isnull=False), name="post_of_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.text[:60] or self.pk}"

    def get_absolute_url(self) -> str:
        """The post's page."""
        return f"/p/{self.id}/"

    @property
    def is_restricted(self) -> bool:
        """Whether it is for some only, so that what it shows must have no address of its own."""
        return self.audience != self.Audience.PUBLIC


class PostPicture(models.Model):
    """A picture of a post, 0 to 8."""

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

    @property
    def at(self) -> str:
        """Where a view shows it to whom it is for; "" when it has an address of its own."""
        is_asked = is_private(self.key) or self.post.is_restricted
        return addresses.picture(self.post_id, self.position) if is_asked else ""

    @property
    def large(self) -> str:
        """The address of its largest rendition."""
        return images.url(self.key, 1600, self.at)


class PostRevision(models.Model):
    """The text a post had before an edit."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    text = models.CharField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)  # when that text was published

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "revision"], name="post_revision_unique")]
