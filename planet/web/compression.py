"""Pages are compressed here only where no proxy does it."""

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXT = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


class TextCompressionMiddleware(GZipMiddleware):
    """Django's own (which pads at random, so that the length of a page tells nothing), for text alone.

    Pictures are compressed already, and would cost time to get longer.
    """

    def __init__(self, get_response: object) -> None:
        if settings.TRUSTED_PROXIES:
            raise MiddlewareNotUsed
        super().__init__(get_response)  # type: ignore[arg-type]  # whatever Django hands over

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress a text."""
        if not response.get("Content-Type", "").startswith(_TEXT) or not isinstance(response, HttpResponse):
            return response
        return super().process_response(request, response)
