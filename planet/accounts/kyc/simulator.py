"""A small identity-check provider that really speaks the interface of `hosted`: for development and for tests.

`manage.py kyc_simulator` runs it. It keeps its checks in memory, shows a page where one plays the person and the
checker, and posts signed callbacks.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from planet.accounts.kyc import signatures
from planet.web import services

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Identity check (simulator)</title><h1>Identity check (simulator)</h1>
<form method="post"><p><label>Legal name <input name="legal_name" value="Satoshi Example" required></label>
<p><label>Country <input name="country" value="CH" maxlength="2" required></label>
<p><label>Document <select name="type"><option value="passport">Passport<option value="id_card">Identity card</select>
</label><p><label>Number <input name="number" value="X1234567" required></label>
<p><label>Reason, when rejected <input name="reason" value="The document could not be read."></label>
<p><button name="result" value="approved">Approve</button> <button name="result" value="rejected">Reject</button></form>
<p>Check {id}</p></html>"""


@dataclass
class Check:
    """A check somebody opened."""

    reference: str
    callback_url: str
    return_url: str


@dataclass
class Provider:
    """The state of the simulator: its secret and its checks."""

    secret: str
    checks: dict[str, Check] = field(default_factory=dict)

    def open(self, request: dict[str, str]) -> str:
        """Open a check; its id."""
        check_id = secrets.token_hex(8)
        self.checks[check_id] = Check(request["reference"], request["callback_url"], request["return_url"])
        return check_id

    def callback(self, check_id: str, *, result: str, reason: str, document: dict[str, str]) -> bytes:
        """The body of the event that tells the result."""
        event: dict[str, Any] = {
            "id": secrets.token_hex(12),
            "reference": self.checks[check_id].reference,
            "result": result,
            "reason": reason if result == "rejected" else "",
            "document": document,
        }
        return json.dumps(event).encode()

    def deliver(self, check_id: str, body: bytes) -> int:
        """Post the signed event to whoever opened the check; the status of the answer."""
        headers = signatures.sign(body, secret=self.secret, now=datetime.now(UTC))
        return services.post(self.checks[check_id].callback_url, body, headers, timeout=10)[0]


class Server(ThreadingHTTPServer):
    """The simulator as an HTTP server."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], secret: str) -> None:
        super().__init__(address, _Handler)
        self.provider = Provider(secret)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:  # the base class calls it so
        check_id = self.path.removeprefix("/check/")
        if check_id in self.server.provider.checks:
            self._answer(200, PAGE.replace("{id}", escape(check_id)).encode(), "text/html; charset=utf-8")
        else:
            self._answer(404, b"no such check", "text/plain")

    def do_POST(self) -> None:  # the base class calls it so
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/checks":
            self._open(body)
        else:
            self._decide(self.path.removeprefix("/check/"), body)

    def _open(self, body: bytes) -> None:
        provider = self.server.provider
        try:
            signatures.check(dict(self.headers), body, secret=provider.secret, now=datetime.now(UTC))
        except signatures.BadSignature:
            self._answer(401, b"{}", "application/json")
            return
        check_id = provider.open(json.loads(body))
        answer = {"id": check_id, "url": f"{self.server.url}/check/{check_id}"}
        self._answer(201, json.dumps(answer).encode(), "application/json")

    def _decide(self, check_id: str, body: bytes) -> None:
        provider = self.server.provider
        if check_id not in provider.checks:
            self._answer(404, b"no such check", "text/plain")
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        document = {name: form.get(name, "") for name in ("legal_name", "country", "type", "number")}
        event = provider.callback(check_id, result=form["result"], reason=form.get("reason", ""), document=document)
        status = provider.deliver(check_id, event)
        if status == 200:
            self.send_response(303)
            self.send_header("Location", provider.checks[check_id].return_url)
            self.end_headers()
        else:
            self._answer(502, f"the callback was answered with {status}".encode(), "text/plain")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
        """Keep quiet."""
