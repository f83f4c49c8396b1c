"""Whose address a request comes from: one rule for pages and for sockets."""

from contextlib import suppress
from ipaddress import ip_address, ip_network

from django.conf import settings

UNKNOWN = "0.0.0.0"  # noqa: S104  # a name, nothing binds to it


def visitor(forwarded: str, peer: str) -> str:
    """The visitor's address. X-Forwarded-For counts only for as many proxies as we run ourselves.

    An IPv4 address that is written as IPv6 is an IPv4 address. UNKNOWN when there is none that makes sense (a unix
    socket).
    """
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in forwarded.split(",")]
    address = hops[-proxies] if proxies and len(hops) >= proxies else ""
    for candidate in (address, peer):
        with suppress(ValueError):
            ip = ip_address(candidate)
            return str((ip.ipv4_mapped if ip.version == 6 else None) or ip)
    return UNKNOWN


def neighbourhood(address: str) -> str:
    """What one guest can have of addresses: of IPv6 a whole /64, which would else be as many guests as they like."""
    ip = ip_address(address)
    if ip.version == 4:
        return address
    return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
