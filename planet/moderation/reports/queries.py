"""Reads of reports."""

from collections.abc import Collection
from uuid import UUID

from planet.accounts.models import User
from planet.moderation.models import MovedPicture, Report, ReportState, Snapshot
from planet.web.pagination import Page, keyset


def of_person(*, user: User, after: str | None) -> Page[Report]:
    """What the person has reported, the newest first."""
    return keyset(Report.objects.filter(reporter=user).select_related("reported"), after=after)


def open_report(*, user: User, kind: str, object_id: UUID) -> Report | None:
    """The person's report of a thing that nobody has decided yet."""
    mine = Report.objects.filter(reporter=user, reported__kind=kind, reported__object_id=object_id)
    return mine.filter(state=ReportState.OPEN).first()


def pictures_in_use(keys: Collection[str]) -> set[str]:
    """Those of some picture keys that a snapshot shows: evidence outlives what it is evidence of."""
    found = Snapshot.objects.filter(pictures__overlap=list(keys)).values_list("pictures", flat=True)
    named = {key for pictures in found for key in pictures} & set(keys)
    left = set(MovedPicture.objects.filter(key__in=named).values_list("key", flat=True)) if named else set()
    return (named - left) | set(MovedPicture.objects.filter(now_at__in=keys).values_list("now_at", flat=True))


def pictures_of(snapshot: Snapshot) -> list[str]:
    """The keys of what a snapshot shows, as they are now."""
    moved = dict(MovedPicture.objects.filter(key__in=snapshot.pictures).values_list("key", "now_at"))
    return [moved.get(key, key) for key in snapshot.pictures]
