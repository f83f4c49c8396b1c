"""The inbox."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.notifications import access, actions, contexts, queries
from planet.notifications.forms import SwitchesForm
from planet.web.htmx import is_htmx
from planet.web.toasts import toast


@require_safe
@never_cache
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """The inbox; over htmx only its list, for the next page and for catching up."""
    context = contexts.inbox(
        user=person(request), tab=request.GET.get("tab", ""), after=request.GET.get("after") or None
    )
    template = "notifications/_list.html" if is_htmx(request) else "notifications/inbox.html"
    return render(request, template, context)


@require_safe
@never_cache
@signed_in
def unread(request: HttpRequest) -> HttpResponse:
    """How many rows are unread, for the badge of a page that lost its connection for a while."""
    return JsonResponse({"unread": queries.unread_count(person(request).pk)})


@require_safe
@never_cache
@signed_in
def open_one(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Mark one row read and go to what it tells of; without an address, or a foreign one, to the inbox."""
    notification = access.get_notification(person(request), notification_id)
    actions.mark_read(notification=notification, now=timezone.now())
    safe = url_has_allowed_host_and_scheme(notification.url, None)
    return redirect(notification.url if safe and notification.url.startswith("/") else reverse("notifications"))


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    actions.mark_all_read(actor=person(request), now=timezone.now())
    if not is_htmx(request):
        return redirect("notifications")
    context = contexts.inbox(user=person(request), tab=request.POST.get("tab", ""), after=None)
    return render(request, "notifications/_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def settings(request: HttpRequest) -> HttpResponse:
    """Which kinds the person wants."""
    user = person(request)
    form = SwitchesForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.switch(actor=user, off=form.off)
        return toast(request, redirect("notification_settings"), _("Saved."))
    return render(request, "notifications/settings.html", {"form": form})
