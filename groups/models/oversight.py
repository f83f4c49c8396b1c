"""What was done in and to a group, by its helpers and by operators."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.groups import Group
from planet.accounts.models import User


class LogEntry(models.Model):
    """An action of a member, helper, bot or operator, for the list of recent actions. Append-only.

    `kind` is one of groups.log.KINDS; `data` holds what the sentence needs.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="log", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    target = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        # The log newest first, whole, of one kind, of one actor, about one person.
        indexes: ClassVar = [
            models.Index(fields=["group", "-id"], name="log_of_group"),
            models.Index(fields=["group", "kind", "-id"], name="log_of_kind"),
            models.Index(fields=["group", "actor", "-id"], name="log_of_actor"),
            models.Index(fields=["group", "target", "-id"], name="log_of_target"),
        ]


class OwnershipTransfer(models.Model):
    """The owner offers the group to a member, who accepts; one offer stands at a time."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="transfers", db_index=False)
    from_user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    to_user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # accepted, declined, withdrawn or too old

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group"], condition=models.Q(ended_at=None), name="transfer_one_standing"),
        ]


class SanctionLevel(models.TextChoices):
    """What operators do about a group, the mildest first; nothing is ever deleted."""

    WARN = "warn", _("Warning")
    LIMIT = "limit", _("Limited: not listed, nobody new")
    FREEZE = "freeze", _("Frozen: read-only")
    CLOSE = "close", _("Closed: only its owner and export")


class Sanction(models.Model):
    """An operator's measure against a group, with its appeal."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sanctions")
    level = models.CharField(max_length=6, choices=SanctionLevel)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    appeal = models.TextField(max_length=2000, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # Operators' queue of appeals.
        indexes: ClassVar = [
            models.Index(
                fields=["appealed_at"],
                condition=models.Q(appealed_at__isnull=False, decided_at=None),
                name="sanction_appeals",
            ),
        ]
