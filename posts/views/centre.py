"""The creator's centre."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from creators.access import own_creator
from planet.accounts.access import person, signed_in
from planet.web import spreadsheets
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from posts.contexts import centre as contexts


@require_safe
@signed_in
@cache_control(private=True)
def overview(request: HttpRequest) -> HttpResponse:
    """All of one's posts together, and each of them below."""
    if not person(request).is_creator:
        return redirect("creator_start")
    creator, now = own_creator(request), timezone.now()
    name, window = contexts.window_of(request.GET.get("window", ""), now)
    after = request.GET.get("after")
    page = contexts.lines(creator=creator, window=window, after=after)
    context: dict[str, Any] = {
        "lines": page.items,
        "after": page.after,
        "window": name,
        "more_query": f"&window={name}",
    }
    if is_htmx(request) and after:
        return render(request, "creators/_centre_posts.html", context)
    context |= contexts.centre(creator=creator, name=name, window=window, now=now)
    return render(request, "creators/centre.html", context)


@require_safe
@signed_in
@cache_control(private=True)
def post(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """One post of one's own. 404 for anybody else's."""
    if not person(request).is_creator:
        return redirect("creator_start")
    creator, now = own_creator(request), timezone.now()
    shown = get_object_or_404(contexts.posts_of(creator), pk=post_id)
    name, window = contexts.window_of(request.GET.get("window", ""), now)
    context = contexts.centre(creator=creator, name=name, window=window, now=now, post=shown)
    return render(request, "creators/centre_post.html", context | {"post": shown, "title": contexts.title_of(shown)})


@require_safe
@signed_in
@limited("centre_csv", "30/h", methods=frozenset({"GET"}))
def download(request: HttpRequest) -> HttpResponse:
    """Every post's figures as CSV, sent while it is read."""
    if not person(request).is_creator:
        return redirect("creator_start")
    creator, now = own_creator(request), timezone.now()
    name, window = contexts.window_of(request.GET.get("window", ""), now)
    rows = contexts.table(creator=creator, window=window, site=settings.SITE_URL)
    return spreadsheets.sent(rows, filename=f"{creator.user.handle}-{name}-{now:%Y-%m-%d}.csv")
