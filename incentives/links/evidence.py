"""What the records say about pairs of accounts: set-based, bounded, and only as far back as traces are kept.

Whose addresses agree is asked only of pairs that something else speaks for: one family links nobody, and comparing
everybody's hours with everybody's would be the one expensive question of all.
"""

import logging
from collections import defaultdict
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from incentives import weeks
from incentives.links import scoring
from incentives.links.scoring import Family
from planet.accounts.traces import KEPT
from planet.engagement import queries as engagement

PAIRS: Final = 200_000  # of one family in one run
WEEKS: Final = 4  # of attention, with the running one
_LEAST: Final = 10_000  # thousandths of a point that each must have given the other
logger = logging.getLogger(__name__)


class Said(NamedTuple):
    """How strong one family is for a pair, and the figures behind it."""

    strength: int
    facts: dict[str, int]


Pair = tuple[UUID, UUID]
Found = dict[Pair, dict[Family, Said]]

# Two who share one thing, and how many do; the rarest thing they share. Each takes a query of (thing, user_id).
_SHARED: Final = """
WITH kept AS MATERIALIZED ({kept}),
     few AS (SELECT thing, count(*) AS people FROM kept GROUP BY thing HAVING count(*) BETWEEN 2 AND %(people)s)
SELECT a.user_id, b.user_id, min(few.people)::int
  FROM few JOIN kept a USING (thing) JOIN kept b USING (thing)
 WHERE a.user_id < b.user_id GROUP BY 1, 2 ORDER BY 3, 1, 2 LIMIT %(most)s
"""
_DEVICE: Final = _SHARED.format(
    kept="SELECT device AS thing, user_id FROM accounts_devicetrace WHERE last_on >= %(since)s"
)
_FUNDING: Final = _SHARED.format(
    kept="""SELECT DISTINCT network || ':' || address AS thing, user_id FROM cashier_withdrawal
             WHERE state IN ('sent', 'confirmed')"""
)
_NAME: Final = _SHARED.format(kept="SELECT name AS thing, user_id FROM accounts_nametrace")
_TABLE: Final = """
DROP TABLE IF EXISTS pg_temp.link_units;
CREATE TEMP TABLE link_units (viewer_id uuid, creator_id uuid, content_id uuid, dwell_seconds int, liked int,
    bookmarked int, comments int, shared int, component int) ON COMMIT DROP
"""
# Who gave each other; the least of four shares. Weighed as FORMULAS §2 weighs attention, in thousandths of a point.
_MUTUAL: Final = """
WITH gave AS (
    SELECT viewer_id AS u, creator_id AS c, sum(dwell_seconds * 1000 / 60 + liked * 500 + bookmarked * 500
           + comments * 3000 + shared * 2000 + component * 1000) AS points
      FROM link_units WHERE viewer_id <> creator_id GROUP BY 1, 2
), given AS (SELECT u, sum(points) AS points FROM gave GROUP BY 1),
   got AS (SELECT c, sum(points) AS points FROM gave GROUP BY 1),
   pairs AS (
    SELECT f.u, f.c, div(1000 * least(f.points / gu.points, t.points / gc.points, t.points / ru.points,
                                      f.points / rc.points), 1)::int AS share
      FROM gave f JOIN gave t ON t.u = f.c AND t.c = f.u
      JOIN given gu ON gu.u = f.u JOIN given gc ON gc.u = t.u
      JOIN got ru ON ru.c = f.u JOIN got rc ON rc.c = f.c
     WHERE f.u < f.c AND least(f.points, t.points) >= %(least)s
)
SELECT u, c, share FROM pairs WHERE share >= %(share)s ORDER BY 3 DESC, 1, 2 LIMIT %(most)s
"""
# A day counts when both were there in the same hour, and few others were there that day.
_BLOCK: Final = """
SELECT a.user_id, b.user_id, count(DISTINCT a.day)::int, sum(bit_count((a.hours & b.hours)::bit(24)))::int,
       max(n.people)::int
  FROM unnest(%(first)s::uuid[], %(second)s::uuid[]) AS pair (first, second)
  JOIN accounts_blocktrace a ON a.user_id = pair.first AND a.day >= %(since)s
  JOIN accounts_blocktrace b ON b.block = a.block AND b.day = a.day AND b.user_id = pair.second
  JOIN LATERAL (SELECT count(*) AS people FROM (
           SELECT FROM accounts_blocktrace t WHERE t.block = a.block AND t.day = a.day LIMIT %(people)s + 1) few
       ) n ON n.people <= %(people)s
 WHERE a.hours & b.hours <> 0 GROUP BY 1, 2
"""


def gather(now: datetime) -> Found:
    """Every pair that anything speaks for, the smaller id first. Call it in a transaction: attention is summed in a
    temporary table.
    """
    found: Found = defaultdict(dict)
    since = (now - KEPT).date()
    for one, other, people in _rows("device", _DEVICE, since=since, people=scoring.SHARED_PEOPLE):
        _say(found, (one, other), Family.DEVICE, scoring.device(people), people=people)
    for one, other, people in _rows("funding", _FUNDING, people=scoring.SHARED_PEOPLE):
        _say(found, (one, other), Family.FUNDING, scoring.funding(people), people=people)
    for one, other, people in _rows("name", _NAME, people=scoring.NAME_PEOPLE):
        _say(found, (one, other), Family.NAME, scoring.name(people), people=people)
    for one, other, share in _attention(now):
        _say(found, (one, other), Family.MUTUAL, scoring.mutual(share), share=share)
    pairs = sorted(found)
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    for one, other, days, hours, people in _rows(
        "block", _BLOCK, first=first, second=second, since=since, people=scoring.BLOCK_PEOPLE
    ):
        strength = scoring.block(days=days, hours=hours, people=people)
        _say(found, (one, other), Family.BLOCK, strength, days=days, hours=hours, people=people)
    return found


def _attention(now: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
    week = weeks.week_of(now)
    for back in range(WEEKS):
        engagement.write_units("link_units", week=weeks.begin(week - back * weeks.WEEK))
    return _rows("mutual", _MUTUAL, least=_LEAST, share=scoring.OVERWHELMING)


def _say(found: Found, pair: Pair, family: Family, strength: int, **facts: int) -> None:
    if strength:
        found[pair][family] = Said(strength, facts)


def _rows(what: str, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "most": PAIRS})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if len(rows) == PAIRS:
        logger.error("more linked pairs than one run looks at", extra={"family": what})
    return rows
