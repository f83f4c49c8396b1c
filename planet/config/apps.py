"""The composition root as an app."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Binds shared tasks to our Celery application as soon as Django is up."""

    name = "planet.config"
    label = "config"

    def ready(self) -> None:
        """Make our Celery application the current one; connect what registers below with what stands above."""
        from planet.config import celery, failures, wiring  # noqa: F401

        wiring.connect()
