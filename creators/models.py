"""Creators: a verified person's public side, and who follows it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User


class Creator(models.Model):
    """A creator profile; its key is its user's. Only a person with KYC approved gets one."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="creator")
    bio = models.CharField(_("bio"), max_length=400, blank=True)
    banner = models.CharField(max_length=64, blank=True, editable=False)  # a picture key of planet.web.images
    links = models.JSONField(default=list, blank=True)  # [{"label": str, "url": "https://…"}], at most 5
    languages = models.JSONField(default=list, blank=True)  # BCP 47 tags, at most 5
    topics = models.JSONField(default=list, blank=True)  # lower-case topic names without #, at most 8
    shows_tips = models.BooleanField(default=False, db_default=False)  # on each post, what it received
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    followers_count = models.PositiveIntegerField(default=0, editable=False)
    posts_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        # The most read first: suggestions, and names that many carry.
        indexes: ClassVar = [models.Index(fields=["-followers_count"], name="creator_most_followed")]

    def __str__(self) -> str:
        return f"{self.user.name} (@{self.user.handle})"

    def get_absolute_url(self) -> str:
        """The creator's homepage."""
        return self.user.get_absolute_url()


class Bell(models.Model):
    """A follower wants to hear of every new post; it goes with the follow."""

    follow = models.OneToOneField("Follow", on_delete=models.CASCADE, primary_key=True, related_name="bell")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="bells", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # The bells of a creator in the order of their keys, to be rung batch by batch.
        indexes: ClassVar = [models.Index(fields=["creator", "follow"], name="bell_of_creator")]


class Follow(models.Model):
    """`follower` reads `creator` in the Following feed."""

    id = models.BigAutoField(primary_key=True)
    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            # Serves the Following feed (a follower's creators) and "do I follow".
            models.UniqueConstraint(fields=["follower", "creator"], name="follow_unique"),
            models.CheckConstraint(condition=~models.Q(follower=models.F("creator")), name="follow_not_self"),
        ]
        indexes: ClassVar = [
            # Followers of a creator, newest first, and "which of these online people follow".
            models.Index(fields=["creator", "-id"], name="follow_of_creator"),
            models.Index(fields=["follower", "-id"], name="follow_of_follower"),
        ]
