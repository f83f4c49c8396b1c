"""The list of recent actions."""

from dataclasses import dataclass

from groups.log import kinds_of
from groups.models import Group, LogEntry
from planet.accounts.models import User
from planet.web.pagination import Page, keyset

SIZE = 40


@dataclass(frozen=True)
class Wanted:
    """Which entries: of a family of kinds, by somebody, about somebody."""

    family: str = ""
    actor: User | None = None
    target: User | None = None


def entries(*, group: Group, wanted: Wanted, after: str | None) -> Page[LogEntry]:
    """A page of the log, the newest first; each filter has its index."""
    rows = LogEntry.objects.filter(group=group)
    if wanted.family:
        rows = rows.filter(kind__in=kinds_of(wanted.family))
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.target:
        rows = rows.filter(target=wanted.target)
    return keyset(rows.select_related("actor", "target"), after=after, size=SIZE)


def about(*, group: Group, user: User, most: int = 20) -> list[LogEntry]:
    """What was done to somebody, the newest first."""
    rows = LogEntry.objects.filter(group=group, target=user).select_related("actor", "target")
    return list(rows.order_by("-id")[:most])


def knows(*, group: Group, user: User) -> bool:
    """Whether somebody was ever in the group, or something was done to them."""
    rows = LogEntry.objects.filter(group=group)
    return rows.filter(target=user).exists() or rows.filter(actor=user).exists()
