"""The markets app."""

from django.apps import AppConfig


class MarketsConfig(AppConfig):
    """Registers `planet.markets` with Django, and `market:<SYMBOL>` as a topic that everybody may hear."""

    name = "planet.markets"
    label = "markets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may listen to prices."""
        from planet.markets import access
        from planet.realtime import topics

        topics.register("market", authorize=access.may_listen)
