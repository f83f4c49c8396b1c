"""Serving stored pictures and videos, where no proxy does it."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from planet.web import images, video

_FOREVER = "public, max-age=31536000, immutable"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK: Final = 256 * 1024


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
            response = _answer(request, default_storage.open(name), kind)
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


def _answer(request: HttpRequest, file: File[bytes], kind: str) -> HttpResponseBase:
    """The whole file, or the one range of it that is asked for: players jump (RFC 9110, 14)."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not (asked[1] or asked[2]):
        return FileResponse(file, content_type=kind, headers={"Accept-Ranges": "bytes"})
    size = file.size
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {first}-{last}/{size}",
        "Content-Length": str(last - first + 1),
    }
    return StreamingHttpResponse(_part(file, last - first + 1), status=206, content_type=kind, headers=headers)


def _part(file: File[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
