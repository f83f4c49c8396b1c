"""The ways into a group."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.groups import Group
from planet.accounts.models import User
from planet.web.ids import uuid7


class Question(models.Model):
    """What somebody who asks to come in is asked; at most five a group."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(_("question"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)


class RequestState(models.TextChoices):
    """What became of a request."""

    PENDING = "pending", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class JoinRequest(models.Model):
    """Somebody asks to come in. `answers` copies the questions: [{"question": str, "answer": str}]."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="requests", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey("groups.InviteLink", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answers = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)  # told to the person when declined

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(state="pending"), name="join_request_one_pending"
            ),
        ]
        # The queue, oldest first.
        indexes: ClassVar = [
            models.Index(fields=["group", "id"], condition=models.Q(state="pending"), name="join_request_queue"),
        ]


class InviteLink(models.Model):
    """A named link into a group; at most 32 that stand. `uses` never passes `max_uses` (the database sees to it)."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(_("name"), max_length=40, blank=True)
    token = models.CharField(max_length=40, unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    needs_approval = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(max_uses=None) | models.Q(uses__lte=models.F("max_uses")), name="link_uses_capped"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.token[:8]


class InviteUse(models.Model):
    """Somebody came in by a link: its statistics."""

    id = models.BigAutoField(primary_key=True)
    link = models.ForeignKey(InviteLink, on_delete=models.CASCADE, related_name="joined")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
