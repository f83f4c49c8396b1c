"""The wallet service of the operator's exchange: signed calls to it, with the withdrawal's id as idempotency key.

`POST /addresses` answers where an account's deposits arrive, `POST /payouts` pays out once per key, and
`POST /payouts/find` says how far a key is. What it tells us by itself comes to the webhook
(`planet.cashier.webhooks`). `docs/wallet.md` has the whole interface; `simulator` speaks the other side.
"""

import http.client
import json
import logging
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from planet.cashier.addresses import is_address
from planet.cashier.providers import signing
from planet.cashier.providers.base import Answer, Away, Payout, Progress
from planet.ledger.assets import written
from planet.web.text import clean_line

TIMEOUT_SECONDS: Final = 8
LARGEST_ANSWER: Final = 100_000
CIRCUIT: Final = "exchange-wallet-failures"
CIRCUIT_OPENS_AT: Final = 5
CIRCUIT_SECONDS: Final = 60
OK: Final = (200, 201)

logger = logging.getLogger(__name__)


class Exchange:
    """A wallet service at an address, with which we share a secret."""

    name = "exchange"

    def __init__(self, url: str, secret: str) -> None:
        self._base, self._secret = urlsplit(url), secret

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
        if cache.get(CIRCUIT, 0) >= CIRCUIT_OPENS_AT:
            raise Away("circuit open")
        try:
            found = self._send(path, json.dumps(payload).encode(), also)
        except (OSError, http.client.HTTPException, ValueError) as error:
            logger.warning("exchange wallet: %s failed: %s", path, error)
            cache.add(CIRCUIT, 0, CIRCUIT_SECONDS)
            cache.incr(CIRCUIT)
            raise Away(str(error)) from None
        cache.delete(CIRCUIT)
        return found

    def _send(self, path: str, body: bytes, also: int) -> tuple[int, dict[str, Any]]:
        connect = http.client.HTTPSConnection if self._base.scheme == "https" else http.client.HTTPConnection
        connection = connect(self._base.netloc, timeout=TIMEOUT_SECONDS)
        where = self._base.path.rstrip("/") + path
        headers = signing.sign("POST", where, body, secret=self._secret, now=timezone.now())
        try:
            connection.request("POST", where, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            said = response.read(LARGEST_ANSWER)
            if response.status not in {*OK, also}:
                raise ValueError(f"status {response.status}")
            decoded = json.loads(said)
            if not isinstance(decoded, dict):
                raise ValueError("not an object")
            return response.status, decoded
        finally:
            connection.close()


def answer(said: dict[str, Any]) -> Answer:
    """What the service says of a payout, in an answer or in an event. Raises Away for what it should not say."""
    try:
        return Answer(
            reference=clean_line(str(said["id"]))[:80],
            progress=Progress(said["state"]),
            chain_id=clean_line(str(said.get("transaction") or ""))[:120],
            reason=clean_line(str(said.get("reason") or ""))[:500],
        )
    except (KeyError, ValueError):
        raise Away("not understood") from None
