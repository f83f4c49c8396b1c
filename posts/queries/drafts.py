"""Reads of drafts: the box, one of them, what they hold in all."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from planet.web.pagination import Page, keyset_by
from posts.models import Draft

LONGEST_SEARCH = 100


def drafts(*, creator_id: UUID, words: str = "", after: str | None = None) -> Page[Draft]:
    """A page of somebody's drafts that are not scheduled, what was saved last first."""
    found = _matching(creator_id, words).filter(state=Draft.State.DRAFT)
    return keyset_by(found, "saved_at", after=after)


def scheduled(*, creator_id: UUID, words: str = "") -> list[Draft]:
    """All that publishes itself (a bounded number), what goes out next first."""
    return list(_matching(creator_id, words).filter(state=Draft.State.SCHEDULED).order_by("publish_at", "pk"))


def draft_counts(*, creator_id: UUID) -> dict[str, int]:
    """How many drafts, by state."""
    living = Draft.objects.filter(creator_id=creator_id, deleted_at=None)
    counted = dict(living.values_list("state").annotate(number=Count("pk")))
    return {state: counted.get(state, 0) for state in Draft.State.values}


def _matching(creator_id: UUID, words: str) -> QuerySet[Draft]:
    """Somebody's drafts in which every one of the words stands. A person has few: read, not indexed."""
    found = Draft.objects.filter(creator_id=creator_id, deleted_at=None)
    for word in words[:LONGEST_SEARCH].replace("\0", "").split():
        found = found.filter(
            Q(content__text__0__icontains=word)
            | Q(content__part__icontains=word)
            | Q(content__title__0__icontains=word)
            | Q(content__body__0__icontains=word)
        )
    return found
