"""What people choose about being told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from planet.accounts.access import person, signed_in
from planet.notifications import choosing, digest
from planet.notifications.forms import SwitchesForm, WishesForm
from planet.notifications.push import subscriptions, vapid
from planet.web.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def settings(request: HttpRequest) -> HttpResponse:
    """Which kinds the person wants on which channel; filters, quiet hours, digest; their browsers."""
    user = person(request)
    posted = request.POST if request.method == "POST" else None
    switches, wishes = SwitchesForm(posted, user=user), WishesForm(posted, instance=choosing.preferences(user))
    if posted is not None and switches.is_valid() and wishes.is_valid():
        choosing.switch(actor=user, wanted=switches.wanted)
        choosing.wish(actor=user, wishes=wishes.wishes, now=timezone.now())
        return toast(request, redirect("notification_settings"), _("Saved."))
    context = {
        "switches": switches,
        "wishes": wishes,
        "browsers": [(one, "") for one in subscriptions.of_person(user)],
        "push_key": vapid.public_key() if vapid.configured() else "",
    }
    return render(request, "notifications/settings.html", context, status=422 if wishes.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the digest by the link in a mail. No sign-in: the token says who.

    A GET only asks, because programs that check mails open every link in them. The POST comes from the page's button
    or, without a session, from a mail program (RFC 8058); either carries the token, so it needs no other.
    """
    user = digest.holder(token)
    if user is None:
        return render(request, "notifications/unsubscribe.html", {"state": "unknown"}, status=404)
    if request.method == "POST":
        digest.unsubscribe(user=user)
    state = "done" if request.method == "POST" else "ask"
    return render(request, "notifications/unsubscribe.html", {"state": state, "address": user.email})
