"""What the profile's templates need; one builder for the page, its tabs and its fragments."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from creators import profile_tabs, queries
from creators.access import viewer_of
from creators.completeness import completeness
from creators.languages import LANGUAGES
from creators.models import Creator
from planet.accounts.models import User


def profile_frame(request: HttpRequest, person: User, creator: Creator | None) -> dict[str, Any]:
    """The head of a homepage: who it is, how the viewer stands to them, what the owner may still add."""
    relation = queries.relation(viewer=viewer_of(request), person=person)
    return {
        "person": person,
        "creator": creator,
        "relation": relation,
        "follows": relation.follows,
        "completeness": completeness(creator) if creator and relation.is_self else None,
        "writes_in": [LANGUAGES[tag] for tag in creator.languages if tag in LANGUAGES] if creator else [],
    }


def profile_nav(person: User, current: str) -> list[dict[str, Any]]:
    """The tabs for `web/_tabs.html`; the first stands at the homepage's own address."""
    home = person.get_absolute_url()
    return [
        {
            "url": home if index == 0 else f"{home}{tab.slug}/",
            "label": tab.label,
            "current": tab.slug == current,
        }
        for index, tab in enumerate(profile_tabs.tabs())
    ]


def follow_lists(person: User, current: str, *, is_creator: bool) -> list[dict[str, Any]]:
    """The two tabs above a list of followers or followed."""
    home = person.get_absolute_url()
    tabs = [{"url": f"{home}following/", "label": _("Following"), "current": current == "following"}]
    if is_creator:
        tabs.insert(0, {"url": f"{home}followers/", "label": _("Followers"), "current": current == "followers"})
    return tabs
