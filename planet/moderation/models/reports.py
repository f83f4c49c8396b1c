"""What people reported, why, and the evidence of that moment."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.web.ids import uuid7


class Reason(models.TextChoices):
    """Why somebody reports something."""

    SPAM = "spam", _("Spam")
    FRAUD = "fraud", _("Scam or fraud")
    IMPERSONATION = "impersonation", _("Impersonation")
    HARASSMENT = "harassment", _("Harassment")
    HATE = "hate", _("Hate")
    SEXUAL = "sexual", _("Sexual content")
    VIOLENCE = "violence", _("Violence")
    ILLEGAL = "illegal", _("Illegal goods or acts")
    MANIPULATION = "manipulation", _("Market manipulation")
    UNDISCLOSED = "undisclosed", _("Undisclosed promotion")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    """How a report ended, or that it has not."""

    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class Reported(models.Model):
    """Something that was reported: one row of the operators' queue, however many people reported it.

    `kind` and `object_id` name the thing (see planet.moderation.reports.registry); `title` and `url` are how it was
    called, and where it stood, when it was last reported. `open_reports` and `reasons` count what is not decided yet,
    and change only while this row is locked. A report after a decision opens the row again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    object_id = models.UUIDField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True, verbose_name=_("owner"))
    title = models.CharField(_("title"), max_length=200)
    url = models.CharField(max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.OPEN)
    open_reports = models.PositiveIntegerField(_("open reports"), default=0)
    all_reports = models.PositiveIntegerField(_("reports in all"), default=0)
    reasons = models.JSONField(default=dict)  # {reason: how many open reports give it}
    first_at = models.DateTimeField(_("first reported"), default=timezone.now)
    newest_at = models.DateTimeField(_("last reported"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "object_id"], name="reported_once")]
        # The queue: what is open, what was reported last first.
        indexes: ClassVar = [models.Index(fields=["state", "-newest_at", "-id"], name="reported_queue")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"


class Snapshot(models.Model):
    """What a reported thing said and looked like at a moment. Append-only: the database refuses to change a row.

    Who reports the same thing in the same state shares a snapshot. `pictures` are keys of planet.web.images, which
    keeps the files for as long as a snapshot names them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reported = models.ForeignKey(Reported, on_delete=models.PROTECT, related_name="snapshots", db_index=False)
    taken_at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64)  # SHA-256 of what follows
    content = models.JSONField()
    pictures = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["reported", "digest"], name="snapshot_once")]
        # Which of some pictures a snapshot shows: the nightly sweep must not take them.
        indexes: ClassVar = [GinIndex(fields=["pictures"], name="snapshot_pictures")]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.taken_at:%Y-%m-%d %H:%M}"


class MovedPicture(models.Model):
    """Where a picture of snapshots lies now, `key` being what they call it: they cannot be changed, and files move."""

    key = models.CharField(primary_key=True, max_length=64)
    now_at = models.CharField(max_length=64, db_index=True)

    def __str__(self) -> str:
        return f"{self.key} → {self.now_at}"


class Report(models.Model):
    """One person's report; at most one open one a person and thing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reported = models.ForeignKey(Reported, on_delete=models.PROTECT, related_name="reports", db_index=False)
    reporter = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False)
    reason = models.CharField(max_length=15, choices=Reason)
    note = models.CharField(max_length=1000, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reported", "reporter"], condition=models.Q(state="open"), name="report_open_once"
            ),
        ]
        indexes: ClassVar = [
            # All reports of a thing, the newest first, as its page in the queue shows them.
            models.Index(fields=["reported", "-id"], name="report_of_thing"),
            # What a person has reported, the newest first.
            models.Index(fields=["reporter", "-id"], name="report_of_person"),
        ]
