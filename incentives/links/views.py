"""One's own link to other accounts, and the appeal against it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from incentives.forms import AppealForm
from incentives.links import contexts, deciding
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited


@require_safe
@never_cache
@signed_in
def linked(request: HttpRequest) -> HttpResponse:
    """Whether one's account counts together with others, and why."""
    return _page(request, AppealForm())


@require_POST
@never_cache
@signed_in
@limited("link_appeal", "10/h")
def appeal(request: HttpRequest) -> HttpResponse:
    """Say why they are not one person's; once."""
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            deciding.appeal(person=person(request), text=form.cleaned_data["text"], now=timezone.now())
        except deciding.NothingSaid:
            form.add_error("text", _("Say why these are not one person's accounts."))
        except deciding.NotLinked:
            return redirect("pool_linked")
        else:
            return redirect("pool_linked")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: AppealForm, status: int = 200) -> HttpResponse:
    shown = contexts.mine(viewer=person(request), now=timezone.now(), form=form)
    return render(request, "incentives/linked.html", shown, status=status)
