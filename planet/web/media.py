"""Serving stored pictures and videos, where no proxy does it."""

from http import HTTPStatus

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from planet.web import images, video
from planet.web.ranges import answer

_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition of a picture or a video. A name never changes its content, so browsers keep it; others are a 404."""
    if images.is_rendition(name):
        kind = "image/webp"
    elif video.is_file(name):
        kind = video.type_of(name)
    else:
        raise Http404
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == _etag(name):
        response = HttpResponseNotModified()
    else:
        try:
            response = answer(default_storage.open(name), media_type=kind, asked=request.headers.get("Range", ""))
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = _etag(name)
    response["Cache-Control"] = _FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        # Should a browser ever be talked into opening it as a page, that page may do nothing.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _etag(name: str) -> str:
    return f'"{name}"'
