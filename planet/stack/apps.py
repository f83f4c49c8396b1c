"""The stack app."""

from django.apps import AppConfig


class StackConfig(AppConfig):
    """Registers `planet.stack` with Django."""

    name = "planet.stack"
    label = "stack"
    default_auto_field = "django.db.models.BigAutoField"
