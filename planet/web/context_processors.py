"""What every page's frame needs."""

import time
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from planet.web import preferences
from planet.web.texts import browser_texts


def frame(request: HttpRequest) -> dict[str, Any]:
    """The site's name, the visitor's theme, texts for the scripts, and the socket's address for this request's host."""
    scheme = "wss" if request.is_secure() else "ws"
    host = request.get_host().rsplit(":", 1)[0]
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "inter_installed": _has_inter(),
        "socket_url": settings.SOCKET_URL or f"{scheme}://{host}:{settings.REALTIME_PORT}/socket/",
        "preferences": preferences.read(request),
        "browser_texts": browser_texts,  # called by the template that shows them
        "languages": settings.LANGUAGES,
        "full_path": request.get_full_path(),
        "place": _place(request),
        "since": int(time.time()),
    }


@cache
def _has_inter() -> bool:
    """Whether npm put the face there, before this process started."""
    return bool(settings.INTER_DIR.is_dir())


# Where the frame marks the link to the page that is shown. Everywhere else it is the same frame.
_MARKED = frozenset(
    (
        "home",
        "latest",
        "notifications",
        "bookmarks",
        "creator_centre",
        "creator_edit",
        "creator_start",
        "drafts",
        "settings",
        "post_new",
        "profile",
        "search",
        "wallet",
    )
)

# The tabs of the home page, and every conversation: their link of the frame is the one to the list.
_HOME = frozenset(("feed_for_you", "feed_following", "list"))
_GROUPS = frozenset(("groups", "group", "channel", "group_about", "direct", "direct_channel"))


def _place(request: HttpRequest) -> str:
    """The path, if the frame may have a link to it."""
    match = request.resolver_match
    if match and match.url_name in _HOME:
        return "/"
    if match and match.url_name in _GROUPS:
        return "/groups/"
    return request.path if match and match.url_name in _MARKED else ""
