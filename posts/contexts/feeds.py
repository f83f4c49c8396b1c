"""Feeds: the page, its next pages and its new posts come from one builder."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from creators.models import Creator
from creators.profile_tabs import Panel
from planet.web.pagination import Page
from posts import cards, queries
from posts.forms import PostForm
from posts.queries import Row


def feed(request: HttpRequest, page: Page[Row], **more: Any) -> dict[str, Any]:
    """A page of cards. `is_first` is false further down, where nothing new arrives on top."""
    viewer = cards.viewer(request)
    return {
        "cards": cards.cards(page.items, viewer=viewer),
        "after": page.after,
        "is_first": not request.GET.get("after"),
        **more,
    }


def tabs(current: str) -> list[dict[str, Any]]:
    """Following and Latest."""
    return [
        {"url": reverse("home"), "label": _("Following"), "current": current == "following"},
        {"url": reverse("latest"), "label": _("Latest"), "current": current == "latest"},
    ]


def composer(request: HttpRequest) -> dict[str, Any]:
    """The composer on top of a feed, for who may publish."""
    user = request.user
    return {"composer": PostForm()} if user.is_authenticated and user.may_publish else {}


def profile_panel(request: HttpRequest, creator: Creator) -> Panel:
    """The Posts tab of a homepage."""
    viewer_id = request.user.pk if request.user.is_authenticated else None
    page = queries.by_creator(creator_id=creator.pk, viewer_id=viewer_id, after=request.GET.get("after"))
    live = f"creator:{creator.pk}"
    return Panel(
        "posts/_profile.html", feed(request, page, live_topic=live, feed_name="", is_own=viewer_id == creator.pk)
    )
