"""The inbox, what people want to hear of and how, and the ways to reach them outside of it."""

from planet.notifications.models.digests import Digest
from planet.notifications.models.inbox import ALWAYS_ON, SWITCHABLE, Kind, Notification, NotificationActor
from planet.notifications.models.preferences import Channel, Cycle, Preferences, Switch
from planet.notifications.models.push import PushDelivery, PushSubscription

__all__ = [
    "ALWAYS_ON",
    "SWITCHABLE",
    "Channel",
    "Cycle",
    "Digest",
    "Kind",
    "Notification",
    "NotificationActor",
    "Preferences",
    "PushDelivery",
    "PushSubscription",
    "Switch",
]
