"""Prometheus figures: `/metrics`, for loopback or whoever knows METRICS_TOKEN; to everybody else it does not exist.

Each server process writes to files in one directory (`PROMETHEUS_MULTIPROC_DIR`), so whichever of them answers the
scrape tells the sum of all.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django_redis import get_redis_connection
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from planet.web import health

REQUESTS = Histogram(
    "planet_request_seconds",
    "Time to answer a request, by view, method and class of status.",
    ["view", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TASKS = Counter("planet_tasks_total", "Background tasks that ended, by name and state.", ["task", "state"])
# The queue's list in Redis, as Celery's broker names it.
QUEUE = "celery"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Work(Collector):
    """What Redis knows about background work at the moment of the scrape."""

    def collect(self) -> Iterable[Metric]:
        """The queue's length and the age of the last heartbeat; nothing while Redis is away."""
        try:
            waiting = get_redis_connection("default").llen(QUEUE)
            age = time.time() - float(cache.get(health.HEARTBEAT_KEY) or 0)
        except RedisError:
            return
        yield GaugeMetricFamily("planet_tasks_waiting", "Background tasks in the queue.", value=waiting)
        yield GaugeMetricFamily("planet_worker_heartbeat_age_seconds", "Since the worker's last sign.", value=age)


class MetricsMiddleware:
    """Measures each request and answers `/metrics`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        if request.path_info == "/metrics":
            return _answer(request)
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match else "none"
        method = request.method if request.method in _METHODS else "other"
        status = f"{response.status_code // 100}xx"
        REQUESTS.labels(view, method, status).observe(time.perf_counter() - started)
        return response


def _allowed(request: HttpRequest) -> bool:
    """A bearer of the token, or this machine itself and not a proxy on it."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    return local and "X-Forwarded-For" not in request.headers


def _answer(request: HttpRequest) -> HttpResponse:
    if not _allowed(request):
        return HttpResponseNotFound()
    work = CollectorRegistry()
    work.register(_Work())
    figures = generate_latest(_figures()) + generate_latest(work)
    return HttpResponse(figures, content_type=CONTENT_TYPE_LATEST)


def _figures() -> CollectorRegistry:
    """Those of all processes where they share a directory, else this process' own."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
