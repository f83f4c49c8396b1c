"""Reporting something, as a dialog or a page, and what one has reported."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.moderation.reports import actions, queries, registry
from planet.moderation.reports.forms import ReportForm
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
@limited("report", "20/h", "60/d")
def report(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Ask what is wrong with a thing, and take the report. What one may not see, one cannot report."""
    about = registry.get(kind)
    if about is None:
        raise Http404
    thing = about.find(request, object_id)
    user = person(request)
    if about.owner(thing) == user.pk:
        return _show(request, "own", {"about": about}, status=409)
    first = queries.open_report(user=user, kind=kind, object_id=thing.pk)
    initial = {"reason": first.reason, "note": first.note} if first else None
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _take(request, about, thing, form)
    context = {"form": form, "about": about, "evidence": about.snapshot(thing), "first": first}
    return _show(request, "form", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, about: registry.Reportable, thing: Any, form: ReportForm) -> HttpResponse:
    data = form.cleaned_data
    made = actions.report(
        actor=person(request),
        about=about,
        thing=thing,
        reason=data["reason"],
        note=data["note"],
        now=timezone.now(),
    )
    owner = User.objects.filter(pk=about.owner(thing), is_active=True).first()
    return _show(request, "done", {"about": about, "made": made, "owner": owner})


def _show(request: HttpRequest, what: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """One of the three faces of the dialog; without htmx the same in a page."""
    template = "moderation/_report_dialog.html" if is_htmx(request) else "moderation/report.html"
    return render(request, template, {**context, "body": f"moderation/_report_{what}.html"}, status=status)


@require_safe
@never_cache
@signed_in
def reports(request: HttpRequest) -> HttpResponse:
    """What one has reported, and what became of it."""
    page = queries.of_person(user=person(request), after=request.GET.get("after") or None)
    return render(request, "moderation/reports.html", {"page": page})
