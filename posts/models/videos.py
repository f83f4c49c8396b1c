"""Videos of posts, from the first byte of the upload to what is shown."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.web import images, video
from planet.web.ids import uuid7
from planet.web.shelves import is_private
from posts import addresses
from posts.models.post import Post


class Video(models.Model):
    """A short video. It arrives in pieces, waits for the media worker, is encoded, and then hangs on one post.

    `key` and `poster` are names of planet.web.video and planet.web.images, empty until it is ready. `reason` says, in
    the owner's language, why it failed. `taken_at` is when a worker began with it.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Being uploaded")
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="videos")
    post = models.OneToOneField(Post, on_delete=models.CASCADE, null=True, blank=True, related_name="video")
    state = models.CharField(max_length=9, choices=State, default=State.RECEIVING)
    size = models.PositiveBigIntegerField()  # bytes of the upload
    received = models.PositiveBigIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)  # encoded
    reason = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=64, blank=True)
    poster = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField(default=0)
    alt = models.CharField(max_length=1000, blank=True)  # what it shows, in words
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            # How much somebody uploaded of late.
            models.Index(fields=["owner", "-created_at"], name="video_of_owner"),
            # What a worker has to do, and what nobody finished.
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=("receiving", "waiting")),
                name="video_unfinished",
            ),
            # Whether something stored is still shown.
            models.Index(fields=["poster"], condition=~models.Q(poster=""), name="video_poster"),
            models.Index(fields=["key"], condition=~models.Q(key=""), name="video_key"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"

    @property
    def width(self) -> int:
        """Of the largest rendition, in pixels."""
        return video.size(self.key)[0]

    @property
    def height(self) -> int:
        """Of the largest rendition, in pixels."""
        return video.size(self.key)[1]

    @property
    def at(self) -> str:
        """Where a view shows it to whom it is for; "" when it has addresses of its own."""
        is_asked = self.post is not None and (is_private(self.key) or self.post.is_restricted)
        return addresses.film(self.post.pk) if self.post and is_asked else ""

    @property
    def poster_at(self) -> str:
        """The same of its poster."""
        return f"{self.at}poster/" if self.at else ""

    @property
    def still(self) -> str:
        """The address of its poster, as large as a player shows it."""
        return images.url(self.poster, 960, self.poster_at)

    @property
    def playlist(self) -> str:
        """The address of the HLS master playlist."""
        return self._address(video.MASTER)

    @property
    def film(self) -> str:
        """The address of the largest rendition as one file."""
        return self._address(video.largest(self.key))

    def _address(self, name: str) -> str:
        return f"{self.at}{name}" if self.at else video.url(self.key, name)
