"""Polls in conversations."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from groups.models.messages import Message
from planet.accounts.models import User


class Poll(models.Model):
    """A question to a channel: the message's text asks it. `counts` mirrors the votes, an option each."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="poll_row")
    options = models.JSONField()  # two to ten texts
    is_multiple = models.BooleanField(default=False)
    counts = models.JSONField(default=list)
    voters = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)


class PollVote(models.Model):
    """A member chose an option; `option` is its place."""

    id = models.BigAutoField(primary_key=True)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    option = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            # What of these polls somebody chose, and counting.
            models.UniqueConstraint(fields=["poll", "user", "option"], name="poll_vote_once"),
        ]
