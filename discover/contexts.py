"""What the pages of search need; page and fragment share one builder."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.queries import followed_among
from discover import queries
from discover.highlight import highlight
from discover.parser import HAS, MAX_LENGTH, Query, parse
from planet.accounts.access import person
from planet.accounts.models import User
from planet.web.text import clean_line
from posts import cards

_A_DAY: Final = gettext_lazy(
    "Behind “%(name)s:” stands a day, as in %(name)s:2026-01-31; it cannot be turned round by a minus."
)
# What stands behind an operator that was misread; a template says it of the word that was typed.
UNDERSTOOD: Final = {
    "from": gettext_lazy("Behind “from:” stands a handle, as in from:@ines, or me."),
    "has": gettext_lazy("Behind “has:” stands one of: %(kinds)s."),
    "lang": gettext_lazy("Behind “lang:” stands the code of a language, as in lang:zh."),
    "before": _A_DAY,
    "after": _A_DAY,
}
TABS: Final = (
    ("top", gettext_lazy("Top")),
    ("latest", gettext_lazy("Latest")),
    ("articles", gettext_lazy("Articles")),
    ("people", gettext_lazy("People")),
    ("topics", gettext_lazy("Topics")),
)


@dataclass(frozen=True)
class Asked:
    """What somebody asks of the search page."""

    text: str
    query: Query
    tab: str
    after: str | None
    viewer: User | None

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """From the address; whatever stands there."""
        text = _line(request.GET.get("q", ""))
        tab = request.GET.get("tab", "")
        viewer = person(request) if request.user.is_authenticated else None
        known = tab if tab in dict(TABS) else "top"
        return cls(text, parse(text), known, request.GET.get("after") or None, viewer)


def _line(raw: str) -> str:
    """The text as typed, on one line and not too long; damaged bytes are left out."""
    sane = "".join(c for c in raw[: MAX_LENGTH * 4] if c != "\ufffd" and not "\ud800" <= c <= "\udfff")
    return clean_line(sane)[:MAX_LENGTH]


def page(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The search page: results of the tab, or what to look at when nothing was asked."""
    context = {
        "q": asked.text,
        "tab": asked.tab,
        "tabs": [
            {"url": f"{reverse('search')}?{urlencode({'q': asked.text, 'tab': name})}", "label": label,
             "current": name == asked.tab}
            for name, label in TABS
        ],
        "query": f"&{urlencode({'q': asked.text, 'tab': asked.tab})}",
        "is_first": not asked.after,
        "hints": [] if asked.after else hints(asked.query),
    }  # fmt: skip
    if not asked.text:
        return {**context, **start(asked.viewer)}
    if asked.tab == "people":
        return {**context, **_people(asked)}
    if asked.tab == "topics":
        return {**context, "topics": queries.topics(asked.query.words, viewer_id=_id(asked.viewer), size=50)}
    return {**context, **_posts(request, asked)}


def hints(query: Query) -> list[tuple[str, str]]:
    """What was meant as an operator and taken for a word, each with what would be understood."""
    kinds = ", ".join(HAS)
    return [(word, UNDERSTOOD[name] % {"name": name, "kinds": kinds}) for name, word in query.misread]


def start(viewer: User | None) -> dict[str, Any]:
    """What to look at before anything was asked: what is talked about, and what the viewer follows."""
    followed = queries.followed(viewer=viewer).items if viewer else []
    return {"trending": queries.trending(viewer_id=_id(viewer), size=10), "followed_topics": followed}


def _posts(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    found = queries.search(
        asked.query,
        viewer=asked.viewer,
        order=queries.Order.LATEST if asked.tab == "latest" else queries.Order.TOP,
        after=asked.after,
        articles=asked.tab == "articles",
    )
    filled = cards.cards(found.items, viewer=cards.viewer(request))
    return {
        "results": highlight([card.html for card in filled], asked.query),
        "shown": filled,  # for the signed impressions
        "after": found.after,
        "ends_early": asked.tab != "latest" and bool(asked.after) and not found.after,
    }


def _people(asked: Asked) -> dict[str, Any]:
    found = queries.people(asked.query.words, viewer=asked.viewer, after=asked.after)
    followed = followed_among(viewer=asked.viewer, creator_ids=[user.pk for user in found.items])
    return {"people": found.items, "followed": followed, "after": found.after}


def _id(viewer: User | None) -> Any:
    return viewer.pk if viewer else None


def title(asked: Asked) -> str:
    """The page's title."""
    return _("Search: %(text)s") % {"text": asked.text} if asked.text else _("Search")
