"""Whoever carries money in and out: a sandbox, or the wallet service of the operator's exchange."""

from django.conf import settings

from planet.cashier.providers.base import Answer, Away, Payout, Progress, Provider
from planet.cashier.providers.exchange import Exchange
from planet.cashier.providers.sandbox import Sandbox
from planet.ledger.assets import is_test_money

__all__ = ["Answer", "Away", "Payout", "Progress", "Provider", "chosen"]


def chosen() -> Provider:
    """The provider that the settings name."""
    if is_test_money():
        return Sandbox()
    return Exchange(settings.EXCHANGE_WALLET_URL or "", settings.EXCHANGE_WALLET_SECRET or "")
