"""Giving a tip, as a dialog or a page; the receipt; what a thing of one's own received."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planet.accounts.access import get_person, person, signed_in
from planet.tips import actions, contexts, queries
from planet.tips.access import own_tip, tippable
from planet.tips.errors import CannotTip, Overtaken
from planet.tips.forms import TipForm
from planet.tips.registry import Tippable
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
@limited("tip", "30/10m", "200/d")
def tip(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Give something a tip. Whose it is sees what it received instead."""
    about, thing = tippable(request, kind, object_id)
    user, receiver = person(request), about.receiver(thing)
    if user.pk == receiver.pk and request.method != "POST":
        context = contexts.received(about, thing, after=request.GET.get("after") or None)
        if is_htmx(request) and request.GET.get("after"):
            return render(request, "tips/_tips.html", context)
        return _show(request, "received", context)
    if reason := actions.refusal(actor=user, receiver=receiver):
        return _show(request, "refused", {"about": about, "receiver": receiver, "reason": reason}, status=409)
    if request.method == "POST":
        return _take(request, about, thing)
    return _ask(request, about, thing, TipForm(initial=contexts.initial(user, receiver, about, thing)))


def _take(request: HttpRequest, about: Tippable, thing: Any) -> HttpResponse:
    user, form = person(request), TipForm(request.POST)
    if not form.is_valid():
        return _ask(request, about, thing, form, status=422)
    data = form.cleaned_data
    try:
        sent, is_new = actions.send(
            actor=user, about=about, thing=thing, units=data["units"], number=data["number"],
            message=data["message"], is_named=data["is_named"], now=timezone.now(),
        )  # fmt: skip
    except Overtaken as error:
        number = queries.next_number(payer=user, kind=about.kind, object_id=thing.pk)
        form = TipForm({**request.POST.dict(), "number": number})
        form.add_error(None, str(error.text))
        return _ask(request, about, thing, form, status=409)
    except CannotTip as error:
        form.add_error(None, str(error.text))
        return _ask(request, about, thing, form, status=422)
    if is_htmx(request):
        return _show(request, "receipt", contexts.receipt(user, sent, is_new=is_new))
    response = redirect("tip_receipt", sent.pk)
    return response if is_new else toast(request, response, _("This tip was sent before. Nothing was sent twice."))


def _ask(request: HttpRequest, about: Tippable, thing: Any, form: TipForm, status: int = 200) -> HttpResponse:
    # A dialog swaps what is 422 only; a page says exactly what it is.
    shown = 422 if is_htmx(request) and status != 200 else status
    return _show(request, "form", contexts.form(person(request), about, thing, form), status=shown)


def _show(request: HttpRequest, what: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """One of the faces of the dialog; without htmx the same in a page."""
    template = "tips/_dialog.html" if is_htmx(request) else "tips/page.html"
    return render(request, template, {**context, "face": what, "body": f"tips/_{what}.html"}, status=status)


@require_safe
@never_cache
@signed_in
def receipt(request: HttpRequest, tip_id: UUID) -> HttpResponse:
    """What was sent and what arrived, for the two whom it concerns."""
    return _show(request, "receipt", contexts.receipt(person(request), own_tip(request, tip_id)))


@require_POST
@signed_in
@limited("tip_name", "30/10m")
def name(request: HttpRequest, handle: str) -> HttpResponse:
    """Be named among somebody's supporters (`on=1`), or not any more (`on=0`)."""
    receiver = get_person(handle)
    is_named = request.POST.get("on") == "1"
    actions.choose_name(actor=person(request), receiver=receiver, is_named=is_named)
    text = _("You are named among the supporters.") if is_named else _("You are not named among the supporters.")
    return toast(request, redirect("profile_tab", receiver.handle, "supporters"), text)
