"""The short way in for beacons, which are most of what browsers send."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from planet.engagement import views

PATH: Final = "/beacon/"


class BeaconMiddleware:
    """Answers beacons before all that they do not need: no session, no language, no form token, no line in the log.

    Its signature is all that a beacon is believed for, and its answer is always empty. The rest of the chain costs
    several times what the view does. What becomes of them is counted there (`planet_beacon_pages_total`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take a beacon, or pass the request on."""
        if request.path_info == PATH and request.method == "POST":
            return views.beacon(request)
        return self.get_response(request)
