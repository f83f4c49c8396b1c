"""Feeds and lists of posts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creators.queries import suggested
from planet.accounts.access import person, signed_in
from planet.web import frames
from planet.web.htmx import is_htmx
from planet.web.pagination import Page
from planet.web.ratelimits import limited
from posts import cards, queries
from posts.access import own_list, readable, viewer_of
from posts.contexts import feeds
from posts.models import List
from posts.queries import Row

MAX_STATES = 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The feed that was open last here; at first Following, or For you for who follows nobody yet. Guests: Latest."""
    if not request.user.is_authenticated:
        return latest(request)
    choice = feeds.chosen(request)
    if choice == feeds.FOR_YOU or (not choice and not person(request).following_count):
        return _for_you(request)
    if choice == feeds.LATEST:
        return _latest(request)
    if choice and (pinned := feeds.pinned(request, choice)):
        return _of_list(request, own_list(request, pinned))
    return _following(request)


@require_safe
@signed_in
def for_you(request: HttpRequest) -> HttpResponse:
    """What is hot, weighed by whom and what the viewer follows."""
    return feeds.remember(request, _for_you(request), feeds.FOR_YOU)


@require_safe
@signed_in
def following(request: HttpRequest) -> HttpResponse:
    """What the people whom the viewer follows published, strictly in time."""
    return feeds.remember(request, _following(request), feeds.FOLLOWING)


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Everyone's posts, newest first."""
    return feeds.remember(request, _latest(request), feeds.LATEST)


@require_safe
@signed_in
def of_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """What the people on one of the viewer's lists published, strictly in time."""
    found = own_list(request, list_id)
    return feeds.remember(request, _of_list(request, found), str(found.pk) if found.pinned_at else "")


def _for_you(request: HttpRequest) -> HttpResponse:
    page = queries.for_you(viewer=person(request), after=request.GET.get("after"))
    more = {"feed_title": _("For you"), "more_url": reverse("feed_for_you"), **_suggestions(request, page)}
    return _feed(request, "posts/home.html", page, feed_name=feeds.FOR_YOU, **more)


def _following(request: HttpRequest) -> HttpResponse:
    page = queries.following(viewer=person(request), after=feeds.start(request))
    more = {"live_topic": "following", "feed_title": _("Following"), "more_url": reverse("feed_following")}
    more |= _suggestions(request, page)
    return _feed(request, "posts/home.html", page, feed_name=feeds.FOLLOWING, **more)


def _latest(request: HttpRequest) -> HttpResponse:
    page = queries.latest(viewer_id=request.user.pk, after=feeds.start(request))
    more = {"live_topic": "everyone", "feed_title": _("Latest"), "more_url": reverse("latest")}
    return _feed(request, "posts/home.html", page, feed_name=feeds.LATEST, **more)


def _of_list(request: HttpRequest, found: List) -> HttpResponse:
    page = queries.of_list(of=found, after=feeds.start(request))
    more = {"live_topic": "lists", "feed_title": found.name, "list": found, "more_url": found.get_absolute_url()}
    return _feed(request, "posts/home.html", page, feed_name=str(found.pk), **more)


def _suggestions(request: HttpRequest, page: Page[Row]) -> dict[str, Any]:
    """Whom to follow, for a feed with nothing in it."""
    if page.items or request.GET.get("after"):
        return {}
    return {"creators": suggested(viewer=person(request), limit=8), "followed": set()}


@require_safe
@signed_in
def bookmarks(request: HttpRequest) -> HttpResponse:
    """What the viewer keeps; nobody else sees it."""
    page = queries.bookmarked(viewer_id=person(request).pk, after=request.GET.get("after"))
    return _feed(request, "posts/bookmarks.html", page)


def _feed(request: HttpRequest, template: str, page: Page[Row], **more: Any) -> HttpResponse:
    context = feeds.feed(request, page, **more)
    if is_htmx(request) and request.GET.get("after"):
        return render(request, "posts/_feed.html", context)
    name = more.get("feed_name", "")
    if not name:
        return render(request, template, context)

    def whole(slots: Mapping[str, str]) -> dict[str, Any]:
        tabs = feeds.tabs(request, name)
        return {**context, **slots, "tabs": tabs, **feeds.composer(request, slots["client_id"])}

    slots = {"client_id": str(uuid4())}
    if not page.items:  # what it says then, and whom it suggests, is the reader's own
        return render(request, template, whole(slots))
    slots["listed"] = feeds.listed(request, context)
    return frames.render(request, template, whole, slots=slots, vary=feeds.framed(request, context))


@require_safe
@limited("feed_new", "60/m", methods=frozenset({"GET"}))
def newer(request: HttpRequest) -> HttpResponse:
    """The cards that came after the item `since`, for the top of a feed.

    More than a page of them and they would not join on: then the browser is told to load the feed anew.
    """
    since = _id(request.GET.get("since", ""))
    if since is None:
        raise Http404
    feed = request.GET.get("feed", "")
    of = own_list(request, list_id) if (list_id := _id(feed)) else None
    is_following = feed == feeds.FOLLOWING
    rows, more = queries.newer(viewer=viewer_of(request), since=since, is_following=is_following, of=of)
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
