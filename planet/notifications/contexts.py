"""What the inbox's page and its fragment show."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from planet.accounts.models import User
from planet.notifications import queries
from planet.notifications.models import Kind

TABS: dict[str, Kind | None] = {"": None, "mentions": Kind.MENTION}


@dataclass(frozen=True)
class Tab:
    """A filter of the inbox."""

    url: str
    label: str
    current: bool


def inbox(*, user: User, tab: str, after: str | None) -> dict[str, Any]:
    """One page of the inbox under one of its tabs. Raises Http404 for a tab that does not exist."""
    if tab not in TABS:
        raise Http404
    page = queries.inbox(user=user, kind=TABS[tab], after=after)
    labels = {"": _("All"), "mentions": _("Mentions")}
    base = reverse("notifications")
    return {
        "rows": page.items,
        "after": page.after,
        "tab": tab,
        "kind": TABS[tab] or "",
        "query": f"&tab={tab}" if tab else "",
        "tabs": [Tab(f"{base}?tab={key}" if key else base, labels[key], key == tab) for key in TABS],
    }
