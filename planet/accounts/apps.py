"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers `planet.accounts` with Django."""

    name = "planet.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
