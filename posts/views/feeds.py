"""Feeds and lists of posts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creators.queries import suggested
from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.pagination import Page
from planet.web.ratelimits import limited
from posts import cards, queries
from posts.access import readable, viewer_of
from posts.contexts import feeds
from posts.queries import Row
from posts.text import Kind

MAX_STATES = 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Following for who is signed in; everyone's newest for guests."""
    if not request.user.is_authenticated:
        return latest(request)
    page = queries.following(viewer=person(request), after=request.GET.get("after"))
    more: dict[str, Any] = {"feed_name": "following", "live_topic": "following", "feed_title": _("Home")}
    if not page.items and not request.GET.get("after"):
        more["creators"] = suggested(viewer=person(request), limit=8)
        more["followed"] = set()
    return _feed(request, "posts/home.html", page, **more)


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Everyone's posts, newest first."""
    page = queries.latest(viewer_id=request.user.pk, after=request.GET.get("after"))
    return _feed(request, "posts/home.html", page, feed_name="latest", live_topic="everyone", feed_title=_("Latest"))


@require_safe
@signed_in
def bookmarks(request: HttpRequest) -> HttpResponse:
    """What the viewer keeps; nobody else sees it."""
    page = queries.bookmarked(viewer_id=person(request).pk, after=request.GET.get("after"))
    return _feed(request, "posts/bookmarks.html", page)


@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    """Posts with a #topic."""
    return _tagged(request, Kind.TOPIC, name, "topic")


@require_safe
def asset(request: HttpRequest, symbol: str) -> HttpResponse:
    """Posts with a $cashtag."""
    return _tagged(request, Kind.ASSET, symbol, "asset")


def _tagged(request: HttpRequest, kind: Kind, raw: str, route: str) -> HttpResponse:
    name = queries.tag_name(kind=kind, raw=raw)
    if name != raw:
        return redirect(route, name, permanent=True)
    tag = queries.find_tag(kind=kind, name=name)
    # A well-formed tag that nobody has used yet is an empty page with an invitation, not an error.
    page: Page[Row] = (
        queries.tagged(tag=tag, viewer_id=request.user.pk, after=request.GET.get("after")) if tag else Page([], None)
    )
    sign = "#" if kind is Kind.TOPIC else "$"
    return _feed(request, "posts/tag.html", page, tag_name=f"{sign}{name}", kind=kind.value)


def _feed(request: HttpRequest, template: str, page: Page[Row], **more: Any) -> HttpResponse:
    context = feeds.feed(request, page, **more)
    if is_htmx(request) and request.GET.get("after"):
        return render(request, "posts/_feed.html", context)
    name = more.get("feed_name", "")
    if name:
        context |= {"tabs": feeds.tabs(name) if request.user.is_authenticated else [], **feeds.composer(request)}
    return render(request, template, context)


@require_safe
@limited("feed_new", "60/m", methods=frozenset({"GET"}))
def newer(request: HttpRequest) -> HttpResponse:
    """The cards that came after the item `since`, for the top of a feed.

    More than a page of them and they would not join on: then the browser is told to load the feed anew.
    """
    since = _id(request.GET.get("since", ""))
    if since is None:
        raise Http404
    is_following = request.GET.get("feed") == "following"
    rows, more = queries.newer(viewer=viewer_of(request), since=since, is_following=is_following)
    if more:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "posts/_cards.html", {"cards": cards.cards(rows, viewer=cards.viewer(request))})


@require_safe
def states(request: HttpRequest) -> HttpResponse:
    """Counts, what the viewer did, and the revision of the posts in `ids`; the others are `gone`. The catch-up."""
    asked = request.GET.get("ids", "").split(",")[:MAX_STATES]
    ids = [found for found in map(_id, asked) if found]
    # A post that is blocked from the viewer is as gone as a deleted one.
    visible = list(readable(request.user.pk, ids).values_list("pk", flat=True))
    found = queries.states(visible, viewer_id=request.user.pk)
    return JsonResponse(
        {
            "posts": {str(pk): state.as_dict() for pk, state in found.items()},
            "gone": [str(pk) for pk in ids if pk not in found],
        }
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
