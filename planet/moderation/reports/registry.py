"""What can be reported: each room registers its kinds at start-up."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise

TITLE_LENGTH = 200


@dataclass(frozen=True)
class Evidence:
    """What a thing says and looks like now.

    `title` calls it in one line, `url` is a path of this site, `author` says who shows as its author (handle, name),
    `text` is everything it says, `facts` are JSON values worth knowing later (revision, times, what it quotes), and
    `pictures` are keys of planet.web.images.
    """

    title: str
    url: str
    author: Mapping[str, str]
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    pictures: Sequence[str] = ()

    @property
    def content(self) -> dict[str, Any]:
        """What is stored."""
        return {"title": self.title, "author": dict(self.author), "text": self.text, "facts": dict(self.facts)}

    @property
    def digest(self) -> str:
        """The same for the same content, however often it is reported."""
        whole = json.dumps([self.content, list(self.pictures)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True)
class Reportable:
    """A kind of thing that people may report.

    `find(request, id)` returns the thing if the viewer may see it, and raises Http404 otherwise; `owner(thing)` is
    whose it is; `snapshot(thing)` its evidence; `room` names its page in the admin (`posts_post`), where operators act.
    `upheld(id, at)` and `overturned(id)` are what the room does when reports of a thing are upheld, and when that is
    taken back; both run in the deciding transaction.
    """

    kind: str
    label: str | Promise
    find: Callable[[HttpRequest, UUID], Any]
    owner: Callable[[Any], UUID]
    snapshot: Callable[[Any], Evidence]
    room: str = ""
    upheld: Callable[[UUID, datetime], None] | None = None
    overturned: Callable[[UUID], None] | None = None


_kinds: dict[str, Reportable] = {}


def register(reportable: Reportable) -> None:
    """Make a kind of thing reportable."""
    _kinds[reportable.kind] = reportable


def get(kind: str) -> Reportable | None:
    """The kind, if a room has registered it."""
    return _kinds.get(kind)


def kinds() -> list[Reportable]:
    """Every kind, by name."""
    return [_kinds[kind] for kind in sorted(_kinds)]
