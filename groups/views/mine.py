"""How a member keeps a group, leaves it, and catches up with it."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups import access
from groups.access import Standing
from groups.actions import direct, joining, keeping
from groups.errors import OwnerStays
from groups.models import Level
from groups.queries import catching_up, mine
from groups.views.answers import answers, is_scripted
from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.text import LineField
from planet.web.toasts import toast

_MUTES = (
    ("1h", gettext_lazy("For an hour")),
    ("8h", gettext_lazy("For eight hours")),
    ("1d", gettext_lazy("For a day")),
    ("7d", gettext_lazy("For a week")),
    ("ever", gettext_lazy("Until I say otherwise")),
    ("off", gettext_lazy("Not muted")),
)


class KeepForm(forms.Form):
    """One thing, or several, about how a member keeps a group; what is not sent stays as it is."""

    mute = forms.ChoiceField(choices=_MUTES, required=False)
    level = forms.ChoiceField(choices=Level.choices, required=False)
    pin = forms.ChoiceField(choices=[("1", ""), ("0", "")], required=False)
    archive = forms.ChoiceField(choices=[("1", ""), ("0", "")], required=False)
    folder = LineField(label=gettext_lazy("Folder"), max_length=keeping.FOLDER_LENGTH, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_keep", "120/10m")
@answers
def keep(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Mute, level, pin, archive and folder of a group: a page, or what a dialog shows."""
    who = access.acting(person(request), group_id)
    form = KeepForm(request.POST or None, initial={"folder": who.member.folder})
    if request.method == "POST":
        if form.is_valid():
            _keep(request, who, form)
            if is_scripted(request):
                return toast(request, HttpResponse(status=204), _("Saved"))
            return toast(request, redirect("group_keep", group_id), _("Saved"))
        return _show(request, who, form, status=422)
    return _show(request, who, form)


def _keep(request: HttpRequest, who: Standing, form: KeepForm) -> None:
    sent, actor, now = form.cleaned_data, person(request), timezone.now()
    group_id = who.group.pk
    if sent["mute"]:
        keeping.mute_for(actor=actor, group_id=group_id, how_long=sent["mute"], now=now)
    if sent["level"]:
        keeping.set_level(actor=actor, group_id=group_id, level=Level(sent["level"]))
    if sent["pin"]:
        keeping.pin(actor=actor, group_id=group_id, on=sent["pin"] == "1")
    if sent["archive"]:
        keeping.archive(actor=actor, group_id=group_id, on=sent["archive"] == "1", now=now)
    if "folder" in request.POST:
        keeping.put_in_folder(actor=actor, group_id=group_id, name=sent["folder"])


def _show(request: HttpRequest, who: Standing, form: KeepForm, *, status: int = 200) -> HttpResponse:
    now, member = timezone.now(), who.member
    context = {
        "group": who.group,
        "name": mine.name_of(who.group, reader=person(request)),
        "member": member,
        "form": form,
        "is_muted": bool(member.muted_until and member.muted_until > now),
        "is_for_ever": bool(member.muted_until and member.muted_until > now + keeping.FOR_EVER / 2),
        "mutes": _MUTES[:-1],
        "levels": Level.choices,
        "folders": mine.folders(mine.rows(person(request), now=now)),
    }
    template = "groups/_keep_dialog.html" if is_htmx(request) else "groups/keep.html"
    return render(request, template, context, status=status)


@require_POST
@signed_in
@limited("group_keep", "120/10m")
def order(request: HttpRequest) -> HttpResponse:
    """What is pinned, in the order of the ids that are sent as `group`."""
    try:
        wanted = [UUID(value) for value in request.POST.getlist("group")[: keeping.MOST_PINNED]]
    except ValueError:
        return HttpResponse(status=400)
    keeping.order_pins(actor=person(request), wanted=wanted)
    return HttpResponse(status=204) if is_scripted(request) else redirect("groups")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_leave", "30/10m")
@answers
def leave(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Ask, then go."""
    who = access.acting(person(request), group_id)
    context = {
        "group": who.group,
        "name": mine.name_of(who.group, reader=person(request)),
        "is_stuck": who.is_owner and not who.group.is_direct,
    }
    if request.method != "POST":
        return render(request, "groups/leave.html", context)
    going = direct.leave if who.group.is_direct else joining.leave
    try:
        going(actor=person(request), group_id=group_id, now=timezone.now())
    except OwnerStays:
        return render(request, "groups/leave.html", {**context, "is_stuck": True}, status=403)
    return toast(request, redirect("groups"), _("You left."))


@require_safe
@signed_in
@answers
def catch_up(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """What happened while the member was away: since the first unread message, or in one of a few ranges."""
    who = access.acting(person(request), group_id)
    wanted = request.GET.get("range", "away")
    now = timezone.now()
    away = catching_up.away_since(who)
    if wanted in catching_up.RANGES:
        since = now - catching_up.RANGES[wanted]
    else:
        wanted, since = "away", away or now
    context = {
        "group": who.group,
        "name": mine.name_of(who.group, reader=person(request)),
        "range": wanted,
        "away": away,
        "found": catching_up.since(who, since),
        "ranges": (
            ("away", _("Since you were here")),
            ("1d", _("One day")),
            ("7d", _("One week")),
            ("30d", _("One month")),
        ),
    }
    return render(request, "groups/catch_up.html", context)
