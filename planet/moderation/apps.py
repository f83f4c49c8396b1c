"""The moderation app."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Registers `planet.moderation` with Django."""

    name = "planet.moderation"
    label = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the operators' roles in step with the code."""
        from planet.moderation import roles

        roles.keep_in_step()
