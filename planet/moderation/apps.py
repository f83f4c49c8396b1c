"""The moderation app."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Registers `planet.moderation` with Django."""

    name = "planet.moderation"
    label = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the operators' roles in step with the code, and the pictures that are evidence."""
        from planet.moderation import roles
        from planet.moderation.reports import queries
        from planet.web import images

        roles.keep_in_step()
        images.keep("avatar", queries.pictures_in_use)
        images.keep("banner", queries.pictures_in_use)
        images.keep("picture", queries.pictures_in_use)
        images.keep("private", queries.pictures_in_use)
