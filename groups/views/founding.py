"""Founding a group, and finding one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.actions import founding
from groups.actions.founding import Plan
from groups.errors import MayNotFound
from groups.forms.settings import FoundForm
from groups.models import Admission, Group, Visibility
from groups.queries import joining, listing
from groups.views.answers import told
from planet.accounts.access import person, signed_in
from planet.web import images
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_found", "10/h", "20/d")
def new(request: HttpRequest) -> HttpResponse:
    """Found a group; whoever may not yet reads what is missing."""
    user = person(request)
    if not founding.may_found(user):
        return render(request, "groups/new.html", {"form": None}, status=403 if request.method == "POST" else 200)
    form = FoundForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        group = _found(request, form)
        if group:
            return toast(
                request, redirect("group_manage", group.handle), _("Your group stands. Invite the first people.")
            )
    return render(request, "groups/new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, form: FoundForm) -> Group | None:
    """The group, or None with what was wrong on the form and no picture left behind."""
    data = form.cleaned_data
    key = stored_picture(form, data["avatar"])
    if form.errors:
        return None
    plan = Plan(
        handle=data["handle"],
        name=data["name"],
        about=data["about"],
        topics=data["topics"],
        avatar=key,
        visibility=Visibility(data["visibility"]),
        admission=Admission(data["admission"]),
    )
    try:
        return founding.found(actor=person(request), plan=plan, now=timezone.now())
    except ValidationError as error:
        form.add_error("admission" if error.code == "ways" else "handle", error)
    except MayNotFound as error:
        form.add_error(None, told(error))
    if key:
        images.discard(key)
    return None


def stored_picture(form: Any, upload: Any) -> str:
    """Store an upload and return its key; "" when there is none, and with the error on the form when it is bad."""
    if not upload:
        return ""
    try:
        return images.store(upload, kind="avatar").key
    except images.BadImage as error:
        form.add_error("avatar", ValidationError(str(error)))
        return ""


@require_safe
def discover(request: HttpRequest) -> HttpResponse:
    """Groups that one may find: the largest first, by name, by topic; on top the invitations to answer."""
    viewer = person(request) if request.user.is_authenticated else None
    q, topic = request.GET.get("q", "").strip()[:60], request.GET.get("topic", "").strip().lower()[:40]
    page = listing.directory(
        viewer_id=viewer.pk if viewer else None,
        q=q,
        topic=topic,
        after=request.GET.get("after") or None,
        now=timezone.now(),
    )
    context = {
        "page": page,
        "q": q,
        "topic": topic,
        "invitations": joining.invitations(user=viewer) if viewer and not is_htmx(request) else [],
        "may_found": viewer is not None and founding.may_found(viewer),
    }
    return render(request, "groups/discover.html", context)
