"""The conversation's pages: the list, a group, a channel, a message by itself. All of it is read without scripts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from groups import access, contexts, showing
from groups.access import Standing
from groups.emoji import REACTIONS
from groups.models import Channel, Message
from groups.queries import channels, messages, mine, unread
from groups.queries.messages import Page
from groups.rights import Right
from groups.views import joining
from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.web.htmx import is_htmx

_MOST_DIGITS = 12


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """The groups and conversations of whoever is signed in; for a script, the rows alone."""
    wanted = request.GET.get("show", "all")
    pane = contexts.list_pane(
        person(request),
        wanted=wanted if wanted in mine.FILTERS else "all",
        folder=request.GET.get("folder", ""),
        q=request.GET.get("q", "").strip()[:60],
        skip=_number(request, "skip") or 0,
    )
    if is_htmx(request):
        return render(request, "groups/_rows.html", pane)
    return render(request, "groups/index.html", {**pane, "view": "list", "heading": "h1"})


@require_safe
def group(request: HttpRequest, handle: str) -> HttpResponse:
    """A group's first channel for its members; for anybody else who may know of it, what it is about."""
    user = person(request) if request.user.is_authenticated else None
    found, who = access.find_group(user.pk if user else None, handle)
    if who is None:
        return joining.card(request, found)
    standing = list(channels.of_group(found))
    if not standing:
        raise Http404
    standing[0].group = who.group
    return talk(request, standing[0], who, standing)


@require_safe
@signed_in
def channel(request: HttpRequest, handle: str, channel_id: UUID) -> HttpResponse:
    """A channel or a thread of a group; for a script alone, for the panel beside another."""
    user = person(request)
    found, who = access.get_channel(user, channel_id)
    if who.group.handle != handle.lower():
        raise Http404
    return talk(request, found, who)


def talk(
    request: HttpRequest, found: Channel, who: Standing, standing: Sequence[Channel] | None = None
) -> HttpResponse:
    """The page of a conversation, for whoever is in it; what a direct conversation's address shows, too."""
    user, is_panel = person(request), is_htmx(request)
    # Beside the list of groups what is unread is counted once, for the list and for the conversation.
    counted = unread.of_groups(user_id=user.pk, group_ids=[who.group.pk] if is_panel else None)
    page = _page(request, found, contexts.state_of(who, found, counted).position)
    reply = _reply(request, found)
    context = contexts.conversation(user, who, found, page, counted=counted, standing=standing, reply=reply)
    if is_panel:
        return render(request, "groups/_conversation.html", {**context, "panel": True})
    pane = contexts.list_pane(user, counted=counted)
    return render(request, "groups/conversation.html", {**context, **pane, **contexts.details(who), "view": "conv"})


def _page(request: HttpRequest, found: Channel, position: int) -> Page:
    """The part of the conversation that the address asks for."""
    if number := _number(request, "before"):
        return messages.before(found, number)
    if number := _number(request, "after"):
        return messages.after(found, number)
    if day := _day(request.GET.get("date", "")):
        moment = datetime.combine(day, time.min, tzinfo=UTC)
        return messages.around(found, messages.number_at(found, moment))
    return contexts.opening(found, position, at=_number(request, "at"))


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None


def _day(value: str) -> date | None:
    try:
        return parse_date(value)
    except ValueError:
        return None


def _reply(request: HttpRequest, found: Channel) -> Message | None:
    """The message that is being answered, without scripts."""
    number = _number(request, "reply")
    rows = Message.objects.filter(channel=found, number=number or 0, deleted_at=None)
    return rows.select_related("author").first() if number else None


@require_safe
@signed_in
def about(request: HttpRequest, handle: str) -> HttpResponse:
    """The details of a group as a page of their own, for small screens."""
    user = person(request)
    who = access.get_group(user, handle)
    standing = list(channels.of_group(who.group))
    if not standing:
        raise Http404
    first = standing[0]
    first.group = who.group
    counted = unread.of_groups(user_id=user.pk)
    page = messages.latest(first, size=1)
    context = contexts.conversation(user, who, first, page, counted=counted, standing=standing)
    pane = {**contexts.list_pane(user, counted=counted), **contexts.details(who)}
    return render(request, "groups/about.html", {**context, **pane, "view": "details"})


@require_safe
@signed_in
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A message by itself, with everything that can be done with it as plain forms."""
    user = person(request)
    found, who = access.get_message(user, message_id)
    showing.dress([found], group=who.group)
    return render(request, "groups/message.html", {"m": found, **_acts(user, found, who)})


def _acts(user: User, found: Message, who: Standing) -> dict[str, Any]:
    here = contexts.channel_url(who.group, found.channel)
    return {
        "group": who.group,
        "channel": found.channel,
        "standing": who,
        "in_place": f"{here}?at={found.number}#m{found.number}",
        "answer": f"{here}?reply={found.number}",
        "is_own": found.author_id == user.pk,
        "may_delete": found.author_id == user.pk or who.may(Right.DELETE),
        "may_pin": who.may(Right.PIN),
        "reactions": list(REACTIONS.items()),
    }


@require_safe
@signed_in
def forward_to(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Where a message can be said as well: a page, or what the dialog shows."""
    user = person(request)
    found, who = access.get_message(user, message_id)
    context = {"m": found, "targets": contexts.targets(user), "client_id": uuid4(), **_acts(user, found, who)}
    return render(request, "groups/_forward_dialog.html" if is_htmx(request) else "groups/forward.html", context)
