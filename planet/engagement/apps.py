"""The engagement app."""

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    """Registers `planet.engagement` with Django."""

    name = "planet.engagement"
    label = "engagement"
    default_auto_field = "django.db.models.BigAutoField"
