"""From points to money in one line, points ÷ points × pool: for an estimate, and for a settled week."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from incentives import waterfall
from incentives.contexts import usdt


@dataclass(frozen=True)
class Week:
    """What everybody's points and money come to; `rows` are of everybody, `field` is what their points are called."""

    rows: QuerySet[Any]
    field: str
    points: int
    pool: int
    cap: int

    def below_the_cap(self) -> tuple[int, int]:
        """The points of those who are below the cap, and what is left for them (FORMULAS, §3.8)."""
        if self.cap >= self.pool:
            return self.points, self.pool
        capped = self.rows.filter(amount_units=self.cap).aggregate(many=Count("pk"), points=Sum(self.field))
        return self.points - int(capped["points"] or 0), self.pool - self.cap * capped["many"]


def equation(week: Week, *, points: int, amount: int, written: Callable[[int], str]) -> dict[str, Any]:
    """How one creator's points became money. Whoever is at the cap gets that, whatever the points."""
    shown = {"amount": written(amount), "cap": usdt(week.cap), "cap_took": "", "equation": None}
    if not points or not week.points:
        return shown
    if amount == week.cap < week.pool:
        without = week.pool * points // week.points
        return shown | {"is_capped": True, "cap_took": usdt(without - amount) if without > amount else ""}
    among, left = week.below_the_cap()
    share = points * 10**6 // among if among else 0
    return shown | {
        "equation": {
            "points": waterfall.points(points, 3),
            "among": waterfall.points(among, 3),
            "pool": written(left),
            "share": f"{share // 10_000}.{share % 10_000:04}",
            "amount": written(amount),
            "note": _("Whoever is at the cap is left out, with what they get.") if left != week.pool else "",
        }
    }
