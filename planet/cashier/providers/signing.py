"""Signed calls between Planet and an exchange's wallet service, either way.

`X-Timestamp` is Unix seconds, `X-Nonce` 32 random hex digits, `X-Signature` is `sha256=` and the hex HMAC-SHA256 of
`<timestamp>.<nonce>.<METHOD>.<path>.<raw body>`. So an old call cannot be given a new date, sent to another place or
obeyed twice: whoever receives it keeps the nonce for as long as the time in it is accepted.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=5)
_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


class BadSignature(Exception):
    """Not signed with our secret, for another place, or too old."""


def sign(method: str, path: str, body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """The headers that prove who calls, what for and when."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    signature = _digest([timestamp, nonce, method, path], body, secret)
    return {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": f"sha256={signature}"}


def check(headers: Mapping[str, str], method: str, path: str, body: bytes, *, secret: str, now: datetime) -> str:
    """The nonce of a call that was signed with `secret` within five minutes of `now`. Raises BadSignature."""
    timestamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
    if not (secret and _SECONDS.fullmatch(timestamp) and _NONCE.fullmatch(nonce)):
        raise BadSignature
    expected = f"sha256={_digest([timestamp, nonce, method, path], body, secret)}"
    # The signature first: a stranger learns nothing about our clock.
    if not hmac.compare_digest(expected.encode(), headers.get("X-Signature", "").encode()):
        raise BadSignature
    if abs(int(timestamp) - now.timestamp()) > WINDOW.total_seconds():
        raise BadSignature
    return nonce


def _digest(parts: Sequence[str], body: bytes, secret: str) -> str:
    said = b".".join([*(part.encode() for part in parts), body])
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
