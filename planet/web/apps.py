"""The web app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers `planet.web` with Django."""

    name = "planet.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
