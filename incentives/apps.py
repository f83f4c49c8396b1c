"""The incentives app."""

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    """Registers `incentives` with Django."""

    name = "incentives"
    label = "incentives"
    default_auto_field = "django.db.models.BigAutoField"
