"""The address that beacons go to."""

import collections
import time
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter
from redis.exceptions import RedisError

from planet.addresses import neighbourhood
from planet.engagement import beacons, impressions
from planet.web.ratelimits import client_ip

PAGES: Final = Counter("planet_beacon_pages_total", "Pages that reported attention, by what became of it.", ["outcome"])


# The token in the body is signed for the very cookie that comes with it: nobody else's page can make one.
@csrf_exempt
@require_POST
def beacon(request: HttpRequest) -> HttpResponse:
    """What a browser saw. Always 204: who tries what is not allowed learns nothing, and nothing is logged."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > beacons.MOST_BYTES:
        PAGES.labels("oversized").inc()
        return HttpResponse(status=204)
    visitor = beacons.Visitor(
        person=request.COOKIES.get(settings.SESSION_COOKIE_NAME, "").encode(),
        guest=request.COOKIES.get(settings.CSRF_COOKIE_NAME, "").encode(),
        address=lambda: neighbourhood(client_ip(request)),
    )
    try:
        outcomes = beacons.receive(request.body, visitor=visitor, key=impressions.key(), now=time.time())
    except RedisError:
        outcomes = collections.Counter(lost=1)  # seconds of dwell; everything else has a row of its own
    for outcome, count in outcomes.items():
        PAGES.labels(outcome).inc(count)
    return HttpResponse(status=204)
