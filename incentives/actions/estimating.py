"""The running week as if it closed now: worked out like a settlement, by the clock, and kept for whoever looks."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from incentives import queries, scratch, weeks
from incentives.actions.gathering import Met, gather
from incentives.errors import Busy, NoPolicy
from incentives.models import STEPS, Estimate, Prospect, Settlement
from incentives.settlement import frozen, reasons
from incentives.settlement.pool import Line
from incentives.settlement.reasons import Item
from incentives.settlement.statement import settle

_LOCK: Final = 7_305_102  # of estimates among themselves; a settlement never waits for one
_BATCH: Final = 1_000
_SALT: Final = bytes(32)  # nobody but this run sees the files


@transaction.atomic
def estimate(*, now: datetime) -> Estimate:
    """Work the running week out and put it in place of the estimate before.

    Raises NoPolicy when nothing is shared this week, Busy; frozen.MalformedInput.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy(now)
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # the files are worked out in it
    week = weeks.week_of(now)
    Estimate.objects.exclude(week=week).delete()
    policy = queries.policy_of(week)
    if policy is None:
        raise NoPolicy(week)
    running = Settlement(week=week, policy=policy, salt=_SALT, opened_at=now)
    met: dict[str, Met] = {}
    with scratch.directory("estimate") as directory:
        gather(
            running, directory, rolled_in=queries.rolling_in(week, now=now),
            met=lambda creators: met.update((str(one.pseudonym), one) for one in creators),
        )  # fmt: skip
        lines = {line.creator_id: line for line in settle(directory).lines}
        given = {name.decode(): item for name, item in reasons.creators(frozen.read(directory)).items()}
    found = _written(running, list(lines.values()), now)
    found.prospects.all().delete()
    rows = (_prospect(found, met[name], item, lines[name].amount_units) for name, item in given.items())
    Prospect.objects.bulk_create(rows, batch_size=_BATCH)
    return found


def _written(running: Settlement, lines: list[Line], now: datetime) -> Estimate:
    figures = {
        "at": now,
        "policy": running.policy,
        "active_viewers": running.active_viewers,
        "creators": sum(1 for line in lines if line.points_nano),
        "funded_units": running.funded_units,
        "rolled_in_units": running.rolled_in_units,
        "points_nano": sum(line.points_nano for line in lines),
    }
    return Estimate.objects.update_or_create(week=running.week, defaults=figures)[0]


def _prospect(estimate: Estimate, who: Met, item: Item, amount: int) -> Prospect:
    return Prospect(
        estimate=estimate, creator_id=who.creator, accrued_units=who.accrued_units, amount_units=amount,
        **{field: getattr(item, field) for field in STEPS},
    )  # fmt: skip
