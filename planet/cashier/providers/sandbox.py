"""Test funds: whoever wants some gets some, within a daily limit, and what is withdrawn goes nowhere.

Every page that shows such money says so (`{% test_money %}`), and none of it ever leaves through another provider
(`planet.cashier.actions.withdrawing.request`). A withdrawal to an address that ends in FAILS comes back, so that one
can see how that goes.
"""

from typing import Final
from uuid import UUID

from planet.cashier.providers.base import Answer, Payout, Progress

FAILS: Final = "dead"


class Sandbox:
    """A provider that remembers nothing: all that it says follows from what it is asked."""

    name = "sandbox"

    def address(self, *, account: UUID, network: str) -> str:
        """None is needed: the page gives test funds itself."""
        return f"{network}:{account}"

    def send(self, payout: Payout) -> Answer:
        """It is on its way."""
        return Answer(f"sandbox-{payout.key}", Progress.PENDING)

    def find(self, payout: Payout) -> Answer | None:
        """It has arrived, or comes back."""
        if payout.address.lower().endswith(FAILS):
            return Answer(f"sandbox-{payout.key}", Progress.FAILED, reason="The sandbox returns what goes there.")
        return Answer(f"sandbox-{payout.key}", Progress.CONFIRMED, chain_id=f"test-{payout.key}")
