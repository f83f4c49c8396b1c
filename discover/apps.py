"""The discover app."""

from django.apps import AppConfig


class DiscoverConfig(AppConfig):
    """Registers `discover` with Django."""

    name = "discover"
    label = "discover"
    default_auto_field = "django.db.models.BigAutoField"
