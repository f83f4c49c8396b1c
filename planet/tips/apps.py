"""The tips app."""

from django.apps import AppConfig


class TipsConfig(AppConfig):
    """Registers `planet.tips` with Django."""

    name = "planet.tips"
    label = "tips"
    default_auto_field = "django.db.models.BigAutoField"
