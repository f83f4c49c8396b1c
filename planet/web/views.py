"""The small pages that belong to no room: preferences, what browsers and robots ask for."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from planet.web import preferences as looks


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a theme, a colour of gains or a language, and return to where the form was."""
    following = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure()):
        following = "/"
    response = redirect(following)
    for name in looks.CHOICES:
        looks.remember(response, name, request.POST.get(name, ""))
    language = request.POST.get("language", "")
    if translation.check_for_language(language) and language in dict(settings.LANGUAGES):
        _speak(request, response, language)
    return response


def _speak(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """The cookie decides for this browser; the account remembers for mail, notifications and other browsers."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """What a phone needs to keep Planet on its home screen."""
    icons = [
        {
            "src": static(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    body = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "description": gettext("An open social network for crypto: publish, prove, gather. No platform cut."),
        "start_url": "/",
        "display": "standalone",
        "background_color": "#0a0b0d",
        "theme_color": "#0a0b0d",
        "icons": [*icons, {"src": static("icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """static/js/sw.js at the root, so that it may serve the whole site; browsers ask for it at every start."""
    found = finders.find("js/sw.js")
    if not isinstance(found, str):
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=86400, public=True)
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Robots may read what guests may read."""
    private = (
        "/accounts/",
        "/admin/",
        "/settings/",
        "/notifications/",
        "/bookmarks/",
        "/kyc/",
        "/feed/",
        "/dev/",
        "/drafts/",
        "/post/",
    )
    sitemap = f"Sitemap: {settings.SITE_URL}/sitemap.xml"
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in private), "", sitemap, ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=86400, public=True)
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Browsers that ask for the old name get the drawing."""
    return redirect(static("icons/favicon.svg"), permanent=False)
