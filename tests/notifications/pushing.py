"""A browser and its push service, for tests; they speak the protocol (RFC 8030, 8188, 8291, 8292) from their side."""

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client
from django.urls import reverse

from planet.notifications.push.sealing import CURVE, decode, encode, point

CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


@dataclass(frozen=True)
class Message:
    """What arrived at an endpoint."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """A push service on this machine; what it answers next is `answers`, then 201."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class Browser:
    """A browser with keys that only it knows."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(CURVE)
        self._auth = b"sixteen secret b"
        self.p256dh = encode(point(self._private.public_key()))
        self.auth = encode(self._auth)

    def open(self, body: bytes) -> dict[str, Any]:
        """The message that was sealed for this browser. Raises InvalidTag for another's."""
        salt, (record, length) = body[:16], struct.unpack("!IB", body[16:21])
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= record
        sender = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
        info = b"WebPush: info\0" + point(self._private.public_key()) + theirs
        shared = self._private.exchange(ec.ECDH(), sender)
        material = HKDF(hashes.SHA256(), 32, salt=self._auth, info=info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt=salt, info=b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(hashes.SHA256(), 12, salt=salt, info=b"Content-Encoding: nonce\0").derive(material)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        opened: dict[str, Any] = json.loads(plain[:-1])
        return opened


def signed_by(authorization: str) -> tuple[dict[str, Any], str]:
    """The claims of a VAPID header, and the key they were signed with. Raises InvalidSignature."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    raw = decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(parts["k"]))
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(decode(signed.split(".")[1])), parts["k"]


@contextmanager
def push_service() -> Iterator[Service]:
    """A push service that runs as long as the block."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.messages.append(Message(self.path, dict(self.headers), body))
            status, headers = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(browser: Client, endpoint: str, **keys: str) -> Any:
    one = Browser()
    data = {"endpoint": endpoint, "p256dh": one.p256dh, "auth": one.auth, **keys}
    return browser.post(reverse("push_subscribe"), data, headers={"User-Agent": CHROME})
