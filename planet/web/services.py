"""Calls to services of others: a POST, the JSON that answers it, and a circuit for those that fail again and again."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.cache import cache

LARGEST_ANSWER: Final = 100_000
OPENS_AT: Final = 5
OPEN_SECONDS: Final = 60
# What goes wrong with a service, or on the way to it.
FAILURES: Final = (OSError, http.client.HTTPException, ValueError)


class Declined(ValueError):
    """The service is well, and says no to this call (a status from 400 to 499)."""


@dataclass(frozen=True)
class Circuit:
    """Counts a service's failures in a row, for all processes. While it is open nobody should ask the service."""

    key: str

    def is_open(self) -> bool:
        """Whether it failed five times in a row within the last minute."""
        return bool(cache.get(self.key, 0) >= OPENS_AT)

    def failed(self) -> None:
        """The service did not answer, or not sensibly."""
        cache.add(self.key, 0, OPEN_SECONDS)
        cache.incr(self.key)

    def worked(self) -> None:
        """The service answered: what failed before is forgotten."""
        cache.delete(self.key)


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float) -> tuple[int, bytes]:
    """Post JSON to an address: status and answer, cut at 100 kB. Raises OSError, http.client.HTTPException."""
    target = urlsplit(url)
    connect = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = connect(target.netloc, timeout=timeout)
    try:
        connection.request("POST", target.path, body, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        return response.status, response.read(LARGEST_ANSWER)
    finally:
        connection.close()


def ask(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout: float, also: int = 200
) -> tuple[int, dict[str, Any]]:
    """Post JSON: status (200, 201 or `also`) and the object that answers it. Raises one of FAILURES, or Declined."""
    status, said = post(url, body, headers, timeout=timeout)
    if status not in {200, 201, also}:
        raise (Declined if 400 <= status < 500 else ValueError)(f"status {status}")
    decoded = json.loads(said)
    if not isinstance(decoded, dict):
        raise ValueError("not an object")
    return status, decoded
