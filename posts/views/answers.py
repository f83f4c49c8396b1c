"""How a refusal is answered, for every view of this app."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from planet.web.htmx import is_htmx
from planet.web.toasts import toast
from posts.errors import Gone, NotACreator, NotAllowed, NotForSharing, NotVerified

View = Callable[..., HttpResponse]


def answers(view: View) -> View:
    """Deleted: 410. Not yours, or blocked: 404, as for nobody's. Not a (verified) creator: why, and the way.

    For followers, and asked to be shown to others: 403, and why.
    """

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Gone:
            return gone(request)
        except NotAllowed:
            raise Http404 from None
        except NotForSharing:
            return not_for_sharing(request)
        except (NotACreator, NotVerified):
            return may_not_publish(request)

    return answering


def gone(request: HttpRequest) -> HttpResponse:
    """The thing was deleted."""
    if is_htmx(request):
        return toast(request, HttpResponse(status=410), _("This was removed."), kind="error")
    return render(request, "410.html", status=410)


def not_for_sharing(request: HttpRequest) -> HttpResponse:
    """A post for followers stays with them."""
    said = _("This post is for followers: it cannot be reposted or quoted.")
    if is_htmx(request):
        return toast(request, HttpResponse(status=403), said, kind="error")
    return toast(request, back(request, reverse("home")), said, kind="error")


def may_not_publish(request: HttpRequest) -> HttpResponse:
    """Why only verified creators publish, and the way to become one (again): a page, or what a dialog shows."""
    if not is_htmx(request):
        return render(request, "posts/not_creator.html", status=403)
    # Asked for as a dialog it is the answer; in place of something that was done, it is a refusal.
    return render(request, "posts/_not_creator.html", status=200 if request.method == "GET" else 403)


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """To the page that the form stood on, else to `fallback`."""
    referer = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    anchor = fallback.partition("#")[2]
    return redirect(f"{referer.partition('#')[0]}#{anchor}" if safe else fallback)


def home() -> HttpResponse:
    """To the feed."""
    return redirect(reverse("home"))
