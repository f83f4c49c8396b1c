"""The money: one credit a creator, and a payout where the minimum is reached; corrections by reversing entries.

Awards are settled in batches, each a transaction that holds the transfers and the marks on the awards: killed before
its commit nothing of it happened, killed after it the next run goes on with the next batch. The ledger's keys name week
and creator, so that even a mark that was lost could not make anybody be paid twice.
"""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from incentives import notices
from incentives.actions import steps
from incentives.errors import NotDisputable, Spent, WrongState
from incentives.models import Award, Correction, Settlement, State
from planet.accounts.models import User
from planet.ledger import queries as ledger
from planet.ledger.actions import account_of, move, reverse
from planet.ledger.assets import Asset
from planet.ledger.errors import Short
from planet.ledger.kinds import PAYOUT, SETTLEMENT, AccountKind
from planet.ledger.models import Account
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry

BATCH: Final = 100  # awards in one transaction: some hundred milliseconds


def pay(*, week: date, now: datetime) -> Settlement:
    """Pay everybody who is not paid yet; then the week is paid. Paid before, it stays as it is.

    Raises WrongState before two operators approved, Waits.
    """
    while (settlement := _step(week, now)).state != State.PAID:
        pass
    return settlement


@transaction.atomic
def _step(week: date, now: datetime) -> Settlement:
    """The next batch; or, when nobody is left, the end."""
    settlement = steps.locked(week)
    if settlement.state == State.PAID:
        return settlement
    if settlement.state != State.APPROVED:
        raise WrongState(settlement.state)
    awards = settlement.awards.filter(settled_at=None).select_related("creator").order_by("pk")[:BATCH]
    waiting = list(awards)
    pool = account_of(None, AccountKind.POOL, Asset.USDT)
    paid = [_settle(award, settlement, pool, now) for award in waiting]
    notices.settled(settlement, list(zip(waiting, paid, strict=True)), now=now)
    if not waiting:
        settlement.state, settlement.paid_at = State.PAID, now
        settlement.save()
    return settlement


def _settle(award: Award, settlement: Settlement, pool: Account, now: datetime) -> int:
    """Credit, and pay out what is due; how much was paid out."""
    units = 0
    accrued = account_of(award.creator, AccountKind.ACCRUED, Asset.USDT)
    whose = f"{settlement.name}:{award.creator_id}"
    if award.amount_units:
        award.credit = move(
            kind=SETTLEMENT, source=pool, target=accrued, units=award.amount_units, key=f"settlement:{whose}",
            actor=None, now=now, memo=settlement.name,
        )  # fmt: skip
    if award.paid_units:
        award.is_withheld = not may_be_paid(award.creator)
        # Never more than is there: a correction may have taken of it since the freeze.
        units = 0 if award.is_withheld else min(award.paid_units, ledger.balance_of(accrued))
        if units:
            award.payout = move(
                kind=PAYOUT, source=accrued, target=account_of(award.creator, AccountKind.AVAILABLE, Asset.USDT),
                units=units, key=f"payout:{whose}", actor=None, now=now, memo=settlement.name,
            )  # fmt: skip
    award.settled_at = now
    award.save(update_fields=["credit", "payout", "is_withheld", "settled_at"])
    return units


def may_be_paid(creator: User) -> bool:
    """Whether money goes out to this person: the account is open and the identity check stands.

    For everybody else (suspended, left, identity check expired) it stays accrued, off the table of the
    weeks that follow, and is paid with the first week that is frozen after the reason is gone.
    """
    return creator.is_active and creator.is_verified


@transaction.atomic
def correct(*, actor: User, award: Award, units: int, reason: str, now: datetime) -> AuditEntry:
    """Undo an award by reversing entries after a dispute, and credit `units` instead, at most what it was.

    What comes back is in the pool, and rolls over. What had accrued before is accrued again, and so is what is credited
    instead, until the next payout. Raises NotDisputable, Spent when the creator has used it, Busy.
    """
    steps.locked(award.settlement.week)  # else it would wait for the pool, and the next week's payment for it
    award = Award.objects.select_for_update(of=("self",)).select_related("settlement", "creator").get(pk=award.pk)
    until = award.settlement.disputable_until
    if until is None or now >= until or Correction.objects.filter(award=award).exists():
        raise NotDisputable(award.pk)
    if not award.credit or not 0 <= units < (award.amount_units or 0):
        raise NotDisputable(units)
    key = f"correction:{award.settlement.name}:{award.creator_id}"
    try:
        if award.payout:
            reverse(original=award.payout, key=f"{key}:payout", actor=actor, now=now, memo=award.settlement.name)
        reverse(original=award.credit, key=f"{key}:credit", actor=actor, now=now, memo=award.settlement.name)
    except Short:
        raise Spent(award.pk) from None
    credit = None
    if units:
        credit = move(
            kind=SETTLEMENT,
            source=account_of(None, AccountKind.POOL, Asset.USDT),
            target=account_of(award.creator, AccountKind.ACCRUED, Asset.USDT),
            units=units, key=key, actor=actor, now=now, memo=award.settlement.name,
        )  # fmt: skip
    Correction.objects.create(award=award, units=units, reason=reason.strip(), operator=actor, credit=credit, at=now)
    notices.corrected(award, units, now=now)
    details = {"week": award.settlement.name, "was": award.amount_units, "is": units}
    return record(actor=actor, action="pool.correct", target=award, reason=reason, details=details, now=now)
