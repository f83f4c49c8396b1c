"""Pages that are new in one part only: all around it is rendered once for whoever sees the same, and kept.

`{% kept %}` keeps pieces of every page's frame. A page that is opened all the time keeps the whole, in the process'
memory, under the template, the language, all that a frame shows of its visitor, and what the view names in `vary`.
Where the page differs each time it has a slot, whose mark no text contains: a UUID made at start-up. The CSRF token,
the address and the moment are slots of every page. A page with a message for its visitor is rendered plainly.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_plainly
from django.template import engines
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.template.backends.django import DjangoTemplates

MOST: Final = 1024  # frames of about 20 kB
SECONDS_KEPT: Final = 600

Context = Callable[[Mapping[str, str]], dict[str, Any]]
_frames: "OrderedDict[tuple[object, ...], tuple[float, list[str]]]" = OrderedDict()
_lock = Lock()


def render(
    request: HttpRequest, template: str, context: Context, *, slots: Mapping[str, str], vary: tuple[object, ...]
) -> HttpResponse:
    """The page. `slots` are safe HTML; `context` makes the template's context from what stands for each of them.

    Whatever else the context depends on must be in `vary`; it is not called for a frame that is kept.
    """
    shown = _shown(request)
    if shown["messages"]:
        return render_plainly(request, template, context(slots))
    values = {"full_path": escape(shown["full_path"]), "since": str(shown["since"]), **slots}
    if "csrf_token" not in slots:  # each one asked for is masked anew, which takes as long as ten cards
        values["csrf_token"] = str(shown["csrf_token"])
    key = (template, *vary, *_visitor(request, shown))
    parts = _recall(key) or _keep(key, _cut(request, template, context, slots))
    parts[1::2] = [values[name] for name in parts[1::2]]
    return HttpResponse("".join(parts))


def forget() -> None:
    """Drop every frame."""
    with _lock:
        _frames.clear()


def _shown(request: HttpRequest) -> dict[str, Any]:
    """What the context processors tell every page."""
    shown: dict[str, Any] = {}
    for processor in _processors():
        shown.update(processor(request))
    return shown


@cache
def _processors() -> Sequence[Callable[[HttpRequest], dict[str, Any]]]:
    return cast("DjangoTemplates", engines["django"]).engine.template_context_processors


def _visitor(request: HttpRequest, shown: Mapping[str, Any]) -> tuple[object, ...]:
    """All that a frame shows of who looks at it, and from where."""
    user = request.user
    person: tuple[object, ...] = ()
    if user.is_authenticated:
        looks = (user.avatar, user.display_name, user.handle)
        person = (user.pk, *looks, user.is_creator, user.may_publish, user.is_staff, int(shown["unread_count"]))
    return (get_language(), request.path, shown["place"], shown["preferences"], shown["socket_url"], *person)


def _cut(request: HttpRequest, template: str, context: Context, slots: Mapping[str, str]) -> list[str]:
    """The page as text, name of a slot, text, …"""
    names = {*slots, "csrf_token", "full_path", "since"}
    marks = {name: mark_safe(_mark(name)) for name in names}  # noqa: S308  # letters and digits
    own = {name: marks[name] for name in slots}
    always = {name: marks[name] for name in names if name not in slots}
    html = render_to_string(template, {**context(own), **always}, request)
    named: dict[str, str] = {str(mark): name for name, mark in marks.items()}
    parts = re.split(f"({'|'.join(named)})", html)
    return [named[part] if place % 2 else part for place, part in enumerate(parts)]


@cache
def _mark(name: str) -> str:  # noqa: ARG001  # one of its own for each
    return str(uuid4())


def _recall(key: tuple[object, ...]) -> list[str] | None:
    """A copy of a kept frame, to be filled."""
    with _lock:
        made, parts = _frames.get(key, (0.0, []))
        if not parts or time.monotonic() - made > SECONDS_KEPT:
            return None
        _frames.move_to_end(key)
        return parts.copy()


def _keep(key: tuple[object, ...], parts: list[str]) -> list[str]:
    with _lock:
        _frames[key] = (time.monotonic(), parts)
        _frames.move_to_end(key)
        if len(_frames) > MOST:
            _frames.popitem(last=False)
    return parts.copy()
