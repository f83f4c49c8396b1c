"""Who may see a tip: whoever sent it, and whoever received it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

from planet.accounts.access import person
from planet.tips import queries, registry
from planet.tips.models import Tip


def tippable(request: HttpRequest, kind: str, object_id: UUID) -> tuple[registry.Tippable, Any]:
    """A kind of thing, and the thing, which the viewer may see. Raises Http404."""
    about = registry.get(kind)
    if about is None:
        raise Http404
    return about, about.find(request, object_id)


def own_tip(request: HttpRequest, tip_id: UUID) -> Tip:
    """A tip that the viewer sent or received. Raises Http404 for everybody else's, as for none."""
    found = queries.own(person=person(request), tip_id=tip_id)
    if found is None:
        raise Http404
    return found
