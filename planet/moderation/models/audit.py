"""The record of what operators did."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from planet.accounts.models import User
from planet.web.ids import uuid7


class AuditEntry(models.Model):
    """One act of an operator. Append-only: the database refuses to change or delete a row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)  # None: Planet itself
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    reason = models.TextField()
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            # Everything that was done to one object, newest first.
            models.Index(fields=["target_kind", "target_id", "-at"], name="audit_of_target"),
            models.Index(fields=["-at"], name="audit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_id}"
