"""What every page's frame shows of the inbox."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import lazy

from planet.notifications.queries import unread_count


def _ask(count: Callable[[], int]) -> int:
    return count()


# Made once: `lazy` builds a class, which takes as long as half a page.
_asked = lazy(_ask, int)


def inbox(request: HttpRequest) -> dict[str, Any]:
    """`unread_count` of whoever is signed in; asked for only by a page that shows it."""
    user = getattr(request, "user", None)  # a page of an early error has none
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    # Counted when it is first shown, and once, however often it is shown.
    return {"unread_count": _asked(cache(partial(unread_count, user.pk)))}
