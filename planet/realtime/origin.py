"""Which pages may open a socket, and whom it comes from."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from planet.addresses import neighbourhood, visitor

Headers = Iterable[tuple[bytes, bytes]]


def header(headers: Headers, name: bytes) -> str:
    """A header's value, several joined by commas; "" without."""
    return ",".join(value.decode("latin-1") for key, value in headers if key.lower() == name)


def welcome(headers: Headers) -> bool:
    """Whether the page that opens the socket is ours.

    Browsers send cookies with a socket to whatever page asks, so the Origin is what keeps other sites out. Outside
    production the site answers to any name of the machine, on one port for pages and another for sockets: there the
    host must be the same and the port may differ.
    """
    origin = header(headers, b"origin")
    if origin in {_origin_of(url) for url in (settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS)}:
        return True
    if settings.PRODUCTION:
        return False
    host = urlsplit(f"//{header(headers, b'host')}").hostname
    page = urlsplit(origin)
    return page.scheme in {"http", "https"} and page.hostname is not None and page.hostname == host


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def guest(headers: Headers, peer: str) -> str:
    """Who knocks, for the limits of an address: an IPv6 network counts as one, whoever has it has all of it."""
    return neighbourhood(visitor(header(headers, b"x-forwarded-for"), peer))
