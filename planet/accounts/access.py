"""Who may come in."""

from collections.abc import Callable
from functools import wraps
from time import time
from typing import Concatenate, Final, ParamSpec, cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from planet.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: View[P]) -> View[P]:
    """A view for people who are signed in; others are sent to sign in and come back afterwards.

    htmx is told to load the sign-in page in place of the whole page, and comes back to the page it was on.
    """
    redirecting = login_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        htmx = getattr(request, "htmx", None)
        if htmx and not request.user.is_authenticated:
            back = htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(redirect_to_login(back).url)
        return redirecting(request, *args, **kwargs)

    return guarded


FACTOR_HOLDS: Final = 300  # seconds


def has_second_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a key, beside recovery codes."""
    found: bool = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    return found


def second_factor_proved(request: HttpRequest) -> bool:
    """Whether the second factor was shown within the last five minutes, in this browser."""
    shown = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa" and not record.get("passwordless")
    ]
    return bool(shown) and time() - max(shown) < FACTOR_HOLDS


def ask_second_factor(request: HttpRequest) -> HttpResponse:
    """Send the person to show the second factor; afterwards the request goes on as it was, a form with its content."""
    types = set(Authenticator.objects.filter(user=request.user.pk).values_list("type", flat=True))
    route = "mfa_reauthenticate" if Authenticator.Type.TOTP in types else "mfa_reauthenticate_webauthn"
    answer: HttpResponse = suspend_request(request, reverse(route))
    return answer


def person(request: HttpRequest) -> User:
    """Whoever is signed in, behind `signed_in`, which makes it certain that somebody is."""
    return cast("User", request.user)


def get_person(handle: str) -> User:
    """The active person with this handle, however it is capitalised. Raises Http404."""
    return get_object_or_404(User, handle=handle.lower(), is_active=True)
