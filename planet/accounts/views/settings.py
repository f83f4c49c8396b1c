"""The settings page: the account at a glance, with a way to everything that can be changed."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from planet.accounts import queries
from planet.accounts.access import person, signed_in
from planet.web.pagination import keyset


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """Who one is here, how the account is kept safe, how pages look."""
    user = person(request)
    context = {
        "second_factors": Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .count(),
        "session_count": UserSession.objects.filter(user=user).count(),
        "blocked_count": queries.blocked_by(user.pk).count(),
        "muted_count": queries.muted_by(user.pk).count(),
    }
    return render(request, "accounts/settings.html", context)


@require_safe
@signed_in
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom one has blocked, each with a way back."""
    page = keyset(queries.blocked_by(person(request).pk), after=request.GET.get("after"))
    return render(request, "accounts/blocked.html", {"page": page})


@require_safe
@signed_in
def muted(request: HttpRequest) -> HttpResponse:
    """Whom one has muted, each with a way back."""
    page = keyset(queries.muted_by(person(request).pk), after=request.GET.get("after"))
    return render(request, "accounts/muted.html", {"page": page})
