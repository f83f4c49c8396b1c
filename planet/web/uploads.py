"""How much a request may carry, decided before a byte of it is read.

Django bounds fields and keeps files on disk however large they are; a form with a hundred megabytes would be received
to its end only to be refused. Here the announced length decides. The proxy has the same limit in production.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from planet.web import images
from planet.web.htmx import is_htmx

MAX_FILES: Final = 9
MAX_BODY: Final = MAX_FILES * images.MAX_BYTES + 1_000_000  # the pictures of a post, its fields, the multipart borders


class BodyLimitMiddleware:
    """Answers 413 to a request that announces more than any form of ours can need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or refuse it unread."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit() or int(length) <= MAX_BODY:
            return self.get_response(request)  # a length that is no number is the server's to refuse
        if is_htmx(request):
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers={"HX-Reswap": "none"})
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
