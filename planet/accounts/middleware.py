"""What every request of a signed-in person does on the side."""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from planet.accounts import actions, traces
from planet.accounts.access import person
from planet.web.ratelimits import client_ip

EVERY = timedelta(minutes=15)
DEVICE: Final = "device"  # the cookie by which a browser is known again; planet.accounts.traces
_DEVICE_LASTS: Final = timedelta(days=400)  # browsers keep no cookie longer
_DEVICE_SHAPE: Final = re.compile(r"[\w-]{32}", re.ASCII)


class Seen:
    """Notes, at most every quarter of an hour a session, that the person is here.

    For the sessions list, for trust, and for what tells that accounts are one person's (planet.accounts.traces).
    The session itself remembers when that was last done, so the other requests cost nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note."""
        response = self.get_response(request)
        # What did not ask who is there (pictures, probes) is not made to.
        if request.session.accessed and request.user.is_authenticated and request.session.session_key:
            self._note(request, response)
        return response

    def _note(self, request: HttpRequest, response: HttpResponse) -> None:
        now = timezone.now()
        last = parse_datetime(request.session.get("seen_at", ""))
        if last and now - last < EVERY and last.date() == now.date():
            return
        request.session["seen_at"] = now.isoformat()
        address, user_id = client_ip(request), person(request).pk
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now, ip=address)
        actions.seen(user_id=user_id, now=now)
        traces.visited(user_id=user_id, device=_device(request, response), address=address, now=now)


def _device(request: HttpRequest, response: HttpResponse) -> str:
    """What this browser's cookie says; a browser without one, or with something else in it, gets one."""
    known = request.COOKIES.get(DEVICE, "")
    if _DEVICE_SHAPE.fullmatch(known):
        return known
    given = secrets.token_urlsafe(24)
    response.set_cookie(
        DEVICE, given, max_age=_DEVICE_LASTS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return given
