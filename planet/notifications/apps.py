"""The notifications app."""

from uuid import UUID

from django.apps import AppConfig


def is_oneself(user_id: UUID | None, key: str) -> bool:
    """Whether the topic `user:<key>` is the person's own."""
    return user_id is not None and key == str(user_id)


class NotificationsConfig(AppConfig):
    """Registers `planet.notifications` with Django, each person's own topic, and what is told of identity checks."""

    name = "planet.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make `user:<id>` a topic; hear how identity checks end."""
        from planet.accounts.kyc import outcomes
        from planet.notifications import identity
        from planet.realtime import topics

        topics.register("user", authorize=is_oneself)
        outcomes.register(identity.told)
