"""Which pages may open a socket, and from which address it comes."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

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


def address(headers: Headers, peer: str) -> str:
    """The visitor's address: what the outermost of our own proxies saw, for what comes before it is hearsay."""
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in header(headers, b"x-forwarded-for").split(",") if hop.strip()]
    if not proxies or len(hops) < proxies:
        return peer
    return hops[-proxies]
