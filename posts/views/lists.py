"""Lists of people: making, filling, pinning them. Their feeds are in posts.views.feeds."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from creators.access import visible_creator
from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import actions, queries
from posts.access import own_list
from posts.errors import TooMany
from posts.forms import SwitchForm
from posts.list_forms import ListForm, MemberForm, MembershipForm
from posts.models import List
from posts.views.answers import answers


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("list", "60/10m")
def index(request: HttpRequest) -> HttpResponse:
    """The viewer's lists, and a form to begin another."""
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_list(actor=person(request), name=form.cleaned_data["name"], now=timezone.now())
        except (ValidationError, TooMany) as error:
            _refuse(form, error)
        else:
            return redirect("list_edit", made.pk)
    context = {"form": form, "lists": queries.lists_of(person(request))}
    return render(request, "posts/lists.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("list", "60/10m")
@answers
def edit(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Rename a list, put people on it and take them off."""
    found = own_list(request, list_id)
    name, member = ListForm(initial={"name": found.name}), MemberForm()
    if request.method == "POST":
        if "off" in request.POST:
            return _take_off(request, found)
        if "handle" in request.POST:
            member = MemberForm(request.POST)
            done = _put_on(request, found, member)
        else:
            name = ListForm(request.POST)
            done = _rename(request, found, name)
        if done:
            return done
    context = {
        "list": found,
        "form": name,
        "member_form": member,
        "page": queries.members(of=found, after=request.GET.get("after")),
    }
    return render(request, "posts/list_edit.html", context, status=422 if name.errors or member.errors else 200)


def _rename(request: HttpRequest, found: List, form: ListForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        actions.rename_list(actor=person(request), list_id=found.pk, name=form.cleaned_data["name"])
    except ValidationError as error:
        _refuse(form, error)
        return None
    return toast(request, redirect("list_edit", found.pk), _("Saved"))


def _put_on(request: HttpRequest, found: List, form: MemberForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    creator = visible_creator(request, form.cleaned_data["handle"])
    try:
        actions.put_on_list(actor=person(request), list_id=found.pk, creator=creator, now=timezone.now())
    except TooMany as error:
        _refuse(form, error)
        return None
    said = _("@%(handle)s is on the list.") % {"handle": creator.user.handle}
    return toast(request, redirect("list_edit", found.pk), said)


def _take_off(request: HttpRequest, found: List) -> HttpResponse:
    try:
        creator_id = UUID(request.POST["off"])
    except ValueError:
        return HttpResponse(status=400)
    actions.take_off_list(actor=person(request), list_id=found.pk, creator_id=creator_id)
    if is_htmx(request):
        return HttpResponse("")
    return redirect("list_edit", found.pk)


@require_POST
@signed_in
@limited("list", "60/10m")
@answers
def pin(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Make a list a tab of the home page (`on=1`), or no longer (`on=0`)."""
    found = own_list(request, list_id)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    on = form.cleaned_data["on"]
    try:
        actions.pin_list(actor=person(request), list_id=found.pk, on=on, now=timezone.now())
    except TooMany as error:
        said = _("At most %(most)d lists are pinned. Unpin another one first.") % {"most": error.most}
        return toast(request, redirect("list_edit", found.pk), said, kind="error")
    said = _("Pinned to your home page") if on else _("Not on your home page any more")
    return toast(request, redirect("list_edit", found.pk), said)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("list", "60/10m")
@answers
def delete(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Ask, then throw a list away."""
    found = own_list(request, list_id)
    if request.method != "POST":
        return render(request, "posts/list_delete.html", {"list": found})
    actions.delete_list(actor=person(request), list_id=found.pk)
    return toast(request, redirect("lists"), _("Deleted"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("list", "60/10m")
@answers
def membership(request: HttpRequest, handle: str) -> HttpResponse:
    """On which of the viewer's lists a creator is: a dialog, or a page; it can begin a list, too."""
    creator, viewer = visible_creator(request, handle), person(request)
    lists = list(queries.lists_of(viewer))
    form = MembershipForm(request.POST or None, lists=lists, initial=queries.lists_with(owner=viewer, creator=creator))
    if request.method == "POST" and form.is_valid():
        try:
            _set_membership(request, form)
        except (ValidationError, TooMany) as error:
            _refuse(form, error)
        else:
            if is_htmx(request):
                return toast(request, HttpResponse(status=204), _("Saved"))
            return toast(request, redirect(creator), _("Saved"))
    context = {"form": form, "creator": creator}
    template = "posts/_membership_dialog.html" if is_htmx(request) else "posts/membership.html"
    return render(request, template, context, status=422 if form.errors and not is_htmx(request) else 200)


def _set_membership(request: HttpRequest, form: MembershipForm) -> None:
    viewer, now = person(request), timezone.now()
    creator = visible_creator(request, request.resolver_match.kwargs["handle"])  # type: ignore[union-attr]
    wanted = form.cleaned_data["lists"]
    if name := form.cleaned_data["name"]:
        made = actions.create_list(actor=viewer, name=name, now=now)
        actions.put_on_list(actor=viewer, list_id=made.pk, creator=creator, now=now)
    for list_id in wanted - form.now_on:
        actions.put_on_list(actor=viewer, list_id=list_id, creator=creator, now=now)
    for list_id in form.now_on - wanted:
        actions.take_off_list(actor=viewer, list_id=list_id, creator_id=creator.pk)


def _refuse(form: ListForm | MemberForm | MembershipForm, error: ValidationError | TooMany) -> None:
    """Say beside the field what was wrong."""
    if isinstance(error, TooMany):
        form.add_error(None, _("That would be more than %(most)d.") % {"most": error.most})
    else:
        form.add_error("name", error)
