"""Homepages and the lists of who follows whom."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from creators import contexts, profile_tabs, queries
from creators.access import viewer_of, visible_creator, visible_person
from creators.models import Creator
from planet.web.htmx import is_htmx
from planet.web.pagination import Page

View = Callable[..., HttpResponse]


def canonical(view: View) -> View:
    """One address for a person: `/@Ines/` is answered with `/@ines/`."""

    @wraps(view)
    def redirecting(request: HttpRequest, handle: str, **parts: Any) -> HttpResponse:
        if handle != handle.lower():
            return redirect(request.get_full_path().replace(f"/@{handle}/", f"/@{handle.lower()}/", 1), permanent=True)
        return view(request, handle, **parts)

    return redirecting


@require_safe
@canonical
def homepage(request: HttpRequest, handle: str, tab: str = "") -> HttpResponse:
    """A person's page; for a creator with a tab's content, for everybody else plain."""
    person = visible_person(request, handle)
    creator = Creator.objects.select_related("user").filter(pk=person.pk).first() if person.is_creator else None
    if creator is None:
        if tab:
            raise Http404
        context = contexts.profile_frame(request, person, None)
        return render(request, "creators/person.html", context)
    chosen = profile_tabs.find(tab)
    if chosen is None:
        raise Http404
    return _creator_page(request, creator, chosen)


def _creator_page(request: HttpRequest, creator: Creator, tab: profile_tabs.Tab) -> HttpResponse:
    frame = contexts.profile_frame(request, creator.user, creator)
    blocked = profile_tabs.Panel("creators/_blocked.html")
    panel = blocked if frame["relation"].blocks else tab.panel(request, creator)
    if is_htmx(request) and request.GET.get("after"):
        return render(request, panel.template, {**frame, **panel.context})
    nav = contexts.profile_nav(creator.user, tab.slug)
    context = {**frame, **panel.context, "panel_template": panel.template, "tab": tab, "tabs": nav}
    return render(request, "creators/profile.html", context)


@require_safe
@canonical
def followers(request: HttpRequest, handle: str) -> HttpResponse:
    """Who follows a creator, newest first."""
    creator = visible_creator(request, handle)
    page = queries.followers(creator=creator, viewer=viewer_of(request), after=request.GET.get("after"))
    people = [follow.follower for follow in page.items]
    return _list(request, creator.user, "followers", Page(people, page.after))


@require_safe
@canonical
def following(request: HttpRequest, handle: str) -> HttpResponse:
    """Whom a person follows, newest first."""
    person = visible_person(request, handle)
    page = queries.following(person=person, viewer=viewer_of(request), after=request.GET.get("after"))
    people = [follow.creator.user for follow in page.items]
    return _list(request, person, "following", Page(people, page.after))


def _list(request: HttpRequest, person: Any, which: str, page: Page[Any]) -> HttpResponse:
    creator_ids = [one.pk for one in page.items if one.is_creator]
    context = {
        "person": person,
        "which": which,
        "page": page,
        "followed": queries.followed_among(viewer=viewer_of(request), creator_ids=creator_ids),
        "tabs": contexts.follow_lists(person, which, is_creator=person.is_creator),
    }
    return render(request, "creators/follow_list.html", context)
