"""How a visitor wants the pages to look. Cookies, read by the server, so that no page ever flashes the other theme."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CHOICES = {"theme": ("system", "dark", "light"), "updown": ("green-up", "red-up")}
_AGE = int(timedelta(days=365).total_seconds())


@dataclass(frozen=True)
class Preferences:
    """The theme (`system` follows the device) and which way round gain and loss are coloured."""

    theme: str
    updown: str


def read(request: HttpRequest) -> Preferences:
    """What the cookies say; the first choice where they say nothing we know."""
    return Preferences(**{name: _known(name, request.COOKIES.get(name, "")) for name in CHOICES})


def _known(name: str, value: str) -> str:
    return value if value in CHOICES[name] else CHOICES[name][0]


def remember(response: HttpResponse, name: str, value: str) -> bool:
    """Set the cookie, if it is one of our choices. Readable by theme.js, which sets it too."""
    if value not in CHOICES.get(name, ()):
        return False
    response.set_cookie(name, value, max_age=_AGE, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return True
