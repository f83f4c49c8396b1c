"""The moderation app."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Registers `planet.moderation` with Django."""

    name = "planet.moderation"
    label = "moderation"
    default_auto_field = "django.db.models.BigAutoField"
