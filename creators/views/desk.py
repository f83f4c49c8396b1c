"""The creator's desk: becoming one, and the profile."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creators import actions
from creators.access import own_creator, viewer_of
from creators.completeness import completeness
from creators.forms import ProfileForm, StartForm
from creators.models import Creator
from planet.accounts.access import person, signed_in
from planet.accounts.actions import RenamedTooSoon
from planet.accounts.models import User
from planet.web import images
from planet.web.ratelimits import limited
from planet.web.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What a creator is, what is still missing to be one, and the one button."""
    viewer = viewer_of(request)
    if viewer and viewer.is_creator:
        return redirect("creator_edit")
    if request.method == "POST":
        return _activate(request)
    return render(request, "creators/start.html", _steps(viewer) | {"form": StartForm()})


@signed_in
@limited("creator", "20/h")
def _activate(request: HttpRequest) -> HttpResponse:
    viewer, form = person(request), StartForm(request.POST)
    if form.is_valid():
        try:
            name = form.cleaned_data["display_name"]
            actions.activate(actor=viewer, display_name=name, now=timezone.now())
        except actions.NotReady:
            form.add_error(None, _("Confirm your e-mail address and pass the identity check first."))
        else:
            return toast(request, redirect("creator_edit"), _("You are a creator now. Make the page yours."))
    return render(request, "creators/start.html", _steps(viewer) | {"form": form}, status=422)


def _steps(viewer: User | None) -> dict[str, Any]:
    """Which of the steps are done, and which is next."""
    email = viewer is not None and actions.has_verified_email(viewer)
    verified = viewer is not None and viewer.is_verified
    done = {"account": viewer is not None, "email": email, "kyc": verified}
    return {"done": done, "next": next((step for step, is_done in done.items() if not is_done), "activate")}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("profile", "60/h")
def edit(request: HttpRequest) -> HttpResponse:
    """The creator's own profile."""
    if not person(request).is_creator:
        return redirect("creator_start")
    creator = own_creator(request)
    if request.method != "POST":
        return _form_page(request, creator, ProfileForm.of(creator))
    form = ProfileForm.of(creator, request.POST, request.FILES)
    if form.is_valid() and _save(creator, form):
        return toast(request, redirect(creator.get_absolute_url()), _("Saved."))
    creator.refresh_from_db()
    return _form_page(request, creator, form, status=422)


def _form_page(request: HttpRequest, creator: Creator, form: ProfileForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "creator": creator, "person": creator.user, "completeness": completeness(creator)}
    return render(request, "creators/edit.html", context, status=status)


def _save(creator: Creator, form: ProfileForm) -> bool:
    """Store the uploads, then change the profile; False with the errors on the form, and no picture left behind."""
    data, stored = form.cleaned_data, dict[str, str]()
    kinds: tuple[images.Kind, ...] = ("avatar", "banner")
    for kind in kinds:
        try:
            if data[kind] and not data[f"remove_{kind}"]:
                stored[kind] = images.store(data[kind], kind=kind).key
        except images.BadImage as error:
            form.add_error(kind, ValidationError(str(error)))
    if form.is_valid():
        try:
            actions.edit_profile(actor=creator, profile=_profile(creator, data, stored), now=timezone.now())
        except RenamedTooSoon as error:
            day = date_format(error.until, "DATE_FORMAT")
            form.add_error("display_name", _("You can change your display name again on %(day)s.") % {"day": day})
        else:
            return True
    for key in stored.values():
        images.discard(key)
    return False


def _profile(creator: Creator, data: dict[str, Any], stored: dict[str, str]) -> actions.Profile:
    before = {"avatar": creator.user.avatar, "banner": creator.banner}
    pictures = {kind: "" if data[f"remove_{kind}"] else stored.get(kind, before[kind]) for kind in ("avatar", "banner")}
    return actions.Profile(
        display_name=data["display_name"],
        bio=data["bio"],
        links=data["links"] or [],
        languages=data["languages"],
        topics=data["topics"],
        shows_tips=data["shows_tips"],
        **pictures,
    )
