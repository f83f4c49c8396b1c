"""What every request of a signed-in person does on the side."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from planet.accounts import actions
from planet.accounts.access import person
from planet.web.ratelimits import client_ip

EVERY = timedelta(minutes=15)


class Seen:
    """Notes, at most every quarter of an hour a session, that the person is here: for the sessions list and for trust.

    The session itself remembers when that was last done, so the other requests cost nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note."""
        response = self.get_response(request)
        # What did not ask who is there (pictures, probes) is not made to.
        if request.session.accessed and request.user.is_authenticated and request.session.session_key:
            self._note(request)
        return response

    def _note(self, request: HttpRequest) -> None:
        now = timezone.now()
        last = parse_datetime(request.session.get("seen_at", ""))
        if last and now - last < EVERY and last.date() == now.date():
            return
        request.session["seen_at"] = now.isoformat()
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=now, ip=client_ip(request)
        )
        actions.seen(user_id=person(request).pk, now=now)
