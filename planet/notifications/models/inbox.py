"""The inbox."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
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
    POST = "post", _("New posts of creators whose bell you rang")
    TIP = "tip", _("Tips")
    KYC = "kyc", _("Identity check")
    SYSTEM = "system", _("From Planet")


ALWAYS_ON = (Kind.KYC, Kind.SYSTEM)
SWITCHABLE = tuple(kind for kind in Kind if kind not in ALWAYS_ON)


class Notification(models.Model):
    """One row of the inbox. What is unread, not closed and shares a `group_key` is one row.

    A row is closed when the window of its kind is over (see planet.notifications.grouping): what comes later begins a
    new one. A `filtered` row is what its recipient's filters put aside: it stands in a tab of its own and is not in
    the badge; it never shares a row with what was let through.

    `actor_count` counts the rows of NotificationActor, and `newest_actors` repeats up to three of them, the latest
    first, so that a page of the inbox needs no look into a group of a hundred thousand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    group_key = models.CharField(max_length=80)
    actor_count = models.PositiveIntegerField(default=0)
    newest_actors = ArrayField(models.UUIDField(), default=list)
    url = models.CharField(max_length=200, blank=True)
    excerpt = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)  # grows with every change: an older broadcast never wins
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    closed = models.BooleanField(default=False, db_default=False)
    filtered = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            # Groups what is unread: whoever comes first makes the row, everybody after joins it.
            models.UniqueConstraint(
                fields=["recipient", "group_key", "filtered"],
                condition=models.Q(read_at=None, closed=False),
                name="notification_open_group",
            ),
        ]
        indexes: ClassVar = [
            # Counts what is unread, by tab: an index-only scan of the recipient's unread rows.
            models.Index(
                fields=["recipient", "filtered", "kind"],
                condition=models.Q(read_at=None),
                name="notification_unread",
            ),
            # The inbox, newest first, keyset by (updated_at, id).
            models.Index(fields=["recipient", "-updated_at", "-id"], name="notification_inbox"),
            # The tab of mentions, in the same order.
            models.Index(
                fields=["recipient", "-updated_at", "-id"],
                condition=models.Q(kind="mention"),
                name="notification_mentions",
            ),
            # The tab of what filters put aside, in the same order.
            models.Index(
                fields=["recipient", "-updated_at", "-id"],
                condition=models.Q(filtered=True),
                name="notification_filtered",
            ),
            # What is old enough to forget.
            models.Index(fields=["read_at"], condition=~models.Q(read_at=None), name="notification_read"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.group_key}"


class NotificationActor(models.Model):
    """Somebody who did what a notification tells; once each."""

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="acted", db_index=False)
    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "actor"], name="notification_actor_unique"),
        ]
