"""Search inside a group: a panel beside the conversation, or a page of its own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from groups import access
from groups.queries import mine
from groups.queries import search as queries
from groups.views.answers import answers
from groups.views.messages import uuid_of
from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited


@require_safe
@signed_in
@limited("group_search", "60/m", methods=frozenset({"GET"}))
@answers
def search(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """What `q` finds in the group of a channel, or (`here=1`) in that channel alone; `before` is a message's id."""
    channel, who = access.get_channel(person(request), channel_id)
    typed = request.GET.get("q", "")[: queries.LENGTH]
    is_here = request.GET.get("here") == "1"
    before = uuid_of(request.GET["before"]) if request.GET.get("before") else None
    found = queries.find(who, queries.parse(typed), channel=channel if is_here else None, before=before)
    context = {
        "channel": channel,
        "group": who.group,
        "name": mine.name_of(who.group, reader=person(request)),
        "q": typed,
        "is_here": is_here,
        "found": found,
    }
    is_panel = is_htmx(request) or "X-Requested-With" in request.headers
    return render(request, "groups/_search.html" if is_panel else "groups/search.html", context)
