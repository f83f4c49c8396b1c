"""Where a page shows posts, as its signed impressions say it: what a creator's centre calls sources."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from planet.engagement.models import Place

_PLACES: Final[Mapping[str, Place]] = {
    "home": Place.FEED,
    "latest": Place.FEED,
    "feed": Place.FEED,  # and whatever begins so
    "profile": Place.PROFILE,
    "profile_tab": Place.PROFILE,
    "topic": Place.TOPIC,
    "asset": Place.TOPIC,
    "search": Place.SEARCH,
}
_OWN_PAGES: Final = frozenset({"post", "comment_thread"})  # reached from one of the others, or from elsewhere


def place_of(request: HttpRequest) -> Place:
    """Where the posts of this page are shown; a post's own page counts for where its reader came from."""
    name = request.resolver_match.url_name if request.resolver_match else None
    return _came_from(request) if name in _OWN_PAGES else _place(name)


def _place(name: str | None) -> Place:
    return _PLACES.get(name or "") or _PLACES.get((name or "").partition("_")[0], Place.OTHER)


def _came_from(request: HttpRequest) -> Place:
    """The page of ours before this one; DIRECT from elsewhere. (Browsers say it within the site, Referrer-Policy.)"""
    referer = urlsplit(request.headers.get("Referer", ""))
    if not referer.netloc or referer.netloc != request.get_host():
        return Place.DIRECT
    try:
        name = resolve(referer.path).url_name
    except Resolver404:
        return Place.OTHER
    return _place(name)
