"""The inbox."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.web.ids import uuid7


class Kind(models.TextChoices):
    """What a notification is about; each can be switched off, except `system` and `kyc`."""

    FOLLOW = "follow", _("New followers")
    LIKE = "like", _("Likes")
    COMMENT = "comment", _("Comments and replies")
    MENTION = "mention", _("Mentions")
    REPOST = "repost", _("Reposts and quotes")
    KYC = "kyc", _("Identity check")
    SYSTEM = "system", _("From Planet")


class Notification(models.Model):
    """One row of the inbox. What is unread and shares a `group_key` is one row; `actor_count` counts its actors."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind)
    group_key = models.CharField(max_length=80)
    actors: Any = models.ManyToManyField(User, through="NotificationActor", related_name="+")
    actor_count = models.PositiveIntegerField(default=0)
    url = models.CharField(max_length=200, blank=True)
    excerpt = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "group_key"], condition=models.Q(read_at=None), name="notification_unread_group"
            ),
        ]
        indexes: ClassVar = [
            # The inbox, newest first, keyset by (updated_at, id).
            models.Index(fields=["recipient", "-updated_at", "-id"], name="notification_inbox"),
        ]


class NotificationActor(models.Model):
    """Somebody who did what a notification tells; once each."""

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="acted")
    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "actor"], name="notification_actor_unique"),
        ]


class Switch(models.Model):
    """A kind that a person has switched off."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_switches")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="notification_switch_unique")]
