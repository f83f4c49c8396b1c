"""What can be tipped: each room registers its kinds at start-up.

Posts, comments and homepages are known above this room; what they share is here: the form, what is refused, the
money, the receipt, and who is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise

from planet.accounts.models import User


@dataclass(frozen=True)
class Tippable:
    """A kind of thing that people may tip.

    `find(request, id)` returns the thing if the viewer may see it, and raises Http404 otherwise; `receiver(thing)` is
    whom a tip for it goes to; `title(thing)` calls it in one line; `url(thing)` is its path. `count(id, units)` adds
    to what the thing received, at the end of the transaction that moves the money.
    """

    kind: str
    label: str | Promise
    find: Callable[[HttpRequest, UUID], Any]
    receiver: Callable[[Any], User]
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    count: Callable[[UUID, int], None] | None = None


_kinds: dict[str, Tippable] = {}


def register(tippable: Tippable) -> None:
    """Make a kind of thing tippable."""
    _kinds[tippable.kind] = tippable


def get(kind: str) -> Tippable | None:
    """The kind, if a room has registered it."""
    return _kinds.get(kind)
