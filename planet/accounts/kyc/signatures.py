"""Signed messages between us and a hosted provider, either way.

`X-Timestamp` holds Unix seconds, `X-Signature` is `sha256=` and the hex HMAC-SHA256 of `<timestamp>.<raw body>`. The
time is inside what is signed, so an old message cannot be given a new date.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=5)


class BadSignature(Exception):
    """Not signed with our secret, or too old."""


def sign(body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """The headers that prove who sends `body`, and when."""
    timestamp = str(int(now.timestamp()))
    return {"X-Timestamp": timestamp, "X-Signature": f"sha256={_digest(timestamp, body, secret)}"}


def check(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> None:
    """Raise BadSignature unless `body` was signed with `secret` within five minutes of `now`."""
    timestamp, signature = headers.get("X-Timestamp", ""), headers.get("X-Signature", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature
    expected = f"sha256={_digest(timestamp, body, secret)}"
    # The signature first: a stranger learns nothing about our clock.
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadSignature
    if abs(int(timestamp) - now.timestamp()) > WINDOW.total_seconds():
        raise BadSignature


def _digest(timestamp: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
