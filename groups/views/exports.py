"""The owner's export of a group."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.actions import exports
from groups.queries.exports import shown
from groups.views.answers import answers
from groups.views.desk import desk
from groups.views.manage import owner_of
from planet.accounts.access import person, signed_in
from planet.web import private
from planet.web.ratelimits import limited
from planet.web.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_export", "10/h")
@answers
def index(request: HttpRequest, handle: str) -> HttpResponse:
    """What there is; or (POST) ask for everything as files."""
    who = owner_of(request, handle)
    if request.method == "POST":
        exports.ask(actor=person(request), group_id=who.group.pk, now=timezone.now())
        return toast(request, redirect("group_export", who.group.handle), _("We tell you when it is ready."))
    context = {"exports": shown(who.group), "kept_days": exports.KEPT.days}
    return render(request, "groups/manage/export.html", desk(who, "export") | context)


@require_safe
@signed_in
@limited("group_export_file", "60/h", methods=frozenset({"GET"}))
@answers
def download(request: HttpRequest, handle: str, export_id: UUID) -> HttpResponse:
    """The archive."""
    who = owner_of(request, handle)
    row = exports.take(actor=person(request), group_id=who.group.pk, export_id=export_id, now=timezone.now())
    name = f"{who.group.handle}-{row.asked_at:%Y-%m-%d}.zip"
    response = private.send(row.key, media_type="application/zip", filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
