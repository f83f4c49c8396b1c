"""The settings page: the account at a glance, with a way to everything that can be changed."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planet.accounts import actions, queries
from planet.accounts.access import person, signed_in
from planet.accounts.forms import MentionsForm
from planet.accounts.models import MentionsFrom
from planet.web.pagination import keyset
from planet.web.toasts import toast


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


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mentions(request: HttpRequest) -> HttpResponse:
    """Who may mention one: everybody, whom one follows, nobody."""
    user = person(request)
    form = MentionsForm(
        request.POST if request.method == "POST" else None, initial={"mentions_from": user.mentions_from}
    )
    if form.is_valid():
        actions.choose_mentions(actor=user, mentions_from=MentionsFrom(form.cleaned_data["mentions_from"]))
        return toast(request, redirect("settings"), _("Saved"))
    return render(request, "accounts/mentions.html", {"form": form}, status=422 if form.errors else 200)


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
