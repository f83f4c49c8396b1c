"""The groups app."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Registers `groups` with Django."""

    name = "groups"
    label = "groups"
    default_auto_field = "django.db.models.BigAutoField"
