"""The search page, suggestions while typing, and what is talked about."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from discover import contexts, queries, suggestions
from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from posts.access import viewer_of

GET = frozenset({"GET"})


@require_safe
@limited("search", "60/m", methods=GET)
def search(request: HttpRequest) -> HttpResponse:
    """Posts, articles, people and topics for `q`; htmx gets the next page of a list."""
    asked = contexts.Asked.of(request)
    context = contexts.page(request, asked)
    if is_htmx(request) and asked.after:
        return render(request, "discover/_results.html", context)
    return render(request, "discover/search.html", {**context, "page_title": contexts.title(asked)})


@require_safe
@limited("suggest", "240/m", methods=GET)
def suggest(request: HttpRequest) -> HttpResponse:
    """What `q` may become: a list of options for what somebody is typing (`@in`, `#def`, `$s`, or a search)."""
    found = suggestions.suggest(request.GET.get("q", ""), viewer=viewer_of(request))
    response = render(request, "discover/_suggestions.html", {"found": found})
    response["Cache-Control"] = "private, max-age=30"
    return response


@require_safe
@signed_in
def topics(request: HttpRequest) -> HttpResponse:
    """The topics that the viewer follows."""
    page = queries.followed(viewer=person(request), after=request.GET.get("after"))
    return render(request, "discover/topics.html", {"page": page})


@require_safe
def trending(request: HttpRequest) -> HttpResponse:
    """What is talked about: a fragment for the right rail, else the search page before anything is asked."""
    if not is_htmx(request):
        return search(request)
    found = queries.trending(viewer_id=request.user.pk, size=5)
    response = render(request, "discover/_trending.html", {"trending": found})
    response["Cache-Control"] = "private, max-age=60"  # it is on every page
    return response
