"""How often one person, or one address, may do a thing.

Windows are counted in Redis, all limits of a view in one round trip. Redis being away lets people through: the limits
guard against abuse, and an outage must not silence everybody.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from planet.addresses import neighbourhood, visitor

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

logger = logging.getLogger(__name__)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"(?P<times>[1-9]\d*)/(?P<count>[1-9]\d*)?(?P<unit>[smhd])")


@dataclass(frozen=True)
class Rate:
    """At most `times` in each window of `seconds`."""

    times: int
    seconds: int

    @classmethod
    def parse(cls, rate: str) -> "Rate":
        """A rate from "30/10m" or "300/d". Raises ValueError for anything else."""
        match = _RATE.fullmatch(rate)
        if match is None:
            raise ValueError(f"not a rate: {rate!r}")
        return cls(int(match["times"]), int(match["count"] or 1) * _UNITS[match["unit"]])


def client_ip(request: HttpRequest) -> str:
    """The browser's address, as far as our own proxies saw it."""
    return visitor(request.headers.get("X-Forwarded-For", ""), request.META.get("REMOTE_ADDR", ""))


def spend(name: str, who: str, rates: tuple[Rate, ...]) -> int:
    """Count one use of `name` by `who`; the seconds to wait when that was one too many, else 0.

    A refused use counts too: who hammers waits for the end of the window.
    """
    now = int(timezone.now().timestamp())
    keys = [cache.make_key(f"limit:{name}:{who}:{rate.seconds}:{now // rate.seconds}") for rate in rates]
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for key, rate in zip(keys, rates, strict=True):
            pipeline.incr(key).expire(key, rate.seconds)
        counts = pipeline.execute()[::2]
    except RedisError:
        logger.warning("rate limit not counted: Redis is away", extra={"limit": name})
        return 0
    waits = [rate.seconds - now % rate.seconds for rate, used in zip(rates, counts, strict=True) if used > rate.times]
    return max(waits, default=0)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """The answer to one too many: a page; htmx gets only the status, for which static/js/app.js has a toast."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=429)
    else:
        response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response


def limited(name: str, *rates: str, methods: frozenset[str] = frozenset({"POST"})) -> Callable[[View[P]], View[P]]:
    """A view that one person (a guest: one address) may use so often: `@limited("post", "30/10m", "300/d")`."""
    parsed = tuple(Rate.parse(rate) for rate in rates)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method in methods:
                who = str(request.user.pk) if request.user.is_authenticated else neighbourhood(client_ip(request))
                if wait := spend(name, who, parsed):
                    return too_many(request, wait)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
