"""What every page's frame shows of the inbox."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

from django.http import HttpRequest
from django.utils.functional import lazy

from planet.accounts.models import User
from planet.notifications.push import subscriptions
from planet.notifications.queries import unread_count

SESSION: Final = "push"  # in the session: under which of its keys this browser is woken


def _ask(count: Callable[[], int]) -> int:
    return count()


# Made once: `lazy` builds a class, which takes as long as half a page.
_asked = lazy(_ask, int)


def inbox(request: HttpRequest) -> dict[str, Any]:
    """`unread_count` of whoever is signed in; asked for only by a page that shows it."""
    user = getattr(request, "user", None)  # a page of an early error has none
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    _stay_reachable(request, user)
    # Counted when it is first shown, and once, however often it is shown.
    return {"unread_count": _asked(cache(partial(unread_count, user.pk)))}


def _stay_reachable(request: HttpRequest, user: User) -> None:
    """A browser that is woken stays so when its session goes on under another key. Costs nothing on any other page."""
    known, key = request.session.get(SESSION), request.session.session_key
    if known and key and known != key:
        subscriptions.move(actor=user, old=known, new=key)
        request.session[SESSION] = key
