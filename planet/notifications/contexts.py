"""What the inbox's page and its fragment show."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from planet.accounts.models import User
from planet.notifications import queries


@dataclass(frozen=True)
class Tab:
    """A part of the inbox, and how many rows of it are unread."""

    key: str
    url: str
    label: str
    current: bool
    count: int


def inbox(*, user: User, tab: str, after: str | None) -> dict[str, Any]:
    """One page of the inbox under one of its tabs. Raises Http404 for a tab that does not exist."""
    if tab not in queries.TABS:
        raise Http404
    page = queries.inbox(user=user, tab=tab, after=after)
    return {
        "rows": page.items,
        "after": page.after,
        "tab": tab,
        "query": f"&tab={tab}" if tab else "",
    }


def tabs(*, user: User, current: str) -> list[Tab]:
    """The tabs, with what is unread in each."""
    counts = queries.unread_counts([user.pk])[user.pk]
    numbers = {"": counts.unread, "mentions": counts.mentions, "filtered": counts.filtered}
    labels = {"": _("All"), "mentions": _("Mentions"), "filtered": _("Filtered")}
    base = reverse("notifications")
    return [
        Tab(key, f"{base}?tab={key}" if key else base, labels[key], key == current, numbers[key])
        for key in queries.TABS
    ]
