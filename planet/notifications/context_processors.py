"""What every page's frame shows of the inbox."""

from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import lazy

from planet.notifications.queries import unread_count


def inbox(request: HttpRequest) -> dict[str, Any]:
    """`unread_count` of whoever is signed in; asked for only by a page that shows it."""
    user = getattr(request, "user", None)  # a page of an early error has none
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    return {"unread_count": lazy(cache(partial(unread_count, user.pk)), int)()}  # counted once, however often shown
