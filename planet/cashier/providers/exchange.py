"""The wallet service of the operator's exchange: signed calls to it, with the withdrawal's id as idempotency key.

`POST /addresses` answers where an account's deposits arrive, `POST /payouts` pays out once per key, and
`POST /payouts/find` says how far a key is. What it tells us by itself comes to the webhook
(`planet.cashier.webhooks`). `docs/wallet.md` has the whole interface; `simulator` speaks the other side.
"""

import json
import logging
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from planet.cashier.addresses import is_address
from planet.cashier.providers import signing
from planet.cashier.providers.base import Answer, Away, Payout, Progress
from planet.ledger.assets import written
from planet.web import services
from planet.web.text import clean_line

TIMEOUT_SECONDS: Final = 8
CIRCUIT: Final = services.Circuit("exchange-wallet-failures")

logger = logging.getLogger(__name__)


class Exchange:
    """A wallet service at an address, with which we share a secret."""

    name = "exchange"

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url.rstrip("/"), secret

    def address(self, *, account: UUID, network: str) -> str:
        """Where an account's deposits arrive. Raises Away."""
        _status, said = self._call("/addresses", {"account": str(account), "asset": "USDT", "network": network})
        found = str(said.get("address", ""))
        if not is_address(found, network):
            raise Away("no address")
        return found

    def send(self, payout: Payout) -> Answer:
        """Ask for it; asked for before, it says how far it is. Raises Away."""
        asked = {
            "key": str(payout.key), "asset": str(payout.asset), "amount": written(payout.units, payout.asset),
            "network": payout.network, "address": payout.address,
        }  # fmt: skip
        _status, said = self._call("/payouts", asked)
        return answer(said)

    def find(self, payout: Payout) -> Answer | None:
        """How far it is. Raises Away."""
        status, said = self._call("/payouts/find", {"key": str(payout.key)}, also=404)
        return None if status == 404 else answer(said)

    def _call(self, path: str, payload: dict[str, str], *, also: int = 200) -> tuple[int, dict[str, Any]]:
        """Status and JSON. After five failures in a row nobody is asked for a minute (the circuit is open)."""
        if CIRCUIT.is_open():
            raise Away("circuit open")
        url, body = self._url + path, json.dumps(payload).encode()
        headers = signing.sign("POST", urlsplit(url).path, body, secret=self._secret, now=timezone.now())
        try:
            found = services.ask(url, body, headers, timeout=TIMEOUT_SECONDS, also=also)
        except services.FAILURES as error:
            logger.warning("exchange wallet: %s failed: %s", path, error)
            # Of a service that says no to one address it is no sign that it is ill.
            if not isinstance(error, services.Declined):
                CIRCUIT.failed()
            raise Away(str(error)) from None
        CIRCUIT.worked()
        return found


def answer(said: dict[str, Any]) -> Answer:
    """What the service says of a payout, in an answer or in an event. Raises Away for what it should not say."""
    try:
        return Answer(
            reference=clean_line(str(said["id"]))[:80],
            progress=Progress(said["state"]),
            chain_id=clean_line(str(said.get("transaction") or ""))[:120],
            reason=clean_line(str(said.get("reason") or ""))[:500],
        )
    except (KeyError, ValueError, ValidationError):
        raise Away("not understood") from None
