"""The freeze: what a week's settlement is computed from, written down once, two hours after the week.

The files lie in the storage before the week is called closed; broken off anywhere, the next run begins anew, with the
same salt.
"""

import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from incentives import archive, queries, scratch, weeks
from incentives.actions import steps
from incentives.actions.gathering import Met, gather
from incentives.errors import NoPolicy, NotComplete, OutOfOrder, TooEarly, TreasuryShort
from incentives.models import Award, Settlement, State
from incentives.settlement import frozen
from incentives.settlement.statement import settle
from planet.engagement import queries as engagement
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.errors import Short
from planet.ledger.kinds import POOL_FUNDS, AccountKind

SALT: Final = 32


def freeze(*, week: date, now: datetime) -> Settlement:
    """Write the week's inputs down, fund its pool, and close it; frozen before, it stays as it is.

    Raises Waits: TooEarly, OutOfOrder, NoPolicy, NotComplete, TreasuryShort or Busy; frozen.MalformedInput.
    """
    if now < weeks.freezes_at(week):
        raise TooEarly(week)
    _open(week, now)
    with transaction.atomic():
        settlement = steps.locked(week)
        if steps.is_past(settlement, State.OPEN):
            return settlement
        if queries.next_due(now) != week:
            raise OutOfOrder(week)
        if not engagement.is_complete(weeks.begin(week)):
            raise NotComplete(week)
        with scratch.directory("freeze") as directory:
            _write(settlement, directory)
            settle(directory)  # a closed week never opens again: inputs that cannot be worked out are not closed
            _close(settlement, directory, now)
    return settlement


def _open(week: date, now: datetime) -> None:
    """The row with its salt, in a transaction of its own: whatever breaks off later begins again with the same."""
    policy = queries.policy_of(week)
    if policy is None:
        raise NoPolicy(week)
    Settlement.objects.get_or_create(
        week=week, defaults={"policy": policy, "salt": secrets.token_bytes(SALT), "opened_at": now}
    )


def _close(settlement: Settlement, directory: Path, now: datetime) -> None:
    """Fund the pool, store the files, and say so; the first and the last in one transaction."""
    digest = frozen.inputs_hash(directory)
    settlement.folder = archive.keep(directory, week=settlement.name, digest=digest)
    settlement.inputs_sha256, settlement.state, settlement.closed_at = digest, State.CLOSED, now
    settlement.save()
    if not settlement.funded_units:
        return
    treasury, pool = (account_of(None, kind, Asset.USDT) for kind in (AccountKind.TREASURY, AccountKind.POOL))
    try:
        move(
            kind=POOL_FUNDS, source=treasury, target=pool, units=settlement.funded_units,
            key=f"pool:{settlement.name}", actor=None, now=now, memo=settlement.name,
        )  # fmt: skip
    except Short:
        raise TreasuryShort(settlement.funded_units) from None


def _write(settlement: Settlement, directory: Path) -> None:
    """The four files, and a row for each creator."""

    def award(creators: list[Met]) -> None:
        Award.objects.bulk_create(
            Award(settlement=settlement, creator_id=who, pseudonym=name, before_units=accrued)
            for who, name, accrued in creators
        )

    left = queries.units_of(AccountKind.POOL)  # the weeks before are paid: all of it is left
    gather(settlement, directory, rolled_in=left, met=award)
