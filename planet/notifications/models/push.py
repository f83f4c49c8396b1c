"""Browsers that want to be woken, and what is on its way to them."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from planet.accounts.models import User
from planet.notifications.models.inbox import Notification
from planet.web.ids import uuid7


class PushSubscription(models.Model):
    """A browser of a person, as its push service knows it (RFC 8030) and with the keys that only it can open.

    It is woken for as long as the session lives that it subscribed in: who has signed out, or was, is told nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=700, unique=True)
    p256dh = models.CharField(max_length=90)  # the browser's public key, base64url
    auth = models.CharField(max_length=30)  # its shared secret, base64url
    session_key = models.CharField(max_length=40, default="", db_default="")
    name = models.CharField(max_length=60)  # "Firefox on Android"
    created_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(null=True)  # when its push service last took a message

    def __str__(self) -> str:
        return self.name

    @property
    def ending(self) -> str:
        """By which the browser knows itself in the list."""
        return self.endpoint[-24:]


class PushDelivery(models.Model):
    """A notification on its way to a browser; the row goes once it was taken, or given up.

    Whoever delivers takes a lease by moving `due_at` on: a worker that dies leaves the row to the next one.
    """

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, related_name="+", db_index=False)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            # A group that grows while its message waits is one message.
            models.UniqueConstraint(fields=["subscription", "notification"], name="push_delivery_once")
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="push_delivery_due")]
