"""Calling an address that a stranger chose.

A name is resolved once; every address that it has must be one of the public internet; and the connection is made to the
address that was checked, not to the name, so nothing can change in between. The same for every redirect. Neither the
size nor the time is the other side's to choose: a watchdog ends the whole of it.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

SECONDS: Final = 8.0  # for one page with all its redirects
REDIRECTS: Final = 3
_CHUNK: Final = 16_384
_PORTS: Final = {"http": 80, "https": 443}
_STATUS_OK: Final = 200
_MOVED: Final = (301, 302, 303, 307, 308)
# Addresses of IPv6 that lead to one of IPv4 behind them, which could be any.
_TUNNELS: Final = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)

Resolve = Callable[[str, int], Sequence[str]]
Allowed = Callable[[str], bool]


class Refused(Exception):
    """Not called, or not read to its end: `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Page:
    """What came: the address it came from after all redirects, its type, and at most so many bytes."""

    address: str
    media_type: str
    charset: str
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and surely no machine of ours or of our neighbours."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True)
class Network:
    """How the world is reached; tests give one of their own."""

    resolve: Resolve = resolve
    allowed: Allowed = is_public
    ports: tuple[int, ...] = (80, 443)
    seconds: float = SECONDS


WORLD: Final = Network()


def fetch(address: str, *, most: int, accept: Sequence[str], network: Network = WORLD) -> Page:
    """Read at most `most` bytes of a page whose type is one of `accept` (beginnings). Raises Refused."""
    deadline = time.monotonic() + network.seconds
    for _hop in range(REDIRECTS + 1):
        place = _checked(address, network)
        answer = _get(place, network, deadline, most, accept)
        if isinstance(answer, Page):
            return answer
        address = urljoin(address, answer)
    raise Refused("too many redirects")


def _checked(address: str, network: Network) -> SplitResult:
    try:
        place = urlsplit(address)
        port = place.port or _PORTS.get(place.scheme, 0)
    except ValueError:
        raise Refused("no address") from None
    if place.scheme not in _PORTS or not place.hostname or place.username or place.password:
        raise Refused("no address that we call")
    if port not in network.ports:
        raise Refused("a port that we do not call")
    return place


def _address_of(place: SplitResult, network: Network) -> tuple[str, int]:
    """Where to connect: resolved once, and refused when any of its addresses is not public."""
    host, port = place.hostname or "", place.port or _PORTS[place.scheme]
    try:
        name = host.encode("idna").decode() if not host.isascii() else host
        found = network.resolve(name, port)
    except (OSError, UnicodeError):
        raise Refused("not resolved") from None
    if not found or not all(network.allowed(one) for one in found):
        raise Refused("not a public address")
    return found[0], port


def _get(place: SplitResult, network: Network, deadline: float, most: int, accept: Sequence[str]) -> Page | str:
    """The page, or where it redirects to. Raises Refused."""
    ip, port = _address_of(place, network)
    left = deadline - time.monotonic()
    if left <= 0:
        raise Refused("too slow")
    try:
        raw = socket.create_connection((ip, port), timeout=left)
    except OSError:
        raise Refused("not reached") from None
    # The time limit of a socket is for one read, and a server can send a byte a second: this one is for all of it.
    watchdog = threading.Timer(left, _cut, [raw])
    watchdog.daemon = True
    watchdog.start()
    try:
        return _spoken(raw, place, most, accept)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refused(type(error).__name__) from None
    finally:
        watchdog.cancel()
        raw.close()


def _cut(raw: socket.socket) -> None:
    try:
        raw.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _spoken(raw: socket.socket, place: SplitResult, most: int, accept: Sequence[str]) -> Page | str:
    host = place.hostname or ""
    connection = http.client.HTTPConnection(host, place.port or _PORTS[place.scheme])
    wrapped = _tls().wrap_socket(raw, server_hostname=host) if place.scheme == "https" else raw
    connection.sock = wrapped
    try:
        path = place.path or "/"
        connection.request("GET", f"{path}?{place.query}" if place.query else path, headers=_headers(accept))
        response = connection.getresponse()
        if response.status in _MOVED:
            return response.getheader("Location") or ""
        return _read(response, place, most, accept)
    finally:
        wrapped.close()


def _headers(accept: Sequence[str]) -> dict[str, str]:
    return {"Accept": ", ".join(accept), "Accept-Encoding": "identity", "User-Agent": "PlanetPreview/1"}


def _read(response: http.client.HTTPResponse, place: SplitResult, most: int, accept: Sequence[str]) -> Page:
    media_type = response.headers.get_content_type()
    if response.status != _STATUS_OK:
        raise Refused(f"status {response.status}")
    if not media_type.startswith(tuple(accept)):
        raise Refused("another type")
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise Refused("packed")
    body = bytearray()
    while len(body) < most and (chunk := response.read1(min(_CHUNK, most - len(body)))):
        body += chunk
    charset = response.headers.get_content_charset() or ""
    return Page(place.geturl(), media_type, charset, bytes(body))
