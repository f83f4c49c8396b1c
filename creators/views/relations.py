"""What people decide about each other: follow, block, mute; and whom to follow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from creators import actions, queries
from creators.access import viewer_of, visible_creator, visible_person
from planet.accounts import actions as accounts
from planet.accounts.access import get_person, person, signed_in
from planet.accounts.models import User
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast


def _back(request: HttpRequest, target: User) -> HttpResponse:
    """To where the form stood, else to the person's page."""
    following = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure()):
        following = target.get_absolute_url()
    return redirect(following)


@require_POST
@signed_in
@limited("follow", "60/10m", "400/d")
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow (`on=1`) or unfollow (`on=0`) a creator; htmx gets the button as it is now."""
    creator = visible_creator(request, handle)
    viewer = person(request)
    wanted = request.POST.get("on") == "1"
    try:
        if wanted:
            actions.follow(actor=viewer, creator=creator, now=timezone.now())
        else:
            actions.unfollow(actor=viewer, creator=creator)
    except actions.CannotFollow:
        return _cannot_follow(request, creator.user)
    if is_htmx(request):
        return render(request, "creators/_follow_button.html", {"person": creator.user, "follows": wanted})
    return _back(request, creator.user)


@require_POST
@signed_in
@limited("bell", "60/10m")
def bell(request: HttpRequest, handle: str) -> HttpResponse:
    """Hear of every new post of somebody one follows (`on=1`), or not (`on=0`); htmx gets the button as it is now."""
    creator = visible_creator(request, handle)
    viewer = person(request)
    wanted = request.POST.get("on") == "1"
    try:
        if wanted:
            actions.ring(actor=viewer, creator=creator, now=timezone.now())
        else:
            actions.unring(actor=viewer, creator=creator)
    except actions.CannotFollow:
        return _cannot_follow(request, creator.user)
    if is_htmx(request):
        return render(request, "creators/_bell_button.html", {"person": creator.user, "rings": wanted})
    return _back(request, creator.user)


def _cannot_follow(request: HttpRequest, target: User) -> HttpResponse:
    text = _("You cannot follow @%(handle)s.") % {"handle": target.handle}
    if is_htmx(request):
        return toast(request, HttpResponse(status=409), text, kind="error")
    return toast(request, _back(request, target), text, kind="error")


@require_POST
@signed_in
@limited("block", "60/10m")
def block(request: HttpRequest, handle: str) -> HttpResponse:
    """Block (`on=1`) or unblock (`on=0`) somebody."""
    viewer = person(request)
    if request.POST.get("on") != "1":
        target = get_person(handle)
        accounts.unblock(actor=viewer, target=target)
        return _decided(request, target, _("@%(handle)s is not blocked any more.") % {"handle": target.handle})
    # Somebody who blocked the viewer looks like nobody here, and can be blocked back from lists of the past only.
    target = visible_person(request, handle)
    try:
        actions.block(actor=viewer, target=target, now=timezone.now())
    except accounts.NotOneself:
        return toast(request, _back(request, target), _("You cannot block yourself."), kind="error")
    text = _("@%(handle)s is blocked: neither of you sees the other.") % {"handle": target.handle}
    return _decided(request, target, text, hidden=True)


@require_POST
@signed_in
@limited("mute", "60/10m")
def mute(request: HttpRequest, handle: str) -> HttpResponse:
    """Mute (`on=1`) or unmute (`on=0`) somebody."""
    viewer, target = person(request), visible_person(request, handle)
    if request.POST.get("on") != "1":
        accounts.unmute(actor=viewer, target=target)
        return _decided(request, target, _("@%(handle)s is not muted any more.") % {"handle": target.handle})
    try:
        accounts.mute(actor=viewer, target=target, now=timezone.now())
    except accounts.NotOneself:
        return toast(request, _back(request, target), _("You cannot mute yourself."), kind="error")
    text = _("@%(handle)s is muted: you see nothing of them in feeds.") % {"handle": target.handle}
    return _decided(request, target, text, hidden=True)


def _decided(request: HttpRequest, target: User, text: str, *, hidden: bool = False) -> HttpResponse:
    """Say so. htmx (a card's menu in a feed) also gets the event `planet:hidden`, to take the person's cards away."""
    if not is_htmx(request):
        return toast(request, _back(request, target), text)
    response = toast(request, HttpResponse(status=204), text)
    return trigger_client_event(response, "planet:hidden", {"user": str(target.pk)}) if hidden else response


@require_safe
def suggested(request: HttpRequest) -> HttpResponse:
    """Creators to follow: a fragment for the right rail and the empty feed, else a page."""
    context = {"creators": queries.suggested(viewer=viewer_of(request)), "followed": set()}
    template = "creators/_suggested.html" if is_htmx(request) else "creators/suggested.html"
    return render(request, template, context)
