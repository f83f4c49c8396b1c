"""The members of a group, and what is done about one of them."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups import access
from groups.access import Standing
from groups.actions import joining, restricting, roles
from groups.forms.fields import until
from groups.forms.people import BanForm, MemberRoleForm, ReasonForm, RestrictForm
from groups.models import Membership
from groups.queries import log, members
from groups.queries.members import SHOWS, Wanted
from groups.rights import Right
from groups.views.answers import answers
from groups.views.desk import desk
from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.web.ratelimits import limited
from planet.web.toasts import toast

_FOR_HELPERS: Final = ("restricted", "invited")


@require_safe
@signed_in
@answers
def index(request: HttpRequest, handle: str) -> HttpResponse:
    """Who is in the group: by name, by role, by state."""
    who = access.get_group(person(request), handle)
    wanted = _wanted(request, who)
    page = members.members(group=who.group, wanted=wanted, after=request.GET.get("after") or None, now=timezone.now())
    context = {
        "page": page,
        "wanted": wanted,
        "roles": members.roles(group=who.group),
        "shows": [(name, label) for name, label in _labels().items() if name not in _FOR_HELPERS or who.is_helper],
        "query": "".join(f"&{name}={value}" for name, value in _query(wanted).items()),
        "acts": bool(who.rights & (Right.RESTRICT | Right.ROLES)),
    }
    return render(request, "groups/members.html", desk(who, "members") | context)


def _labels() -> dict[str, str]:
    return {
        "all": _("Everybody"),
        "helpers": _("Roles"),
        "new": _("New this week"),
        "restricted": _("Restricted"),
        "invited": _("Invited"),
    }


def _wanted(request: HttpRequest, who: Standing) -> Wanted:
    show = request.GET.get("show", "all")
    if show not in SHOWS or (show in _FOR_HELPERS and not who.is_helper):
        show = "all"
    role = request.GET.get("role", "")
    number = int(role) if role.isascii() and role.isdigit() and len(role) < 18 else None
    return Wanted(q=request.GET.get("q", "").strip()[:40], role=number, show=show)


def _query(wanted: Wanted) -> dict[str, str]:
    """What of the filters the address of the next page carries; nothing in it needs escaping but the words."""
    from_words = {"q": wanted.q} if wanted.q else {}
    return from_words | ({"role": str(wanted.role)} if wanted.role else {}) | {"show": wanted.show}


# --- one member -------------------------------------------------------------------------------------------------------


def _target(who: Standing, user_id: UUID) -> tuple[User, Membership | None]:
    """Somebody to act on: a member, or somebody of whom the group's log knows. Raises Http404."""
    found = members.member(group=who.group, user_id=user_id)
    if found:
        return found.user, found
    user = get_object_or_404(User, pk=user_id)
    if not log.knows(group=who.group, user=user):
        raise Http404
    return user, None


@require_safe
@signed_in
@answers
def member(request: HttpRequest, handle: str, user_id: UUID) -> HttpResponse:
    """A member's record, with everything that the viewer may do about them. For helpers."""
    who = access.get_group(person(request), handle)
    _require_helper(who)
    return _show(request, who, user_id)


def _require_helper(who: Standing) -> None:
    if not who.rights & (Right.RESTRICT | Right.ROLES | Right.DELETE):
        who.require(Right.RESTRICT)


def _show(request: HttpRequest, who: Standing, user_id: UUID, status: int = 200, **forms: Any) -> HttpResponse:
    target, found = _target(who, user_id)
    now = timezone.now()
    below = who.is_owner or (found.role.rank if found and found.role else 0) < who.rank
    acts_on = below and target.pk not in (who.user_id, who.group.owner_id)
    given = [role for role in members.roles(group=who.group) if role.rank < who.rank]
    context = {
        "target": target,
        "member": found,
        "restriction": members.restriction_of(group=who.group, user=target, now=now),
        "ban": members.ban_of(group=who.group, user=target, now=now),
        "record": members.record_of(group=who.group, user=target),
        "entries": log.about(group=who.group, user=target) if who.may(Right.SEE_LOG) else [],
        "may_restrict": acts_on and who.may(Right.RESTRICT),
        "may_give": acts_on and who.may(Right.ROLES) and found is not None and found.accepted_at is not None,
        "may_delete": acts_on and who.may(Right.DELETE),
        "restrict_form": RestrictForm(initial={"span": "24"}),
        "ban_form": BanForm(),
        "role_form": MemberRoleForm(roles=given, initial=_now_has(found)),
        **forms,
    }
    return render(request, "groups/manage/member.html", desk(who, "members") | context, status=status)


def _now_has(found: Membership | None) -> dict[str, Any]:
    return {"role": found.role_id, "title": found.title} if found else {}


def _back(request: HttpRequest, who: Standing, target: User, said: str) -> HttpResponse:
    return toast(request, redirect("group_member", who.group.handle, target.pk), said)


Deed = Callable[[HttpRequest, Standing, User], HttpResponse]


def _deed(deed: Deed) -> Callable[..., HttpResponse]:
    """A POST about one member, by somebody in the group; what the deed asks beyond that, its action judges."""

    @require_POST
    @signed_in
    @limited("group_act", "120/10m")
    @answers
    def view(request: HttpRequest, handle: str, user_id: UUID) -> HttpResponse:
        who = access.get_group(person(request), handle)
        _require_helper(who)
        target, _found = _target(who, user_id)
        return deed(request, who, target)

    view.__doc__ = deed.__doc__
    return view


@_deed
def restrict(request: HttpRequest, who: Standing, target: User) -> HttpResponse:
    """Take rights from a member for a while."""
    form, now = RestrictForm(request.POST), timezone.now()
    if not form.is_valid():
        return _show(request, who, target.pk, status=422, restrict_form=form)
    data = form.cleaned_data
    restricting.restrict(
        actor=person(request),
        group_id=who.group.pk,
        target=target,
        taken=data["taken"],
        until=until(data["span"], now),
        reason=data["reason"],
        now=now,
    )
    return _back(request, who, target, _("Restricted."))


@_deed
def lift(request: HttpRequest, who: Standing, target: User) -> HttpResponse:
    """Give a member back what was taken."""
    restricting.lift(actor=person(request), group_id=who.group.pk, target=target, now=timezone.now())
    return _back(request, who, target, _("The restriction is lifted."))


@_deed
def kick(request: HttpRequest, who: Standing, target: User) -> HttpResponse:
    """Send a member away, or take back an invitation."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    joining.remove(actor=person(request), group_id=who.group.pk, target=target, reason=reason, now=timezone.now())
    said = _("@%(handle)s is no longer in the group.") % {"handle": target.handle}
    return toast(request, redirect("group_members", who.group.handle), said)


@_deed
def ban(request: HttpRequest, who: Standing, target: User) -> HttpResponse:
    """Send somebody away for good, or a while."""
    form = BanForm(request.POST)
    if not form.is_valid():
        return _show(request, who, target.pk, status=422, ban_form=form)
    ban_with(person(request), who, target, form.cleaned_data)
    return _back(request, who, target, _("Banned."))


def ban_with(actor: User, who: Standing, target: User, data: dict[str, Any]) -> None:
    """Ban as a form says."""
    now = timezone.now()
    restricting.ban(
        actor=actor,
        group_id=who.group.pk,
        target=target,
        until=until(data["span"], now),
        reason=data["reason"],
        clearing=data["clear"],
        now=now,
    )


@_deed
def unban(request: HttpRequest, who: Standing, target: User) -> HttpResponse:
    """Let somebody come back."""
    restricting.unban(actor=person(request), group_id=who.group.pk, target=target, now=timezone.now())
    return _back(request, who, target, _("@%(handle)s may come back.") % {"handle": target.handle})


@_deed
def clear(request: HttpRequest, who: Standing, target: User) -> HttpResponse:
    """Delete everything that somebody said in the group."""
    count = restricting.clear(actor=person(request), group_id=who.group.pk, target=target, now=timezone.now())
    return _back(request, who, target, _("Deleted: %(count)d.") % {"count": count})


@require_http_methods(["POST"])
@signed_in
@limited("group_act", "120/10m")
@answers
def role(request: HttpRequest, handle: str, user_id: UUID) -> HttpResponse:
    """Give a member a role and a title, or take them."""
    who = access.get_group(person(request), handle)
    who.require(Right.ROLES)
    target, found = _target(who, user_id)
    given = [one for one in members.roles(group=who.group) if one.rank < who.rank]
    form = MemberRoleForm(request.POST, roles=given, initial=_now_has(found))
    if not form.is_valid():
        return _show(request, who, user_id, status=422, role_form=form)
    roles.place(
        actor=person(request),
        group_id=who.group.pk,
        target=target,
        role_id=form.cleaned_data["role"],
        title=form.cleaned_data["title"],
        now=timezone.now(),
    )
    return _back(request, who, target, _("Saved."))
