"""What people want to hear of, on which ways, and when they want their peace."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.notifications.models.inbox import Kind


class Channel(models.TextChoices):
    """A way to reach somebody. What is off in the app is nowhere."""

    APP = "app", _("In the app")
    EMAIL = "email", _("By e-mail")
    PUSH = "push", _("Push")


# Where a person has said nothing: everything, but no device rings for every like.
OFF_BY_DEFAULT = frozenset({(Kind.LIKE.value, Channel.PUSH.value), (Kind.REPOST.value, Channel.PUSH.value)})


class Switch(models.Model):
    """What a person has said about a kind on a channel; without a row the default holds."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_switches", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.APP, db_default=Channel.APP.value)
    wanted = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="notification_switch_once")
        ]


class Cycle(models.TextChoices):
    """How often the unread part of an inbox is mailed."""

    NEVER = "never", _("Never")
    DAILY = "daily", _("Every morning")
    WEEKLY = "weekly", _("Every Monday morning")


class Preferences(models.Model):
    """How a person wants to be told; without a row nothing is filtered, nothing is mailed, and no hour is quiet.

    Quiet hours and the morning of the digest are in `time_zone`, an IANA name. They run from `quiet_from` up to
    `quiet_to`, past midnight where that is the smaller one; both or neither are set. `digest_at` is when the next
    digest is due, null while none is wanted.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="notification_preferences"
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest = models.CharField(max_length=6, choices=Cycle, default=Cycle.NEVER)
    digest_at = models.DateTimeField(null=True, blank=True)
    filter_strangers = models.BooleanField(default=False)  # whom I do not follow
    filter_new = models.BooleanField(default=False)  # accounts younger than planet.notifications.filters.NEW
    filter_faceless = models.BooleanField(default=False)  # without a picture
    filter_unverified = models.BooleanField(default=False)  # without an approved identity check

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="notification_quiet_both",
            ),
        ]
        # Whose digest is due.
        indexes: ClassVar = [
            models.Index(
                fields=["digest_at"], condition=models.Q(digest_at__isnull=False), name="notification_digest_due"
            )
        ]
