"""Serving stored pictures, where no proxy does it."""

from http import HTTPStatus

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from planet.web import images

_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition of a picture. A name never changes its content, so browsers keep it; any other name is a 404."""
    if not images.is_rendition(name):
        raise Http404
    response: HttpResponse | FileResponse
    if request.headers.get("If-None-Match") == _etag(name):
        response = HttpResponseNotModified()
    else:
        try:
            response = FileResponse(default_storage.open(name), content_type="image/webp")
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = _etag(name)
    response["Cache-Control"] = _FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    if response.status_code == HTTPStatus.OK:
        # Should a browser ever be talked into opening it as a page, that page may do nothing.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _etag(name: str) -> str:
    return f'"{name}"'
