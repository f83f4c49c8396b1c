"""How a paid week spread among those who earned: by tenths of them, how unequal, and what the first ten got."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from incentives.models import Settlement

TENTHS: Final = 10
FIRST: Final = 10  # creators

# One pass over the index of who got most. The rank times the amount, summed, is what the Gini coefficient needs.
_SPREAD: Final = """
SELECT tenth, count(*), sum(units), sum(units * rank), coalesce(sum(units) FILTER (WHERE rank <= %s), 0)
FROM (SELECT amount_units::numeric AS units, row_number() OVER most AS rank, ntile(%s) OVER most AS tenth
      FROM incentives_award WHERE settlement_id = %s AND amount_units > 0
      WINDOW most AS (ORDER BY amount_units DESC, id)) ranked
GROUP BY tenth ORDER BY tenth
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A tenth of the creators, who earned most first, with their part of all in per mille."""

    place: int
    creators: int
    units: int
    permille: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Who earned anything in a week, in tenths; with fewer than ten people each is a part."""

    parts: list[Part]
    gini_permille: int  # 0: all the same, towards 1000: one has all
    first_permille: int  # what the first ten have of all


def spread(settlement: Settlement) -> Spread | None:
    """How a computed week spread; None when nobody earned anything."""
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, [FIRST, TENTHS, settlement.pk])
        rows = [tuple(map(int, row)) for row in cursor.fetchall()]
    if not rows:
        return None
    count, total, ranked, first = (sum(column) for column in list(zip(*rows, strict=True))[1:])
    return Spread(
        parts=[Part(place, people, units, 1000 * units // total) for place, people, units, _, _ in rows],
        # Ranks here begin with the largest; simulation.gini counts from the smallest.
        gini_permille=1000 * ((count + 1) * total - 2 * ranked) // (count * total),
        first_permille=1000 * first // total,
    )
