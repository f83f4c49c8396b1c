"""What is not published yet: a draft, or one that will publish itself."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from creators.models import Creator


class Draft(models.Model):
    """A post while it is being written.

    `content` is the composer's form as it was sent: name of a field → its values. `id` is the client id with which it
    is published, so that however often that is tried, one post comes of it; the draft goes in the same transaction.
    `version` grows with each save, and `writer` is the tab that saved last: who saves from an older version, and is
    not that tab, has diverged.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")

    class Problem(models.TextChoices):
        """Why a scheduled post did not go out."""

        SUSPENDED = "suspended", _("Your account is suspended.")
        NOT_VERIFIED = "unverified", _("Your identity check no longer stands. Do it again, then schedule this anew.")
        QUOTE_GONE = "quote", _("The post that you quote was removed.")
        ALREADY = "already", _("This was already published, without your last changes.")
        INVALID = "invalid", _("Something in it cannot be published.")
        FAILED = "failed", _("Something went wrong on our side, several times.")

    id = models.UUIDField(primary_key=True, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    content = models.JSONField(default=dict)
    pictures = ArrayField(models.CharField(max_length=64), default=list)  # every key that stands in `content`
    version = models.PositiveIntegerField(default=1)
    writer = models.CharField(max_length=36, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    publish_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)  # the one in which `publish_at` was chosen
    attempts = models.PositiveSmallIntegerField(default=0)  # that failed for no fault of the draft
    problem = models.CharField(max_length=10, choices=Problem, blank=True)
    problem_text = models.CharField(max_length=300, blank=True)  # what exactly cannot be published
    deleted_at = models.DateTimeField(null=True, blank=True)  # kept for a day, so that it can be undone

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="draft", publish_at=None)
                | models.Q(state="scheduled", publish_at__isnull=False, deleted_at=None),
                name="draft_scheduled_has_a_time",
            ),
        ]
        indexes: ClassVar = [
            # The draft box, what was saved last on top.
            models.Index(fields=["creator", "-saved_at"], name="draft_box"),
            # What is due.
            models.Index(fields=["publish_at"], condition=models.Q(state="scheduled"), name="draft_due"),
            # What was thrown away long enough ago.
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="draft_deleted"),
            # Which pictures the sweep must keep.
            GinIndex(fields=["pictures"], name="draft_pictures"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"

    def get_absolute_url(self) -> str:
        """Where it is written on."""
        return f"/drafts/{self.id}/"

    def first(self, name: str) -> str:
        """The first value of a field of the form; "" when it has none."""
        values = self.content.get(name) or [""]
        return str(values[0])

    @property
    def is_scheduled(self) -> bool:
        """Whether it will publish itself."""
        return self.state == self.State.SCHEDULED

    @property
    def reason(self) -> str:
        """Why it did not go out, in words; "" when it was never tried or went well."""
        said = str(self.Problem(self.problem).label) if self.problem else ""
        return f"{said} {self.problem_text}".strip()
