"""What the conversation's scripts ask for and send: rows of messages, positions, who is writing."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from groups import access, broadcasts, showing
from groups.actions import reading, sending
from groups.models import Channel, Message
from groups.queries import messages as pages
from groups.queries import unread
from groups.views.answers import answers, is_scripted
from groups.views.attachments import attached
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited


def rows(request: HttpRequest, found: Sequence[Message], channel: Channel, *, status: int = 200) -> HttpResponse:
    """Messages as rows, and behind them what the reader reacted with: all else in them is for everybody."""
    showing.dress(found, group=channel.group)
    html = "".join(showing.fragment(message) for message in found)
    mine = showing.mine(found, user_id=person(request).pk)
    return HttpResponse(
        html + (format_html("<i hidden data-mine='{}'></i>", _plain(mine)) if mine else ""), status=status
    )


def _plain(mine: dict[str, list[str]]) -> str:
    return json.dumps(mine, ensure_ascii=False, separators=(",", ":"))


@require_safe
@signed_in
@answers
def page(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Some rows: before, after or around a number, at a date, or (nothing asked) the newest."""
    channel, _who = access.get_channel(person(request), channel_id)
    found = _asked_page(request, channel)
    answer = rows(request, found.messages, channel)
    answer["X-First"] = str(found.messages[0].number if found.messages else 0)
    answer["X-Last"] = str(found.messages[-1].number if found.messages else 0)
    answer["X-Last-Number"] = str(channel.last_number)
    answer["X-Revision"] = str(channel.last_revision)
    if found.target is not None:
        answer["X-Target"] = str(found.target)
    return answer


def _asked_page(request: HttpRequest, channel: Channel) -> pages.Page:
    asked = request.GET
    if "before" in asked:
        return pages.before(channel, number(asked["before"]))
    if "after" in asked:
        return pages.after(channel, number(asked["after"]))
    if "around" in asked:
        return pages.around(channel, number(asked["around"]))
    if "date" in asked:
        return pages.around(channel, pages.number_at(channel, midnight(asked["date"], asked.get("zone", ""))))
    return pages.latest(channel)


def number(raw: str) -> int:
    """A number out of an address. Raises Http404 for anything else."""
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise Http404
    return int(raw)


def midnight(raw: str, zone: str) -> datetime:
    """The beginning of a day where the reader is. Raises Http404."""
    try:
        day = datetime.strptime(raw, "%Y-%m-%d")  # noqa: DTZ007  # the zone comes next
    except ValueError:
        raise Http404 from None
    try:
        return day.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    except (ZoneInfoNotFoundError, ValueError):
        return day.replace(tzinfo=UTC)


@require_safe
@signed_in
@answers
def since(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """The catch-up: every row that changed after a revision, in the order of the changes."""
    channel, _who = access.get_channel(person(request), channel_id)
    found = pages.since(channel, number(request.GET.get("revision", "")))
    answer = rows(request, found.messages, channel)
    answer["X-Revision"] = str(found.revision)
    answer["X-Last-Number"] = str(channel.last_number)
    if found.more:
        answer["X-More"] = "1"
    return answer


@require_safe
@signed_in
@answers
def mention(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """The next message that calls the reader."""
    channel, who = access.get_channel(person(request), channel_id)
    after = number(request.GET.get("after", "0"))
    found = pages.next_mention(who.user_id, channel, after=after, is_helper=who.is_helper)
    return JsonResponse({"number": found})


@require_POST
@signed_in
@limited("message", "30/10s", "150/m")
@answers
def send(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Write a message; sending it again is harmless. A script gets the row, a browser the conversation."""
    channel, _who = access.get_channel(person(request), channel_id)
    asked = request.POST
    now = timezone.now()
    message = sending.send(
        channel=channel,
        author=person(request),
        text=asked.get("text", ""),
        client_id=uuid_of(asked.get("client_id", "")),
        reply_to=uuid_of(asked["reply_to"]) if asked.get("reply_to") else None,
        attachments=[*(uuid_of(raw) for raw in asked.getlist("attachments") if raw), *attached(request, channel)],
        now=now,
    )
    if not is_scripted(request):
        return redirect(message.get_absolute_url())
    return rows(request, [message], channel, status=201 if message.created_at == now else 200)


def uuid_of(raw: str) -> UUID:
    """An id out of a form. Raises Http404 for what is none."""
    try:
        return UUID(raw)
    except ValueError:
        raise Http404 from None


@require_POST
@signed_in
@answers
def read(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """The member has read up to `number`; with `unread` everything from it on is unread again."""
    channel, who = access.get_channel(person(request), channel_id)
    at = number(request.POST.get("number", ""))
    if request.POST.get("unread"):
        reading.mark_unread(who=who, channel=channel, number=at)
    else:
        reading.read(who=who, channel=channel, number=at, now=timezone.now())
    return HttpResponse(status=204)


@require_POST
@signed_in
@answers
def typing(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """The member is writing; who may not write is not announced either."""
    channel, who = access.get_channel(person(request), channel_id)
    if access.silence_in(channel, who) is None:
        broadcasts.typing(channel.pk, person(request))
    return HttpResponse(status=204)


@require_safe
@signed_in
def unread_counts(request: HttpRequest) -> HttpResponse:
    """What the reader has not read, a group each: the rail's badge, and the list's catch-up."""
    user_id = person(request).pk
    found = unread.of_groups(user_id=user_id)
    badges = unread.badges(found)
    shown: dict[str, Any] = {
        str(group_id): {"unread": badge.unread, "mentions": badge.mentions} for group_id, badge in badges.items()
    }
    channels = {str(row.channel_id): row.unread for row in found if row.unread and row.kind != "thread"}
    groups = unread.ringing(user_id=user_id, found=badges, now=timezone.now())
    return JsonResponse({"groups": groups, "rows": shown, "channels": channels})
