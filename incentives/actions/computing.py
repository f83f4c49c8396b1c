"""The dry run: the frozen week is worked out, nothing is paid, and what is remarkable is flagged."""

import hashlib
import json
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from incentives import archive, flags, queries
from incentives.actions import steps
from incentives.actions.itemizing import itemize
from incentives.errors import Tampered, WrongState
from incentives.models import Flag, Settlement, State
from incentives.settlement import frozen, pool, reasons
from incentives.settlement import statement as pure

_COMPUTED: Final = """
UPDATE incentives_award a
SET points_nano = w.points, amount_units = w.amount, paid_units = w.paid, accrued_units = w.accrued
FROM unnest(%s::uuid[], %s::numeric[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS w (pseudonym, points, amount, paid, accrued)
WHERE a.settlement_id = %s AND a.pseudonym = w.pseudonym
"""


def compute(*, week: date, now: datetime) -> Settlement:
    """Work the frozen week out and write down what everybody would get; computed before, it stays as it is.

    Raises WrongState before the freeze, Tampered when the inputs are not those that were frozen, Waits.
    """
    with transaction.atomic():
        settlement = steps.locked(week)
        if steps.is_past(settlement, State.CLOSED):
            return settlement
        if settlement.state != State.CLOSED:
            raise WrongState(settlement.state)
        with archive.fetched(settlement.folder, settlement.inputs_sha256) as directory:
            found = pure.settle(directory)
            items = reasons.items(frozen.read(directory))
        statement = found.statement()
        tree = found.tree()
        totals = found.totals(statement, tree)
        archive.put(settlement.folder, pure.STATEMENT, statement)
        archive.put(settlement.folder, pure.TOTALS, totals)
        if tree is not None:
            archive.put(settlement.folder, pure.TREE, tree.stored())
        _write(settlement, found.lines)
        itemize(settlement, items, found.lines)
        settlement.totals = json.loads(totals)
        settlement.merkle_root = settlement.totals["merkle_root"] or ""
        settlement.statement_sha256 = hashlib.sha256(statement).hexdigest()
        settlement.state, settlement.computed_at = State.COMPUTED, now
        settlement.save()
        _flag(settlement)
    return settlement


def _write(settlement: Settlement, lines: list[pool.Line]) -> None:
    columns: list[list[Any]] = [
        [x.creator_id for x in lines],
        [x.points_nano for x in lines],
        [x.amount_units for x in lines],
        [x.paid_units for x in lines],
        [x.accrued_units for x in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTED, [*columns, settlement.pk])
        if cursor.rowcount != len(lines):
            raise Tampered(f"{settlement}: the creators are not those that were frozen")


def _flag(settlement: Settlement) -> None:
    before = queries.before(settlement)
    earned = {creator: (award, units) for award, creator, units in queries.shares(settlement)}
    found = flags.found(
        now={creator: units for creator, (_, units) in earned.items()},
        before={creator: units for _, creator, units in queries.shares(before)} if before else None,
        pool=settlement.pool_units or 0,
        cap_bp=settlement.policy.cap_bp,
    )
    Flag.objects.bulk_create(
        Flag(
            settlement=settlement,
            kind=one.kind,
            award_id=earned[one.creator][0] if one.creator else None,
            figures=one.figures,
        )
        for one in found
    )
