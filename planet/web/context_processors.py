"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The site's name, whether Inter is installed, and the socket's address for this request's host."""
    scheme = "wss" if request.is_secure() else "ws"
    host = request.get_host().rsplit(":", 1)[0]
    return {
        "site_name": settings.SITE_NAME,
        "inter_installed": settings.INTER_DIR.is_dir(),
        "socket_url": settings.SOCKET_URL or f"{scheme}://{host}:{settings.REALTIME_PORT}/socket/",
    }
