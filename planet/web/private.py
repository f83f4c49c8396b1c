"""Sending stored files that only some may see: a view has asked who looks, and then hands over the name."""

from typing import Final, cast
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from planet.web import images
from planet.web.ranges import answer

PREFIX: Final = "private/"
_KEEP: Final = "private, max-age=3600"  # by this browser, no proxy; what is deleted is gone within the hour


def send(name: str, *, media_type: str, filename: str = "", asked: str = "") -> HttpResponse:
    """A file below `private/` in the storage; with `filename` it is downloaded, else shown. Raises Http404.

    `asked` is the header Range of who wants a part of it. Behind the proxy the proxy sends it (ACCEL_REDIRECT), so that
    a slow reader costs no thread of web.
    """
    if not name.startswith(PREFIX) or ".." in name:
        raise Http404
    response = _proxied(name) if settings.ACCEL_REDIRECT else _own(name, media_type, asked)
    response["Content-Type"] = media_type
    response["Cache-Control"] = _KEEP
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Should a browser ever be talked into opening it as a page, that page may do nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = content_disposition_header(bool(filename), filename) or "inline"
    return response


def send_picture(key: str | None, size: int) -> HttpResponse:
    """A rendition of a stored picture, to somebody who may see it. Raises Http404 when there is none.

    What everybody may see has an address of its own, and is asked for there.
    """
    if not key:
        raise Http404
    if not key.startswith(PREFIX):
        return redirect(images.url(key, size))
    return send(images.rendition(key, size), media_type="image/webp")


def _proxied(name: str) -> HttpResponse:
    return HttpResponse(headers={"X-Accel-Redirect": f"/{quote(name)}"})


def _own(name: str, media_type: str, asked: str) -> HttpResponse:
    try:
        # A response that streams is as good as any to whoever passes it on; only its type says otherwise.
        return cast("HttpResponse", answer(default_storage.open(name), media_type=media_type, asked=asked))
    except FileNotFoundError:
        raise Http404 from None
