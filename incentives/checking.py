"""Is a settled week what its frozen inputs come to, to the byte, and did the money move like that?"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from incentives import archive
from incentives.errors import Tampered
from incentives.models import Settlement, State
from incentives.settlement.statement import STATEMENT, TOTALS, settle

SHOWN: Final = 20

# Awards that are not as the statement says. (%s: pseudonyms, amounts, paid, accrued, the settlement.)
_AWARDS: Final = """
SELECT coalesce(a.pseudonym, w.pseudonym)::text FROM
    (SELECT * FROM incentives_award WHERE settlement_id = %s) a
    FULL JOIN unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[]) AS w (pseudonym, amount, paid, accrued)
    ON a.pseudonym = w.pseudonym
WHERE (a.amount_units, a.paid_units, a.accrued_units) IS DISTINCT FROM (w.amount, w.paid, w.accrued) LIMIT %s
"""
# Awards to which what their contents brought does not add up. (Weeks computed before that was kept have none.)
_EARNINGS: Final = """
WITH mine AS (SELECT id, points_nano, amount_units FROM incentives_award WHERE settlement_id = %s),
     added AS (SELECT award_id, sum(points) AS points, sum(amount_units) AS amount
               FROM incentives_earning WHERE award_id IN (SELECT id FROM mine) GROUP BY award_id)
SELECT a.id::text FROM mine a LEFT JOIN added e ON e.award_id = a.id
WHERE EXISTS (SELECT FROM added)
  AND (coalesce(e.points, 0), coalesce(e.amount, 0)) <> (a.points_nano, a.amount_units) LIMIT %s
"""
# Awards whose transfers are not of that kind, person and amount. A payout may be less: what a correction took.
_MONEY: Final = """
SELECT a.id::text FROM incentives_award a
LEFT JOIN ledger_transfer c ON c.id = a.credit_id AND c.kind = 'settlement'
LEFT JOIN ledger_leg cl ON cl.transfer_id = c.id AND cl.units > 0
LEFT JOIN ledger_account ca ON ca.id = cl.account_id AND ca.owner_id = a.creator_id AND ca.kind = 'accrued'
LEFT JOIN ledger_transfer p ON p.id = a.payout_id AND p.kind = 'payout'
LEFT JOIN ledger_leg pl ON pl.transfer_id = p.id AND pl.units > 0
LEFT JOIN ledger_account pa ON pa.id = pl.account_id AND pa.owner_id = a.creator_id AND pa.kind = 'available'
WHERE a.settlement_id = %s AND a.settled_at IS NOT NULL AND (
    coalesce(cl.units, 0) <> a.amount_units OR (a.amount_units > 0) <> (ca.id IS NOT NULL)
    OR coalesce(pl.units, 0) > a.paid_units OR (p.id IS NULL) <> (pa.id IS NULL)
) LIMIT %s
"""
# The week's transfers that no award or correction knows of. (Reads all of them, as the ledger's own proof does.)
_ASTRAY: Final = """
SELECT t.key FROM ledger_transfer t
WHERE t.kind IN ('settlement', 'payout') AND t.memo = %s
  AND NOT EXISTS (SELECT FROM incentives_award a WHERE a.credit_id = t.id)
  AND NOT EXISTS (SELECT FROM incentives_award a WHERE a.payout_id = t.id)
  AND NOT EXISTS (SELECT FROM incentives_correction c WHERE c.credit_id = t.id) LIMIT %s
"""


def findings(settlement: Settlement) -> Iterator[str]:
    """What is off; nothing when all is right. Changes nothing."""
    if settlement.state == State.OPEN:
        yield "not frozen yet"
        return
    try:
        with archive.fetched(settlement.folder, settlement.inputs_sha256) as directory:
            found = settle(directory)
        if settlement.state == State.CLOSED:
            return
        statement = found.statement()
        stored = {name: archive.read(settlement.folder, name) for name in (STATEMENT, TOTALS)}
    except Tampered as error:
        yield str(error)
        return
    if stored != {STATEMENT: statement, TOTALS: found.totals(statement, found.tree())}:
        yield "the stored statement or totals are not what the inputs come to"
    if hashlib.sha256(statement).hexdigest() != settlement.statement_sha256:
        yield "the statement has another hash than the one that was approved"
    lines = found.lines
    columns: list[list[Any]] = [
        [x.creator_id for x in lines],
        [x.amount_units for x in lines],
        [x.paid_units for x in lines],
        [x.accrued_units for x in lines],
    ]
    for award in _rows(_AWARDS, [settlement.pk, *columns, SHOWN]):
        yield f"the award of {award} is not what the statement says"
    for award in _rows(_EARNINGS, [settlement.pk, SHOWN]):
        yield f"what the contents of award {award} brought does not add up to it"
    for award in _rows(_MONEY, [settlement.pk, SHOWN]):
        yield f"the money of award {award} is not what it says"
    for key in _rows(_ASTRAY, [settlement.name, SHOWN]):
        yield f"no award knows of the transfer {key}"


def _rows(statement: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]
