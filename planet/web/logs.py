"""Logs: one event a line with the request's id; JSON in production, for the eye in development."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

# What follows these is a key to whoever reads it, whether the address is complete or not.
_SECRET = re.compile(r"^/(hooks|join)/[^/]+")
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
]
# Without the values of variables: among them are passwords and what people wrote.
_TRACES = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
logger = logging.getLogger("planet.requests")


def formatter(*, json: bool) -> logging.Formatter:
    """The formatter of every handler; our servers' own log settings (deploy/) name it too."""
    if json:
        ending: list[Any] = [
            _TRACES,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ]
    else:
        ending = [
            structlog.dev.ConsoleRenderer(
                colors=False, pad_event_to=0, pad_level=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )


def logging_settings(*, json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"planet": {"()": formatter, "json": json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "planet"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Its own handlers mail and print; ours is enough. 404s and the like are the request line's business.
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def _told(request: HttpRequest) -> str:
    """The path as it is logged: without the key of a mailed link, which opens an account to whoever reads it, and
    without the tokens by which programs write into groups and people come in.
    """
    match = request.resolver_match
    key = match.kwargs.get("key") if match else None
    path = _SECRET.sub(r"/\1/…", request.path)
    return path.replace(key, "…") if isinstance(key, str) and key else path


class RequestLogMiddleware:
    """Gives each request an id, which every log line of it carries and the answer tells, and logs the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            logger.log(
                logging.WARNING if response.status_code >= 500 else logging.INFO,
                "%s %s %d",
                request.method,
                _told(request),
                response.status_code,
                extra={"ms": round((time.perf_counter() - started) * 1000, 1)},
            )
            return response
        finally:
            clear_contextvars()
