"""A small wallet service that really speaks the interface of `exchange`: for development and for tests.

`manage.py exchange_simulator` runs it. It keeps its payouts in memory, pays each key once, and posts signed events.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from planet.cashier.providers import signing
from planet.web import services


@dataclass
class Service:
    """What the service knows: its secret, its payouts by key, and the nonces it has heard."""

    secret: str
    payouts: dict[str, dict[str, str]] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)

    def pay(self, asked: dict[str, str]) -> dict[str, str]:
        """Pay out, once a key."""
        made = {"id": f"payout-{len(self.payouts) + 1}", "state": "pending", "transaction": "", "reason": "", **asked}
        return self.payouts.setdefault(asked["key"], made)

    def finish(self, key: str, state: str, reason: str = "") -> dict[str, str]:
        """A payout arrives, or comes back; the event that tells of it."""
        payout = self.payouts[key]
        payout.update(state=state, reason=reason, transaction=f"0x{payout['id']}" if state == "confirmed" else "")
        return {"type": "payout", **payout}

    def deliver(self, url: str, event: dict[str, Any]) -> int:
        """Post a signed event to Planet; the status of its answer."""
        body = json.dumps(event).encode()
        headers = signing.sign("POST", urlsplit(url).path, body, secret=self.secret, now=datetime.now(UTC))
        return services.post(url, body, headers, timeout=10)[0]


class Server(ThreadingHTTPServer):
    """The simulator as an HTTP server."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], secret: str) -> None:
        super().__init__(address, _Handler)
        self.service = Service(secret)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:  # the base class calls it so
        service = self.server.service
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            now = datetime.now(UTC)
            nonce = signing.check(dict(self.headers), "POST", self.path, body, secret=service.secret, now=now)
        except signing.BadSignature:
            return self._answer(401, {})
        if nonce in service.heard:
            return self._answer(409, {})
        service.heard.add(nonce)
        asked = json.loads(body)
        if self.path == "/addresses":
            # An address of its own for each account, all in lower case: without a checksum.
            return self._answer(200, {"address": f"0x{asked['account'].replace('-', '')}00000000"})
        if self.path == "/payouts":
            return self._answer(201, service.pay(asked))
        found = service.payouts.get(asked.get("key", ""))
        return self._answer(200, found) if found else self._answer(404, {})

    def _answer(self, status: int, said: dict[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
        """Keep quiet."""
