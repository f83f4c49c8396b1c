"""The cashier app."""

from django.apps import AppConfig


class CashierConfig(AppConfig):
    """Registers `planet.cashier` with Django."""

    name = "planet.cashier"
    label = "cashier"
    default_auto_field = "django.db.models.BigAutoField"
