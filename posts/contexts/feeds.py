"""Feeds: the page, its next pages and its new posts come from one builder."""

from datetime import timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from creators.models import Creator
from creators.profile_tabs import Panel
from planet.accounts.access import person
from planet.web.pagination import Page
from posts import cards, queries
from posts.forms import PostForm
from posts.queries import Row

COOKIE: Final = "feed"
FOR_YOU: Final = "for-you"
FOLLOWING: Final = "following"
LATEST: Final = "latest"


def feed(request: HttpRequest, page: Page[Row], **more: Any) -> dict[str, Any]:
    """A page of cards. `is_first` is false further down, where nothing new arrives on top."""
    viewer = cards.viewer(request)
    return {
        "cards": cards.cards(page.items, viewer=viewer),
        "after": page.after,
        "is_first": not request.GET.get("after"),
        **more,
    }


def chosen(request: HttpRequest) -> str:
    """The feed that was open last in this browser; "" when none was."""
    return request.COOKIES.get(COOKIE, "")


def remember(request: HttpRequest, response: HttpResponse, name: str) -> HttpResponse:
    """Make a feed (""; none) the one that home opens, in this browser. A guest has no choice, and no cookie."""
    if request.user.is_authenticated and name and chosen(request) != name and not request.GET.get("after"):
        response.set_cookie(
            COOKIE,
            name,
            max_age=int(timedelta(days=365).total_seconds()),
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


def pinned(request: HttpRequest, name: str) -> UUID | None:
    """The pinned list with this id; None when it is not pinned (any more), or another person's cookie."""
    return next((UUID(pk) for pk, _ in _pinned(request) if pk == name), None)


def start(request: HttpRequest) -> str | None:
    """Where a feed in time begins: after a cursor, or with an item (`at`): where one was before. Raises Http404."""
    after: str | None = request.GET.get("after")
    if after or not (at := request.GET.get("at")):
        return after
    try:
        return queries.cursor_at(UUID(at))
    except ValueError:
        raise Http404 from None


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """For you, Following, Latest, and the viewer's pinned lists; nothing for a guest."""
    if not request.user.is_authenticated:
        return []
    named = [
        (FOR_YOU, reverse("feed_for_you"), _("For you")),
        (FOLLOWING, reverse("feed_following"), _("Following")),
        (LATEST, reverse("latest"), _("Latest")),
        *((pk, reverse("list", args=[pk]), name) for pk, name in _pinned(request)),
    ]
    return [{"url": url, "label": label, "current": name == current} for name, url, label in named]


def _pinned(request: HttpRequest) -> list[tuple[str, str]]:
    return [(pk, name) for pk, name in person(request).pinned_feeds]


def composer(request: HttpRequest, client_id: str) -> dict[str, Any]:
    """The composer on top of a feed, for who may publish."""
    user = request.user
    return (
        {"composer": PostForm(initial={"client_id": client_id})} if user.is_authenticated and user.may_publish else {}
    )


def listed(request: HttpRequest, context: dict[str, Any]) -> SafeString:
    """The items of a feed's page, for a page whose frame is kept."""
    return mark_safe(str(_items().render({**context, "request": request})))  # noqa: S308  # a template's


@cache
def _items() -> Any:
    return get_template("posts/_items.html")


def framed(request: HttpRequest, context: dict[str, Any]) -> tuple[object, ...]:
    """All that the frame around a feed's items depends on, beside the visitor."""
    of = context.get("list")
    pins = tuple(_pinned(request)) if request.user.is_authenticated else ()
    topic = context.get("live_topic")
    return (context["feed_name"], topic, context["is_first"], pins, *((of.pk, of.name) if of else ()))


def profile_panel(request: HttpRequest, creator: Creator) -> Panel:
    """The Posts tab of a homepage."""
    viewer_id = request.user.pk if request.user.is_authenticated else None
    page = queries.by_creator(creator_id=creator.pk, viewer_id=viewer_id, after=request.GET.get("after"))
    live = f"creator:{creator.pk}"
    return Panel(
        "posts/_profile.html", feed(request, page, live_topic=live, feed_name="", is_own=viewer_id == creator.pk)
    )
