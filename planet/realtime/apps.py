"""The realtime app."""

from uuid import UUID

from django.apps import AppConfig


def _own(user_id: UUID | None, key: str) -> bool:
    return user_id is not None and key == str(user_id)


def _anyone(_user_id: UUID | None, key: str) -> bool:
    return not key


class RealtimeConfig(AppConfig):
    """Registers `planet.realtime` with Django, and the two topics that belong to no hub."""

    name = "planet.realtime"
    label = "realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """`user:<id>` is a person's own channel; `everyone` is the whole planet's."""
        from planet.realtime import topics

        topics.register("user", authorize=_own)
        topics.register("everyone", authorize=_anyone)
