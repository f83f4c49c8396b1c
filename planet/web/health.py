"""Whether this process lives (`/healthz`) and whether the whole product works (`/readyz`).

Answered by a middleware before everything else: no host check, no redirect to HTTPS, no session.
"""

import time
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

HEARTBEAT_KEY = "worker-heartbeat"
# The clock asks every 10 s; a worker that has not answered for a minute is not there.
HEARTBEAT_EVERY = 10.0
HEARTBEAT_LIMIT = 60.0

GetResponse = Callable[[HttpRequest], HttpResponse]


class NotWorking(Exception):
    """A part of the product does not answer; the message says why."""


class HealthMiddleware:
    """Answers `/healthz` and `/readyz`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, or pass the request on."""
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path_info == "/readyz":
            return _readiness()
        return self.get_response(request)


def beat(*, now: float) -> None:
    """The worker's sign of life."""
    cache.set(HEARTBEAT_KEY, now, timeout=int(HEARTBEAT_LIMIT))


def last_beat() -> float:
    """When the worker last gave a sign of life, in Unix seconds; 0 if it has not within the limit."""
    return float(cache.get(HEARTBEAT_KEY) or 0.0)


def _check_postgres() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_redis() -> None:
    cache.get(HEARTBEAT_KEY)


def _check_worker() -> None:
    if time.time() - last_beat() > HEARTBEAT_LIMIT:
        raise NotWorking("no heartbeat")


def _readiness() -> JsonResponse:
    """Each part and whether it works; 503 unless all do. Says no more than a name: anybody may read it."""
    parts: dict[str, bool] = {}
    for name, check in (("postgres", _check_postgres), ("redis", _check_redis), ("worker", _check_worker)):
        try:
            check()
        except Exception:  # noqa: BLE001  # whatever went wrong, the answer is that it does not work
            parts[name] = False
            connection.close()
        else:
            parts[name] = True
    ready = all(parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)
