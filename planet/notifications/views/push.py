"""The browsers that a person wants to be woken."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.notifications.context_processors import SESSION
from planet.notifications.models import PushSubscription
from planet.notifications.push import subscriptions, vapid
from planet.notifications.push.service import Outcome
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast


@require_POST
@signed_in
@limited("push", "30/h")
def subscribe(request: HttpRequest) -> HttpResponse:
    """Take this browser in. push.js calls it with what the browser's push service gave out."""
    if not vapid.configured():
        return JsonResponse({"error": _("This planet sends no push notifications.")}, status=503)
    try:
        made = subscriptions.subscribe(
            actor=person(request),
            endpoint=request.POST.get("endpoint", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            session_key=request.session.session_key or "",
            user_agent=request.headers.get("User-Agent", ""),
            now=timezone.now(),
        )
    except subscriptions.NotAPushService:
        return JsonResponse({"error": _("This browser uses a push service that we do not know.")}, status=422)
    request.session[SESSION] = request.session.session_key  # see context_processors.inbox
    return JsonResponse({"id": str(made.pk)}, status=201)


@require_POST
@signed_in
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """This browser, which knows itself by its endpoint, is not to be woken any more."""
    subscriptions.forget(actor=person(request), endpoint=request.POST.get("endpoint", ""))
    return HttpResponse(status=204)


@require_POST
@signed_in
def revoke(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Wake a browser no more. One that is gone, or somebody else's, changes nothing."""
    subscriptions.revoke(actor=person(request), subscription_id=subscription_id)
    return _browsers(request, {})


@require_POST
@signed_in
@limited("push_test", "10/10m")
def try_out(request: HttpRequest) -> HttpResponse:
    """Send a test to every browser of the person, and say beside each what came of it."""
    answers = subscriptions.try_out(actor=person(request), now=timezone.now())
    said = {one.pk: _words(answer.outcome) for one, answer in answers}
    gone = [one for one, answer in answers if answer.outcome is Outcome.GONE]
    return _browsers(request, {"said": said, "gone": gone})


def _words(outcome: Outcome) -> str:
    return {
        Outcome.TAKEN: _("Sent. It should appear now."),
        Outcome.GONE: _("This browser has unsubscribed, and was removed."),
        Outcome.LATER: _("Its push service does not answer. Try again later."),
        Outcome.REFUSED: _("Its push service refused the message."),
    }[outcome]


def _rows(user: User, said: dict[UUID, str]) -> list[tuple[PushSubscription, str]]:
    return [(one, said.get(one.pk, "")) for one in subscriptions.of_person(user)]


def _browsers(request: HttpRequest, result: dict[str, Any]) -> HttpResponse:
    said, gone = result.get("said", {}), result.get("gone", [])
    rows = [*_rows(person(request), said), *((one, said[one.pk]) for one in gone)]
    if is_htmx(request):
        return render(request, "notifications/_browsers.html", {"browsers": rows})
    response = redirect("notification_settings")
    for one, words in rows:
        if words:
            toast(request, response, f"{one.name}: {words}")
    return response
