"""Who may see a notification: its recipient."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from planet.accounts.models import User
from planet.notifications.models import Notification


def get_notification(user: User, notification_id: UUID) -> Notification:
    """The person's own notification. Raises Http404 for anybody else's."""
    return get_object_or_404(Notification, pk=notification_id, recipient=user)
