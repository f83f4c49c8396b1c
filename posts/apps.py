"""The posts app."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """Registers `posts` with Django."""

    name = "posts"
    label = "posts"
    default_auto_field = "django.db.models.BigAutoField"
