"""Coming into a group: its card, asking, answering an invitation, a link."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from groups import access, gates
from groups.actions import joining as actions
from groups.actions.joining import Outcome
from groups.errors import Banned, Gone, GroupError, LinkOver, NotAdmitted
from groups.forms.people import AskForm
from groups.models import Admission, Group, InviteLink, RequestState, Visibility
from groups.queries import joining, members
from groups.views.answers import answers, told
from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.web.ratelimits import limited
from planet.web.toasts import toast


def viewer_of(request: HttpRequest) -> User | None:
    """Who is looking; None for a guest."""
    return person(request) if request.user.is_authenticated else None


def card(request: HttpRequest, group: Group, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a group for whoever is not in it: what it is about, what it asks, and the way in.

    Of a private group the owner, the description and the people are shown only to the invited.
    """
    viewer = viewer_of(request)
    invitation = joining.invitation_of(group=group, user=viewer) if viewer else None
    link = more.get("link")
    is_open = group.visibility == Visibility.PUBLIC or invitation is not None or link is not None
    asked = joining.request_of(group=group, user=viewer) if viewer else None
    needs_answers = group.admission == Admission.REQUEST or (link is not None and link.needs_approval)
    context = {
        "group": group,
        "invitation": invitation,
        "asked": asked if asked and asked.state in (RequestState.PENDING, RequestState.DECLINED) else None,
        "is_open": is_open,
        "known": joining.card_of(viewer.pk if viewer else None, group) if is_open else [],
        "helpers": members.helpers(group=group)[:6] if is_open else [],
        "gates": list(gates.told(group)) if is_open else [],
        "needs_answers": needs_answers,
        "by_invitation": group.admission == Admission.INVITE and not invitation and not link,
        "kept_out": _("This group takes nobody new at the moment.") if _is_shut(group) else "",
        **more,
    }
    return render(request, "groups/card.html", context, status=status)


def _is_shut(group: Group) -> bool:
    """Whether an operator's measure keeps new people out."""
    return actions.is_limited(group, timezone.now())


@require_POST
@signed_in
@limited("group_join", "30/10m", "200/d")
@answers
def join(request: HttpRequest, handle: str) -> HttpResponse:
    """Come in at once, where that is possible; where people ask first, on to the questions."""
    user = person(request)
    group, standing = access.find_group(user.pk, handle)
    if standing:
        return redirect(group)
    if group.admission == Admission.REQUEST and joining.invitation_of(group=group, user=user) is None:
        return redirect("group_ask", group.handle)
    return _result(request, group, actions.join(actor=user, group=group, now=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
@limited("group_join", "30/10m", "200/d")
@answers
def ask(request: HttpRequest, handle: str) -> HttpResponse:
    """Answer the group's questions and ask to come in."""
    user = person(request)
    group, standing = access.find_group(user.pk, handle)
    if standing:
        return redirect(group)
    if group.admission != Admission.REQUEST:
        raise Http404
    return _ask(request, group, None)


def _ask(request: HttpRequest, group: Group, link: InviteLink | None) -> HttpResponse:
    questions = joining.questions(group=group)
    form = AskForm(request.POST if request.method == "POST" else None, questions=questions)
    if request.method == "POST" and form.is_valid():
        now, user = timezone.now(), person(request)
        try:
            outcome = actions.join(actor=user, group=group, now=now, link=link, answers=form.answers())
        except (Banned, NotAdmitted) as error:
            form.add_error(None, told(error))
        else:
            return _result(request, group, outcome)
    context = {"group": group, "form": form, "link": link}
    return render(request, "groups/ask.html", context, status=422 if form.errors else 200)


def _result(request: HttpRequest, group: Group, outcome: Outcome) -> HttpResponse:
    if outcome.membership:
        return toast(request, redirect(group), group.welcome or _("You are in."))
    said = _("Your request is with the group. You will be told.")
    back = redirect(group) if group.visibility != Visibility.SECRET else redirect("groups")
    return toast(request, back, said)


@require_POST
@signed_in
@limited("group_join", "30/10m", "200/d")
@answers
def withdraw(request: HttpRequest, handle: str) -> HttpResponse:
    """Ask no longer."""
    user = person(request)
    group, _standing = access.find_group(user.pk, handle)
    actions.withdraw(actor=user, group_id=group.pk, now=timezone.now())
    return toast(request, redirect(group), _("You no longer ask to join."))


@require_POST
@signed_in
@limited("group_join", "30/10m", "200/d")
@answers
def invitation(request: HttpRequest, handle: str) -> HttpResponse:
    """Say yes (`yes=1`) or no (`yes=0`) to an invitation."""
    user = person(request)
    group, _standing = access.find_group(user.pk, handle)
    if request.POST.get("yes") == "1":
        actions.accept(actor=user, group_id=group.pk, now=timezone.now())
        return toast(request, redirect(group), group.welcome or _("You are in."))
    actions.refuse(actor=user, group_id=group.pk, now=timezone.now())
    return toast(request, redirect("groups"), _("Declined. Nobody can invite you there again for 30 days."))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
@limited("group_join", "30/10m", "200/d")
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """What an invite link leads to: the group's card and a button, or the questions where it needs approval.

    A link that is over, of a closed group, or for somebody banned looks like one that never was.
    """
    link = joining.by_token(token)
    if link is None:
        raise Http404
    user, now = person(request), timezone.now()
    if access.standing(user.pk, link.group_id):
        return redirect(link.group)
    try:
        actions.check_link(actor=user, link=link, now=now)
    except (Gone, Banned, LinkOver):
        return render(request, "groups/link_over.html", status=410)
    except NotAdmitted as error:
        return card(request, link.group, link=link, kept_out=told(error))
    if request.method != "POST":
        return card(request, link.group, link=link, form=_questions_of(link))
    return _ask(request, link.group, link) if link.needs_approval else _come(request, link)


def _come(request: HttpRequest, link: InviteLink) -> HttpResponse:
    """In by a link; somebody may have been faster."""
    try:
        outcome = actions.join(actor=person(request), group=link.group, now=timezone.now(), link=link)
    except GroupError:
        return render(request, "groups/link_over.html", status=410)
    return _result(request, link.group, outcome)


def _questions_of(link: InviteLink) -> AskForm | None:
    return AskForm(questions=joining.questions(group=link.group)) if link.needs_approval else None
