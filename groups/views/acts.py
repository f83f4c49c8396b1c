"""What is done with one message: editing, deleting, reacting, pinning, forwarding, a thread of its own."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.actions import changing, forwarding, pinning, reacting, reading, threads
from groups.models import Channel, Message
from groups.views.answers import answers, is_scripted
from groups.views.messages import rows, uuid_of
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited
from planet.web.toasts import toast


def _answer(request: HttpRequest, message: Message) -> HttpResponse:
    """A script gets the row as it is now, a browser the conversation at it."""
    if not is_scripted(request):
        return redirect(message.get_absolute_url())
    return rows(request, [message], message.channel)


@require_POST
@signed_in
@limited("message_edit", "60/10m")
@answers
def edit(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say it differently."""
    message, _who = access.get_message(person(request), message_id)
    text = request.POST.get("text", "")
    return _answer(request, changing.edit(message=message, actor=person(request), text=text, now=timezone.now()))


@require_POST
@signed_in
@limited("message_delete", "120/10m")
@answers
def delete(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Delete for everybody; a gravestone stays."""
    message, _who = access.get_message(person(request), message_id)
    gone = changing.delete(message=message, actor=person(request), now=timezone.now())
    answer = _answer(request, gone)
    return answer if is_scripted(request) else toast(request, answer, _("Deleted"))


@require_POST
@signed_in
@limited("react", "60/m", "600/h")
@answers
def react(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """React (`on` 1), or take it back (0)."""
    message, _who = access.get_message(person(request), message_id)
    asked = request.POST
    changed = reacting.react(
        message=message,
        actor=person(request),
        emoji=asked.get("emoji", ""),
        on=asked.get("on", "1") != "0",
        now=timezone.now(),
    )
    return _answer(request, changed)


@require_POST
@signed_in
@limited("pin", "60/10m")
@answers
def pin(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Pin (`on` 1), or take it down (0)."""
    message, _who = access.get_message(person(request), message_id)
    on = request.POST.get("on", "1") != "0"
    return _answer(request, pinning.pin(message=message, actor=person(request), on=on, now=timezone.now()))


@require_POST
@signed_in
@limited("message", "30/10s", "150/m")
@answers
def forward(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say it in another channel of one's groups as well."""
    message, _who = access.get_message(person(request), message_id)
    channel, _there = access.get_channel(person(request), uuid_of(request.POST.get("channel", "")))
    sent = forwarding.forward(
        message=message,
        channel=channel,
        actor=person(request),
        client_id=uuid_of(request.POST.get("client_id", "")),
        now=timezone.now(),
    )
    if is_scripted(request):
        return toast(request, HttpResponse(status=204), _("Forwarded"))
    return toast(request, redirect(sent.get_absolute_url()), _("Forwarded"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("thread", "30/10m")
@answers
def thread(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """To the thread on a message; a POST opens it where there is none."""
    message, _who = access.get_message(person(request), message_id)
    if request.method == "POST":
        found = threads.open_thread(message=message, actor=person(request), now=timezone.now())
    else:
        existing = Channel.objects.filter(root=message).first()
        if existing is None:
            raise Http404
        found = existing
        found.group = message.channel.group
    return redirect(f"{found.group.get_absolute_url()}c/{found.pk}/")


@require_POST
@signed_in
@answers
def follow(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Hear of a thread (`on` 1), or no more (0)."""
    channel, who = access.get_channel(person(request), channel_id)
    if not channel.is_thread:
        raise Http404
    if request.POST.get("on", "1") != "0":
        reading.follow(user_id=who.user_id, thread=channel)
    else:
        reading.unfollow(user_id=who.user_id, thread=channel)
    if is_scripted(request):
        return HttpResponse(status=204)
    return redirect(f"{channel.group.get_absolute_url()}c/{channel.pk}/")
