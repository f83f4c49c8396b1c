"""What hangs on messages: polls (asked, voted on, ended), and previews, which their authors take off.

A script votes in place; without one a page of its own does.
"""

from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups import access, parts
from groups.actions import polls, previewing
from groups.models import Poll, PollVote
from groups.rights import Right
from groups.text import LENGTH
from groups.views.answers import answers, is_scripted
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited
from planet.web.text import TextField
from planet.web.toasts import toast

_MOST_ASKED = 60


class PollForm(forms.Form):
    """A poll to be asked."""

    question = TextField(label=gettext_lazy("Question"), max_length=LENGTH, widget=forms.Textarea({"rows": 2}))
    options = TextField(
        label=gettext_lazy("Options"),
        max_length=2000,
        help_text=gettext_lazy("Two to ten, one a line."),
        widget=forms.Textarea({"rows": 4}),
    )
    is_multiple = forms.BooleanField(label=gettext_lazy("Several answers"), required=False)
    runs = forms.ChoiceField(
        label=gettext_lazy("It runs"),
        choices=[
            ("1d", gettext_lazy("a day")),
            ("1h", gettext_lazy("an hour")),
            ("3d", gettext_lazy("three days")),
            ("7d", gettext_lazy("a week")),
            ("ever", gettext_lazy("without an end")),
        ],
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("poll", "20/h")
@answers
def ask(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Start a poll in a channel."""
    channel, who = access.get_channel(person(request), channel_id)
    access.require_send(channel, who, Right.POLLS)
    form = PollForm(request.POST or None, initial={"client_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            message = polls.ask(
                channel=channel,
                author=person(request),
                question=sent["question"],
                options=sent["options"].split("\n"),
                is_multiple=sent["is_multiple"],
                runs=sent["runs"],
                client_id=sent["client_id"],
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error("options" if getattr(error, "code", "") == "options" else None, error)
        else:
            return redirect(message.get_absolute_url())
    context = {"form": form, "group": who.group, "channel": channel}
    return render(request, "groups/poll_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("poll_vote", "120/10m")
@answers
def poll(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A poll by itself; a POST votes (`option`, once or several times; none takes the vote back)."""
    message, who = access.get_message(person(request), message_id)
    if (message.card or {}).get("kind") != "poll":
        raise Http404
    if request.method == "POST":
        raw = request.POST.getlist("option")
        if not all(one.isascii() and one.isdigit() and len(one) < 3 for one in raw):
            return HttpResponse(status=400)
        chosen = [int(one) for one in raw]
        polls.vote(actor=person(request), message_id=message_id, options=chosen, now=timezone.now())
        if is_scripted(request):
            return JsonResponse({"options": sorted(set(chosen))})
        return toast(request, redirect("message_poll", message_id), _("Saved"))
    found = parts.poll_view(message, Poll.objects.filter(pk=message_id).first())
    context = {
        "message": message,
        "poll": found,
        "group": who.group,
        "mine": set(PollVote.objects.filter(poll=message_id, user=person(request)).values_list("option", flat=True)),
        "may_close": not found.is_over and (message.author_id == person(request).pk or who.may(Right.DELETE)),
    }
    return render(request, "groups/poll.html", context)


@require_POST
@signed_in
@limited("poll", "20/h")
@answers
def close(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """End a poll early."""
    access.get_message(person(request), message_id)
    polls.close(actor=person(request), message_id=message_id, now=timezone.now())
    return HttpResponse(status=204) if is_scripted(request) else redirect("message_poll", message_id)


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """What the person chose in some polls (`m`, several times), as {message: [places]}."""
    try:
        ids = [UUID(raw) for raw in request.GET.getlist("m")[:_MOST_ASKED]]
    except ValueError:
        return HttpResponse(status=400)
    chosen: dict[str, list[int]] = {}
    rows = PollVote.objects.filter(poll__in=ids, user=person(request)).order_by("option")
    for poll_id, option in rows.values_list("poll", "option"):
        chosen.setdefault(str(poll_id), []).append(option)
    return JsonResponse(chosen)


@require_POST
@signed_in
@answers
def no_preview(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The author wants no preview below a message."""
    message, _who = access.get_message(person(request), message_id)
    previewing.take_off(actor=person(request), message_id=message_id, now=timezone.now())
    return HttpResponse(status=204) if is_scripted(request) else redirect(message.get_absolute_url())
