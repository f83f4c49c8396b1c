"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registers `planet.notifications` with Django."""

    name = "planet.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
