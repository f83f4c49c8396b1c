"""Looking after a group day by day: requests, invitations and links, roles, bans, the log."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups import access
from groups.access import Standing
from groups.actions import inviting, joining, roles
from groups.actions.inviting import Terms
from groups.errors import GroupError, NotAllowed, Outranked
from groups.forms.people import BanByHandleForm, HandleForm, LinkForm, ReasonForm, RoleForm
from groups.log import FAMILIES
from groups.models import InviteLink, Role
from groups.queries import joining as ways
from groups.queries import log, members
from groups.rights import Right
from groups.views.answers import answers, told
from groups.views.desk import desk
from groups.views.manage import standing_with
from groups.views.members import ban_with
from planet.accounts.access import person, signed_in
from planet.accounts.queries import by_handle
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast

AT_ONCE = 100


# --- requests -------------------------------------------------------------------------------------------------------


@require_safe
@signed_in
@answers
def requests(request: HttpRequest, handle: str) -> HttpResponse:
    """Who waits, with their answers; the longest first."""
    who = standing_with(request, handle, Right.REQUESTS)
    q = request.GET.get("q", "").strip()[:40]
    page = ways.requests(group=who.group, after=request.GET.get("after") or None, q=q)
    context = {"page": page, "q": q, "reason_form": ReasonForm()}
    return render(request, "groups/manage/requests.html", desk(who, "requests") | context)


@require_POST
@signed_in
@limited("group_act", "240/10m")
@answers
def decide(request: HttpRequest, handle: str, request_id: UUID) -> HttpResponse:
    """Let somebody in (`yes=1`), or turn them away with a reason."""
    who = standing_with(request, handle, Right.REQUESTS)
    actor, now = person(request), timezone.now()
    if request.POST.get("yes") == "1":
        joining.approve(actor=actor, group_id=who.group.pk, request_id=request_id, now=now)
        said = _("Let in.")
    else:
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        joining.decline(actor=actor, group_id=who.group.pk, request_id=request_id, reason=reason, now=now)
        said = _("Declined.")
    back = HttpResponse("") if is_htmx(request) else redirect("group_requests", who.group.handle)
    return toast(request, back, said)


@require_POST
@signed_in
@limited("group_act", "240/10m")
@answers
def decide_many(request: HttpRequest, handle: str) -> HttpResponse:
    """Let in, or decline, all that were marked; who cannot come in any more is left waiting."""
    who = standing_with(request, handle, Right.REQUESTS)
    done = 0
    for raw in request.POST.getlist("request")[:AT_ONCE]:
        try:
            done += _decide_one(request, who, UUID(raw))
        except (GroupError, ValueError):
            continue
    said = ngettext("Decided about %(n)d request.", "Decided about %(n)d requests.", done) % {"n": done}
    return toast(request, redirect("group_requests", who.group.handle), said)


def _decide_one(request: HttpRequest, who: Standing, request_id: UUID) -> int:
    about: dict[str, Any] = {"actor": person(request), "group_id": who.group.pk, "request_id": request_id}
    if request.POST.get("yes") == "1":
        joining.approve(**about, now=timezone.now())
    else:
        joining.decline(**about, reason="", now=timezone.now())
    return 1


# --- invitations ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_invite", "30/10m", "100/d")
@answers
def invites(request: HttpRequest, handle: str) -> HttpResponse:
    """People asked by name, and the links that stand; each for whom it is their right."""
    who = access.get_group(person(request), handle)
    if not who.rights & (Right.INVITE | Right.LINKS_OF_INVITE):
        raise NotAllowed(Right.INVITE)
    form = HandleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (done := _invite(request, who, form)):
        return done
    return _invites(request, who, status=422 if form.errors else 200, invite_form=form)


def _invite(request: HttpRequest, who: Standing, form: HandleForm) -> HttpResponse | None:
    """Ask somebody to come; None with what was wrong on the form."""
    target = by_handle(form.cleaned_data["handle"].removeprefix("@"))
    if target is None:
        form.add_error("handle", ValidationError(_("Nobody has this handle.")))
        return None
    try:
        row = inviting.invite(actor=person(request), group_id=who.group.pk, target=target, now=timezone.now())
    except GroupError as error:
        if isinstance(error, NotAllowed):
            raise
        form.add_error("handle", ValidationError(_refused(error)))
        return None
    said = _("@%(handle)s is in the group already.") if row.accepted_at else _("@%(handle)s was asked to come.")
    return toast(request, redirect("group_invites", who.group.handle), said % {"handle": target.handle})


def _refused(error: GroupError) -> str:
    """Why somebody cannot be invited, without saying who blocked whom."""
    reasons = {"Banned": _("This person is banned here."), "TooMany": _("Too many invitations wait for an answer.")}
    return reasons.get(type(error).__name__) or told(error)


def _invites(request: HttpRequest, who: Standing, status: int = 200, **more: Any) -> HttpResponse:
    standing, over = ways.links(group=who.group, now=timezone.now())
    sees_links = who.may(Right.LINKS_OF_INVITE)
    context = {
        "may_link": sees_links,
        "may_invite": who.may(Right.INVITE),
        "links": standing if sees_links else [],
        "over": over if sees_links else [],
        "most_links": inviting.MOST_LINKS,
        "link_form": LinkForm(),
        "invite_form": HandleForm(),
        **more,
    }
    return render(request, "groups/manage/invites.html", desk(who, "invites") | context, status=status)


@require_POST
@signed_in
@limited("group_link", "60/h")
@answers
def new_link(request: HttpRequest, handle: str) -> HttpResponse:
    """A new invite link."""
    who = standing_with(request, handle, Right.LINKS_OF_INVITE)
    form, now = LinkForm(request.POST), timezone.now()
    if not form.is_valid():
        return _invites(request, who, 422, link_form=form)
    link = inviting.make_link(actor=person(request), group_id=who.group.pk, terms=_terms(form, None), now=now)
    return toast(request, redirect("group_link", who.group.handle, link.pk), _("The link stands: copy it."))


def _terms(form: LinkForm, link: InviteLink | None) -> Terms:
    data = form.cleaned_data
    ends = form.expires_at(timezone.now(), link.expires_at if link else None)
    return Terms(data["name"], ends, data["max_uses"], needs_approval=data["needs_approval"])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_link", "60/h")
@answers
def link(request: HttpRequest, handle: str, link_id: int) -> HttpResponse:
    """A link: its address, who came by it, its terms; revoked with `revoke=1`."""
    who = standing_with(request, handle, Right.LINKS_OF_INVITE)
    found = ways.link(group=who.group, link_id=link_id)
    if found is None:
        raise Http404
    actor, now = person(request), timezone.now()
    if request.method == "POST" and request.POST.get("revoke") == "1":
        inviting.revoke_link(actor=actor, group_id=who.group.pk, link_id=link_id, now=now)
        return toast(request, redirect("group_invites", who.group.handle), _("The link no longer works."))
    initial = {"name": found.name, "max_uses": found.max_uses, "needs_approval": found.needs_approval}
    form = LinkForm.keeping(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            terms = _terms(form, found)
            inviting.change_link(actor=actor, group_id=who.group.pk, link_id=link_id, terms=terms, now=now)
        except ValidationError as error:
            form.add_error("max_uses", error)
        else:
            return toast(request, redirect("group_link", who.group.handle, link_id), _("Saved."))
    context = {"link": found, "form": form, "uses": ways.uses(of=found), "address": _address(found)}
    context["is_over"] = found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now)
    return render(
        request, "groups/manage/link.html", desk(who, "invites") | context, status=422 if form.errors else 200
    )


def _address(link: InviteLink) -> str:
    return settings.SITE_URL + reverse("group_by_link", args=[link.token])


# --- roles ----------------------------------------------------------------------------------------------------------


@require_safe
@signed_in
@answers
def role_list(request: HttpRequest, handle: str) -> HttpResponse:
    """The group's roles, and who has them."""
    who = standing_with(request, handle, Right.ROLES)
    holders, counts = members.helpers(group=who.group), members.holders(group=who.group)
    rows = [
        {
            "role": one,
            "shown": [row.user for row in holders if row.role_id == one.pk],
            "holders": counts.get(one.pk, 0),
            "below": one.rank < who.rank,
        }
        for one in members.roles(group=who.group)
    ]
    return render(request, "groups/manage/roles.html", desk(who, "roles") | {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def role(request: HttpRequest, handle: str, role_id: int = 0) -> HttpResponse:
    """Make a role, change one, or (`remove=1`) take it from everybody and the group."""
    who = standing_with(request, handle, Right.ROLES)
    found = _role(who, role_id) if role_id else None
    actor, now = person(request), timezone.now()
    if found and request.method == "POST" and request.POST.get("remove") == "1":
        roles.remove_role(actor=actor, group_id=who.group.pk, role_id=role_id, now=now)
        return toast(request, redirect("group_roles", who.group.handle), _("Removed."))
    form = RoleForm.of(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            data = {"name": form.cleaned_data["name"], "rank": form.cleaned_data["rank"], "rights": form.rights}
            roles.save_role(actor=actor, group_id=who.group.pk, role_id=role_id or None, now=now, **data)
        except ValidationError as error:
            form.add_error("name", error)
        except Outranked as error:
            form.add_error(None, told(error))
        else:
            return toast(request, redirect("group_roles", who.group.handle), _("Saved."))
    context = {"form": form, "role": found}
    return render(request, "groups/manage/role.html", desk(who, "roles") | context, status=422 if form.errors else 200)


def _role(who: Standing, role_id: int) -> Role:
    """A role that this helper may change. Raises Http404, Outranked."""
    found = next((one for one in members.roles(group=who.group) if one.pk == role_id), None)
    if found is None:
        raise Http404
    if found.rank >= who.rank:
        raise Outranked
    return found


# --- bans and the log -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_act", "120/10m")
@answers
def bans(request: HttpRequest, handle: str) -> HttpResponse:
    """Who may not come back; somebody who is not here is banned by handle."""
    who = standing_with(request, handle, Right.RESTRICT)
    form = BanByHandleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        # Not by what the helper may see: whoever blocks a helper is banned all the same.
        target = by_handle(form.cleaned_data["handle"].removeprefix("@"))
        if target:
            ban_with(person(request), who, target, form.cleaned_data)
            return toast(request, redirect("group_bans", who.group.handle), _("Banned."))
        form.add_error("handle", ValidationError(_("Nobody has this handle.")))
    q = request.GET.get("q", "").strip()[:40]
    page = members.bans(group=who.group, after=request.GET.get("after") or None, q=q, now=timezone.now())
    context = {"page": page, "q": q, "form": form}
    return render(request, "groups/manage/bans.html", desk(who, "bans") | context, status=422 if form.errors else 200)


@require_safe
@signed_in
@answers
def entries(request: HttpRequest, handle: str) -> HttpResponse:
    """The recent actions: of a kind, by somebody, about somebody."""
    who = standing_with(request, handle, Right.SEE_LOG)
    family, by, of = (request.GET.get(name, "").strip()[:40] for name in ("kind", "by", "of"))
    wanted = log.Wanted(
        family=family if family in FAMILIES else "",
        actor=by_handle(by.removeprefix("@")) if by else None,
        target=by_handle(of.removeprefix("@")) if of else None,
    )
    nobody = (by and wanted.actor is None) or (of and wanted.target is None)
    page = None if nobody else log.entries(group=who.group, wanted=wanted, after=request.GET.get("after") or None)
    context = {
        "page": page,
        "families": FAMILIES.items(),
        "family": wanted.family,
        "by": by,
        "of": of,
        "query": "".join(
            f"&{name}={value.handle if value else ''}" for name, value in (("by", wanted.actor), ("of", wanted.target))
        )
        + f"&kind={wanted.family}",
    }
    return render(request, "groups/manage/log.html", desk(who, "log") | context)
