"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers `planet.ledger` with Django."""

    name = "planet.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
