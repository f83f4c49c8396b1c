"""Changing a group: how it presents itself, who comes in, what members may do, and its owner's last word."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creators.access import visible_person
from groups import access
from groups.access import Standing
from groups.actions import founding, sanctioning, settings, transferring
from groups.errors import NotAllowed
from groups.forms.people import AppealForm, ConfirmForm, HandleForm
from groups.forms.settings import ConductForm, IdentityForm, WaysForm
from groups.queries import joining, members
from groups.rights import Right
from groups.views.answers import answers
from groups.views.desk import desk
from groups.views.founding import stored_picture
from planet.accounts.access import person, signed_in
from planet.web import images
from planet.web.ratelimits import limited
from planet.web.toasts import toast


def standing_with(request: HttpRequest, handle: str, right: Right) -> Standing:
    """The viewer's standing in a group. Raises Http404 for an outsider, NotAllowed for a member without the right."""
    who = access.get_group(person(request), handle)
    who.require(right)
    return who


def owner_of(request: HttpRequest, handle: str) -> Standing:
    """The same, for the owner alone."""
    who = access.get_group(person(request), handle)
    if not who.is_owner:
        raise NotAllowed(Right.EDIT_GROUP)
    return who


@require_safe
@signed_in
@answers
def overview(request: HttpRequest, handle: str) -> HttpResponse:
    """The sections that are this helper's, and what waits in them."""
    who = access.get_group(person(request), handle)
    if not who.is_helper:
        raise NotAllowed(Right.EDIT_GROUP)
    return _overview(request, who, AppealForm())


def _overview(request: HttpRequest, who: Standing, form: AppealForm) -> HttpResponse:
    context = desk(who) | {"appeal_form": form, "is_overview": True}
    return render(request, "groups/manage/overview.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def identity(request: HttpRequest, handle: str) -> HttpResponse:
    """Name, picture, rules and welcome."""
    who = standing_with(request, handle, Right.EDIT_GROUP)
    form = IdentityForm.of(who.group, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _dress(request, who, form):
        return toast(request, redirect("group_identity", who.group.handle), _("Saved."))
    context = desk(who, "identity") | {"form": form}
    return render(request, "groups/manage/identity.html", context, status=422 if form.errors else 200)


def _dress(request: HttpRequest, who: Standing, form: IdentityForm) -> bool:
    """Store the picture, then change the group; False with the error on the form."""
    data = form.cleaned_data
    key = "" if data["remove_avatar"] else stored_picture(form, data["avatar"])
    if form.errors:
        return False
    fields = {name: data[name] for name in ("name", "about", "topics", "rules", "welcome")}
    if key or data["remove_avatar"]:
        fields["avatar"] = key
    try:
        settings.change(actor=person(request), group_id=who.group.pk, now=timezone.now(), **fields)
    except Exception:
        if key:
            images.discard(key)
        raise
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def ways(request: HttpRequest, handle: str) -> HttpResponse:
    """Who knows of the group, how people come in, what is asked of them."""
    who = standing_with(request, handle, Right.EDIT_GROUP)
    asked = [question.text for question in joining.questions(group=who.group)]
    form = WaysForm.of(who.group, asked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, actor, now = form.cleaned_data, person(request), timezone.now()
        settings.reshape(
            actor=actor,
            group_id=who.group.pk,
            questions=data["questions"],
            now=now,
            visibility=data["visibility"],
            admission=data["admission"],
            gates=form.chosen_gates(who.group),
            joins_per_minute=data["joins_per_minute"],
        )
        return toast(request, redirect("group_ways", who.group.handle), _("Saved."))
    context = desk(who, "ways") | {"form": form}
    return render(request, "groups/manage/ways.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def conduct(request: HttpRequest, handle: str) -> HttpResponse:
    """What members may do, how fast, and when."""
    who = standing_with(request, handle, Right.EDIT_GROUP)
    form = ConductForm.of(who.group, request.POST or None)
    if request.method == "POST" and form.is_valid():
        settings.change(actor=person(request), group_id=who.group.pk, now=timezone.now(), **form.cleaned_data)
        return toast(request, redirect("group_conduct", who.group.handle), _("Saved."))
    context = desk(who, "conduct") | {"form": form}
    return render(request, "groups/manage/conduct.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@limited("group_edit", "60/10m")
@answers
def freeze(request: HttpRequest, handle: str) -> HttpResponse:
    """Everybody only reads (`on=1`), or writes again (`on=0`)."""
    who = standing_with(request, handle, Right.EDIT_GROUP)
    on = request.POST.get("on") == "1"
    settings.freeze(actor=person(request), group_id=who.group.pk, on=on, now=timezone.now())
    said = _("Frozen: everybody only reads.") if on else _("Open for writing again.")
    return toast(request, redirect("group_conduct", who.group.handle), said)


# --- the owner's --------------------------------------------------------------------------------------------------


@require_safe
@signed_in
@answers
def owner(request: HttpRequest, handle: str) -> HttpResponse:
    """Handing the group over, and closing it."""
    return _owner(request, owner_of(request, handle))


def _owner(request: HttpRequest, who: Standing, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "offer": transferring.standing_offer(who.group),
        "offer_form": HandleForm(),
        "close_form": ConfirmForm(expected=who.group.handle or ""),
        **forms,
    }
    return render(request, "groups/manage/owner.html", desk(who, "owner") | context, status=status)


@require_POST
@signed_in
@limited("group_own", "20/h")
@answers
def offer(request: HttpRequest, handle: str) -> HttpResponse:
    """Offer the group to a member, by handle."""
    who = owner_of(request, handle)
    form = HandleForm(request.POST)
    if not form.is_valid():
        return _owner(request, who, 422, offer_form=form)
    target = visible_person(request, form.cleaned_data["handle"].removeprefix("@"))
    if members.member(group=who.group, user_id=target.pk) is None or not founding.may_found(target):
        form.add_error("handle", ValidationError(_("Only a member who is a verified creator can own the group.")))
        return _owner(request, who, 422, offer_form=form)
    transferring.offer(actor=person(request), group_id=who.group.pk, target=target, now=timezone.now())
    said = _("Offered. @%(handle)s has seven days to accept.") % {"handle": target.handle}
    return toast(request, redirect("group_owner", who.group.handle), said)


@require_POST
@signed_in
@limited("group_own", "20/h")
@answers
def close(request: HttpRequest, handle: str) -> HttpResponse:
    """Close the group, its handle typed to confirm; or (`reopen=1`) take that back."""
    who = owner_of(request, handle)
    if request.POST.get("reopen") == "1":
        founding.reopen(actor=person(request), group_id=who.group.pk, now=timezone.now())
        return toast(request, redirect("group_owner", who.group.handle), _("The group is open again."))
    form = ConfirmForm(request.POST, expected=who.group.handle or "")
    if not form.is_valid():
        return _owner(request, who, 422, close_form=form)
    founding.close(actor=person(request), group_id=who.group.pk, now=timezone.now())
    return toast(
        request, redirect("group_owner", who.group.handle), _("The group is closed. Members can still read it.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_own", "20/h")
@answers
def transfer(request: HttpRequest, handle: str) -> HttpResponse:
    """The offer, for whom it is made: take the group over (`yes=1`), or end it, which its owner may as well."""
    user = person(request)
    who = access.get_group(user, handle)
    standing = transferring.standing_offer(who.group)
    if request.method != "POST":
        if standing is None or user.pk not in (standing.to_user_id, standing.from_user_id):
            return toast(request, redirect(who.group), _("No offer of this group stands."), kind="error")
        return render(request, "groups/transfer.html", desk(who) | {"offer": standing})
    if request.POST.get("yes") == "1":
        transferring.take(actor=user, group_id=who.group.pk, now=timezone.now())
        return toast(request, redirect("group_manage", who.group.handle), _("The group is yours."))
    transferring.end(actor=user, group_id=who.group.pk, now=timezone.now())
    return toast(request, redirect(who.group), _("The offer is over."))


@require_POST
@signed_in
@limited("group_own", "20/h")
@answers
def appeal(request: HttpRequest, handle: str) -> HttpResponse:
    """The owner's appeal against an operator's measure."""
    who = owner_of(request, handle)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _overview(request, who, form)
    sanctioning.appeal(actor=person(request), group_id=who.group.pk, text=form.cleaned_data["text"], now=timezone.now())
    return toast(request, redirect("group_manage", who.group.handle), _("Your appeal is with the operators."))
