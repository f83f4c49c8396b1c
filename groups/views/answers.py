"""How a refusal is answered, for every view of this app."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groups.errors import (
    AlreadyDone,
    AlreadySent,
    Banned,
    Gone,
    GroupError,
    LastChannel,
    LinkOver,
    MayNotFound,
    NoLongerEditable,
    NoSuchReaction,
    NotAdmitted,
    NotAllowed,
    NotAMember,
    Outranked,
    OwnerStays,
    ReadOnly,
    Silence,
    Stopped,
    TooMany,
    TooSoon,
)
from planet.web.toasts import toast

View = Callable[..., HttpResponse]


def answers(view: View) -> View:
    """No member: 404, as for a group that does not exist. A member who may not: 403 and why. See `_status`.

    A script gets the status and a toast; a browser without one goes back to where the form stood, with the same toast.
    """

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAMember:
            raise Http404 from None
        except (GroupError, ValidationError) as error:
            return refused(request, error)

    return answering


def refused(request: HttpRequest, error: GroupError | ValidationError) -> HttpResponse:
    """The answer to what was not done."""
    status = _status(error)
    if is_scripted(request):
        response = HttpResponse(status=status)
        if isinstance(error, TooSoon):
            response["Retry-After"] = str(error.seconds)
        if isinstance(error, ReadOnly):
            response["X-Silence"] = error.silence
        return toast(request, response, told(error), kind="error")
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return toast(request, redirect(referer), told(error), kind="error")
    return render(request, "403.html", status=status)


def is_scripted(request: HttpRequest) -> bool:
    """Whether a script asks, which wants the row and no page."""
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers


def _status(error: Exception) -> int:
    match error:
        case TooSoon():
            return 429
        case AlreadySent() | NoLongerEditable() | AlreadyDone() | OwnerStays():
            return 409
        case Gone() | LinkOver():
            return 410
        case Stopped() | TooMany() | NoSuchReaction() | LastChannel() | ValidationError():
            return 422
    return 403


_TOLD: Final[dict[type[Exception], Promise]] = {
    NotAllowed: gettext_lazy("You have no right to do this here."),
    AlreadySent: gettext_lazy("This message was already sent, without your last changes."),
    NoLongerEditable: gettext_lazy("This message can no longer be edited."),
    Gone: gettext_lazy("This was removed."),
    Stopped: gettext_lazy("This group's automatic moderation did not let this message through."),
    LastChannel: gettext_lazy("A group keeps at least one channel to write in."),
    AlreadyDone: gettext_lazy("That is done already, or not possible any more."),
    Banned: gettext_lazy("You cannot join this group."),
    LinkOver: gettext_lazy("This invite link no longer works."),
    MayNotFound: gettext_lazy("Only creators with a verified identity own groups, at most twenty each."),
    Outranked: gettext_lazy("That takes a higher rank, or rights that you do not have."),
    OwnerStays: gettext_lazy("You own this group: hand it over or close it before you leave."),
    TooMany: gettext_lazy("There are as many as there may be."),
}


def told(error: Exception) -> str:
    """Why, for whoever wanted it."""
    match error:
        case ValidationError():
            return " ".join(error.messages)
        case TooSoon():
            return _wait(error.seconds)
        case ReadOnly():
            return silence(error.silence)
        case Stopped(reason=reason) | NotAdmitted(reason=reason) if reason:
            return reason
    return str(_TOLD.get(type(error)) or _("This cannot be done now."))


def silence(why: Silence) -> str:
    """Why nothing can be written, in the place of the composer."""
    return {
        Silence.SANCTION: _("Planet's operators have made this group read-only."),
        Silence.CLOSED: _("This group is closed."),
        Silence.FROZEN: _("The group is frozen: everybody only reads."),
        Silence.QUIET: _("Quiet hours: you can write again when they are over."),
        Silence.ARCHIVED: _("This channel is archived."),
        Silence.ANNOUNCEMENTS: _("This channel is for announcements."),
        Silence.BLOCKED: _("You cannot write to each other."),
        Silence.RESTRICTED: _("You may not write here at the moment."),
    }[why]


def _wait(seconds: int) -> str:
    said = ngettext(
        "Slow mode: you can write again in %(n)d second.",
        "Slow mode: you can write again in %(n)d seconds.",
        seconds,
    )
    return said % {"n": seconds}
