"""The creators app."""

from django.apps import AppConfig


class CreatorsConfig(AppConfig):
    """Registers `creators` with Django."""

    name = "creators"
    label = "creators"
    default_auto_field = "django.db.models.BigAutoField"
