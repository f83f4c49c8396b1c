"""The inbox."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.notifications import access, actions, contexts, queries
from planet.web.htmx import is_htmx


@require_safe
@never_cache
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """The inbox; over htmx only its list, for the next page and for catching up."""
    user, tab = person(request), request.GET.get("tab", "")
    context = contexts.inbox(user=user, tab=tab, after=request.GET.get("after") or None)
    if is_htmx(request):
        return render(request, "notifications/_list.html", context)
    return render(request, "notifications/inbox.html", {**context, "tabs": contexts.tabs(user=user, current=tab)})


@require_safe
@never_cache
@signed_in
def unread(request: HttpRequest) -> HttpResponse:
    """How many rows are unread, for the badge and the tabs of a page that lost its connection for a while."""
    user = person(request)
    return JsonResponse(queries.unread_counts([user.pk])[user.pk].as_dict())


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
def read_one(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Mark one row, however many people are in it, read without going there."""
    actions.mark_read(notification=access.get_notification(person(request), notification_id), now=timezone.now())
    return HttpResponse(status=204) if is_htmx(request) else redirect("notifications")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything that a tab shows read."""
    tab = request.POST.get("tab", "")
    if tab not in queries.TABS:
        raise Http404
    actions.mark_all_read(actor=person(request), now=timezone.now(), tab=tab)
    if not is_htmx(request):
        return redirect(reverse("notifications") + (f"?tab={tab}" if tab else ""))
    return render(request, "notifications/_list.html", contexts.inbox(user=person(request), tab=tab, after=None))
