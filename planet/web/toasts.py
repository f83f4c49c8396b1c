"""A short message after something was done: over htmx as an event that toast.js shows, else with the next page."""

from typing import Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django_htmx.http import trigger_client_event

Kind = Literal["ok", "error"]
_LEVELS = {"ok": messages.SUCCESS, "error": messages.ERROR}


def toast(
    request: HttpRequest, response: HttpResponse, text: str | Promise, *, kind: Kind = "ok", undo: str = ""
) -> HttpResponse:
    """Say `text` to the person; `undo` is a URL that a POST to takes it back. Returns the response."""
    if getattr(request, "htmx", False):
        return trigger_client_event(response, "toast", {"text": str(text), "kind": kind, "undo": undo})
    messages.add_message(request, _LEVELS[kind], str(text), extra_tags=kind)
    return response
