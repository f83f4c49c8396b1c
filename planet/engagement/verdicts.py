"""Which interactions count and why the others do not, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planet.engagement.models import Kind
from planet.web.numbers import share

# Why an interaction does not count, in the order of the rules (planet.engagement.sql).
REASONS: Final[Mapping[str, Promise]] = {
    "own": _("Your own"),
    "unverified": _("By an account that is not verified, or suspended"),
    "blocked": _("By somebody who blocked you, or whom you blocked"),
    "removed": _("On a post that was removed after a report"),
    "unserved": _("No page of ours had shown them the post"),
    "brief": _("They had looked for less than 3 seconds"),
    "short": _("Comments of fewer than 15 characters"),
    "repeat": _("The same comment again"),
    "cap": _("More than counts in a day or week"),
}


@dataclass(frozen=True)
class Share:
    """A part of a whole; `percent` is its length."""

    label: str
    value: int
    percent: int


@dataclass(frozen=True)
class Verdict:
    """Interactions of one kind: how many count."""

    label: str
    counted: int
    discounted: int
    pending: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.counted + self.discounted + self.pending

    @property
    def percent(self) -> int:
        """The share that counts."""
        return share(self.counted, self.total)


def verdicts(reasons: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Which interactions count, by kind; and why the others do not, most first. Takes what queries.reasons found."""
    kinds = [_verdict(kind, reasons[kind.value]) for kind in Kind if kind.value in reasons]
    why = {reason: sum(found.get(reason, 0) for found in reasons.values()) for reason in REASONS}
    discounted = sum(why.values())
    counted, pending = sum(kind.counted for kind in kinds), sum(kind.pending for kind in kinds)
    listed = [Share(str(REASONS[reason]), many, share(many, discounted)) for reason, many in why.items() if many]
    return {
        "verdicts": kinds,
        "reasons": sorted(listed, key=lambda one: -one.value),
        "counted": counted,
        "discounted": discounted,
        "pending": pending,
        "counted_percent": share(counted, counted + discounted),
        "pending_note": ngettext("%(n)s is still being checked.", "%(n)s are still being checked.", pending)
        % {"n": pending},
    }


def _verdict(kind: Kind, found: Mapping[str, int]) -> Verdict:
    counted, pending = found.get("", 0), found.get("pending", 0)
    return Verdict(str(kind.label), counted, sum(found.values()) - counted - pending, pending)
