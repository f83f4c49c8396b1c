"""The realtime app."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """Registers `planet.realtime` with Django."""

    name = "planet.realtime"
    label = "realtime"
    default_auto_field = "django.db.models.BigAutoField"
