"""Who may come in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
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


def person(request: HttpRequest) -> User:
    """Whoever is signed in, behind `signed_in`, which makes it certain that somebody is."""
    return cast("User", request.user)


def get_person(handle: str) -> User:
    """The active person with this handle, however it is capitalised. Raises Http404."""
    return get_object_or_404(User, handle=handle.lower(), is_active=True)
