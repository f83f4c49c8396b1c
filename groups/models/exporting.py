"""A group as files, for its owner."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.groups import Group
from planet.accounts.models import User
from planet.web.ids import uuid7


class ExportState(models.TextChoices):
    """Where an export is."""

    WAITING = "waiting", _("Waiting")
    MAKING = "making", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    ERASED = "erased", _("Erased")


class Export(models.Model):
    """Everything of a group in one archive, asked for by its owner.

    `attempt` and `seen_at` are whose it is: a worker signs again and again while it writes, and one that is silent has
    lost the export to whoever comes next, which counts the attempt up. `written` is how many lines there are so far.
    `key` names the file in the storage, below private/; it is empty before and after. Rows stay: who took what, when.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="exports", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=ExportState, default=ExportState.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    attempt = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)
    written = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # downloaded for the first time
    key = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    left_out = models.PositiveIntegerField(default=0)  # files that are gone, or did not fit

    class Meta:
        constraints: ClassVar = [
            # Asking again while one is made is asking for the same.
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(state__in=[ExportState.WAITING, ExportState.MAKING]),
                name="export_one_a_group",
            ),
        ]
        indexes: ClassVar = [
            # A group's exports, newest first.
            models.Index(fields=["group", "-id"], name="export_of_group"),
            # What waits for a worker, and what is to be erased: both are few.
            models.Index(
                fields=["asked_at"],
                condition=models.Q(state__in=[ExportState.WAITING, ExportState.MAKING]),
                name="export_waiting",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(state=ExportState.READY), name="export_standing"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state == ExportState.READY

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in (ExportState.WAITING, ExportState.MAKING)
