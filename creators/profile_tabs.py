"""The tabs of a homepage, and the inclusion point through which higher apps fill them.

A profile shows posts, rooms and groups, but `creators` knows none of them: whoever owns a tab registers a function in
its AppConfig.ready() that makes the tab's panel. The page and its fragments stay one view, at `/@handle/` for the first
tab and `/@handle/<slug>/` for the others, so every tab works without scripts.

    profile_tabs.register(Tab("posts", _("Posts"), 10, panel=contexts.profile_panel))
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from creators.models import Creator

RESERVED = frozenset({"followers", "following", "follow", "block", "mute"})  # the other addresses below /@handle/


@dataclass(frozen=True)
class Panel:
    """What stands below the tabs: a template, and what it needs besides the profile's own context.

    For a list, the template holds its items and `web/_more.html` in an element with `data-list`: asked for `?after=…`
    by htmx, the view answers with the panel alone.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tab:
    """A tab; `panel(request, creator)` makes its content. Tabs stand by their `order`; the first is the homepage."""

    slug: str
    label: str | Promise
    order: int
    panel: Callable[[HttpRequest, Creator], Panel]


def _empty_place(symbol: str, title: Promise, text: Promise) -> Callable[[HttpRequest, Creator], Panel]:
    """A place that a later app fills: it says what will appear, and shows nothing made up."""

    def panel(request: HttpRequest, creator: Creator) -> Panel:  # noqa: ARG001
        return Panel("creators/_place.html", {"symbol": symbol, "place_title": title, "place_text": text})

    return panel


_tabs: dict[str, Tab] = {
    tab.slug: tab
    for tab in (
        Tab("posts", _("Posts"), 10, _empty_place("pen", _("No posts yet"), _("What they publish appears here."))),
        Tab(
            "performance",
            _("Performance"),
            20,
            _empty_place(
                "chart",
                _("No trading record connected"),
                _("Once an exchange is connected read-only, the record computed from its fills appears here."),
            ),
        ),
        Tab(
            "live",
            _("Live"),
            30,
            _empty_place("live", _("Nothing broadcast yet"), _("Live rooms and their replays appear here.")),
        ),
        Tab(
            "groups",
            _("Groups"),
            40,
            _empty_place("groups", _("No groups yet"), _("Groups they run and that you may join appear here.")),
        ),
    )
}


def register(tab: Tab) -> None:
    """Add a tab, or take over the place of the one with the same slug."""
    if tab.slug in RESERVED:
        raise ValueError(f"{tab.slug!r} is another address of a profile")
    _tabs[tab.slug] = tab


def tabs() -> list[Tab]:
    """All tabs in the order they stand."""
    return sorted(_tabs.values(), key=lambda tab: tab.order)


def find(slug: str) -> Tab | None:
    """The tab at `/@handle/<slug>/`; the first one for an empty slug."""
    return _tabs.get(slug) if slug else tabs()[0]
