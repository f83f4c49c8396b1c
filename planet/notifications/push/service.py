"""Push services: where a browser may be reached, and what they answer.

An endpoint is an address that a browser sent us, and that our servers then call: so only the services of the makers of
browsers are called, or what the settings name, and no redirect is followed.
"""

import http.client
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from planet.notifications.push import vapid

TIMEOUT_SECONDS: Final = 10
LIVES_SECONDS: Final = 24 * 3600  # how long a service keeps a message for a browser that is off
LONGEST_WAIT: Final = 3600


class Outcome(Enum):
    """What became of a message."""

    TAKEN = "taken"
    GONE = "gone"  # the browser has unsubscribed: never again
    LATER = "later"  # the service is busy, or away
    REFUSED = "refused"  # this message will never be taken


@dataclass(frozen=True)
class Answer:
    """An outcome; after how many seconds to try again, where the service says so; and what it said."""

    outcome: Outcome
    wait: int = 0
    said: str = ""


def allowed(endpoint: str) -> bool:
    """Whether we call this address: HTTPS at a known push service; in development also this machine."""
    try:
        place = urlsplit(endpoint)
        port = place.port
    except ValueError:
        return False
    host = place.hostname or ""
    if place.username or place.password or place.fragment:
        return False
    if not settings.PRODUCTION and place.scheme == "http" and host in ("localhost", "127.0.0.1"):
        return True
    known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_HOSTS)
    return place.scheme == "https" and port in (None, 443) and known


def send(endpoint: str, body: bytes, *, topic: str, urgent: bool, now: datetime) -> Answer:
    """Hand a sealed message to a browser's push service. Never raises for what the other side does."""
    if not allowed(endpoint):
        return Answer(Outcome.GONE, said="not a push service we call")
    headers = {
        "Authorization": vapid.authorization(endpoint, now=now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES_SECONDS),
        "Topic": topic,  # a newer message replaces one that still waits there
        "Urgency": "high" if urgent else "normal",
    }
    place = urlsplit(endpoint)
    path = place.path + (f"?{place.query}" if place.query else "")
    connection = _connect(place.scheme, place.netloc)
    try:
        connection.request("POST", path or "/", body, headers)
        response = connection.getresponse()
        said = response.read(500).decode(errors="replace")
        return _judge(response.status, response.getheader("Retry-After", ""), said)
    except (OSError, http.client.HTTPException) as error:
        return Answer(Outcome.LATER, said=str(error) or type(error).__name__)
    finally:
        connection.close()


def _connect(scheme: str, netloc: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(netloc, timeout=TIMEOUT_SECONDS)


def _judge(status: int, retry_after: str, said: str) -> Answer:
    if 200 <= status < 300:
        return Answer(Outcome.TAKEN)
    said = f"{status} {said}".strip()
    if status in (404, 410):
        return Answer(Outcome.GONE, said=said)
    if status == 429 or status >= 500:
        return Answer(Outcome.LATER, _seconds(retry_after), said)
    return Answer(Outcome.REFUSED, said=said)


def _seconds(retry_after: str) -> int:
    """Retry-After in either of its forms, within reason; 0 when it says nothing."""
    if retry_after.isdigit():
        return min(int(retry_after), LONGEST_WAIT)
    try:
        wait = (parsedate_to_datetime(retry_after) - timezone.now()).total_seconds()
    except (ValueError, TypeError):
        return 0
    return max(0, min(int(wait), LONGEST_WAIT))
