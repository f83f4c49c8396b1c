"""Money that goes out: requested, approved by an operator, sent, and then it has arrived or comes back.

While it is under way it is held in the ledger. The provider is called outside any transaction, with the withdrawal's id
as idempotency key: whoever is killed between the call and the commit asks again, and nothing is sent twice.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from planet.accounts.models import User
from planet.cashier import queries
from planet.cashier.actions import funding
from planet.cashier.errors import (
    CoolingDown,
    NotOpen,
    NotVerified,
    Oneself,
    OverLimit,
    Overtaken,
    SandboxFunds,
    SecondApproval,
    TooLittle,
    UnknownOperator,
)
from planet.cashier.models import Deposit, State, Withdrawal, WithdrawalApproval, WithdrawalEvent
from planet.cashier.providers import Answer, Payout, Progress, Provider
from planet.cashier.providers.sandbox import Sandbox
from planet.ledger import holds
from planet.ledger.actions import account_of
from planet.ledger.assets import Asset
from planet.ledger.errors import OtherBody, Short
from planet.ledger.kinds import WITHDRAWAL, AccountKind
from planet.moderation.actions import tell

LEAST: Final = 5_000_000  # 5 USDT
COOL_DOWN: Final = timedelta(days=1)
# A hold gives itself back when it is over; what is on its way must not.
NEVER: Final = datetime(2999, 1, 1, tzinfo=UTC)
FIRST_RETRY: Final = timedelta(seconds=30)
LAST_RETRY: Final = timedelta(hours=1)
UNDER_WAY: Final = timedelta(minutes=15)  # a worker that was about to ask is ended before (CELERY_TASK_TIME_LIMIT)
MAY: Final = "cashier.change_withdrawal"  # whoever lost it since, or was suspended, does not count any more
logger = logging.getLogger(__name__)


def most_a_day() -> int:
    """What one person may withdraw in a day, in base units."""
    return int(settings.WITHDRAW_DAILY_LIMIT * 10**Asset.USDT.decimals)


def check(*, actor: User, provider: str, now: datetime) -> None:
    """Raise NotVerified, CoolingDown or SandboxFunds where this person cannot withdraw at all right now."""
    if not actor.is_verified:
        raise NotVerified
    if actor.credentials_changed_at and now < actor.credentials_changed_at + COOL_DOWN:
        raise CoolingDown(actor.credentials_changed_at + COOL_DOWN)
    if provider != Sandbox.name and _has_test_money():
        raise SandboxFunds


def _has_test_money() -> bool:
    return Deposit.objects.filter(provider=Sandbox.name).exists() or funding.has_funds_of(Sandbox.name)


@transaction.atomic
def request(
    *, actor: User, provider: Provider, units: int, network: str, address: str, number: int, now: datetime
) -> tuple[Withdrawal, bool]:
    """Ask for money to be sent to an address, and hold it; the withdrawal, and whether it is new.

    The same number again with the same content is the same withdrawal. Raises what `check` raises, TooLittle,
    OverLimit, and Overtaken for a number that was used for something else or is not the next.
    """
    check(actor=User.objects.get(pk=actor.pk), provider=provider.name, now=now)
    if not 0 < number <= queries.next_withdrawal(user=actor):
        raise Overtaken
    try:
        hold = holds.place(
            owner=actor, asset=Asset.USDT, units=units, expires_at=NEVER, key=f"withdrawal:{actor.pk}:{number}",
            now=now, memo=address,
        )  # fmt: skip
    except Short:
        raise TooLittle from None
    except OtherBody:
        raise Overtaken from None
    # The hold has locked the account until the commit: of two at once the second sees the first.
    made, is_new = Withdrawal.objects.get_or_create(
        hold=hold,
        defaults={
            "user": actor, "number": number, "asset": Asset.USDT, "units": units, "network": network,
            "address": address, "provider": provider.name, "created_at": now, "changed_at": now,
        },
    )  # fmt: skip
    if is_new:
        if left_today(user=actor, now=now) < 0:
            raise OverLimit
        _note(made, None, now)
        _tell(made, "requested", now)
    elif (made.address, made.network) != (address, network):
        raise Overtaken
    return made, is_new


def left_today(*, user: User, now: datetime) -> int:
    """What the limit leaves of the last 24 hours; what came back does not count."""
    return most_a_day() - queries.sum_of(queries.asked(user=user.pk, after=now - queries.DAY))


@transaction.atomic
def cancel(*, actor: User, withdrawal: Withdrawal, now: datetime) -> None:
    """The person changes their mind before anybody approved it. Raises NotOpen."""
    locked = _lock(withdrawal.pk)
    if locked.state != State.REQUESTED:
        raise NotOpen
    _give_back(locked, actor, "", now)


@transaction.atomic
def approve(*, actor: User, withdrawal: Withdrawal, reason: str, now: datetime) -> Withdrawal:
    """One operator's yes; with as many as it needs it goes.

    Raises NotOpen, what `check` raises for what has become of the person since, Oneself, SecondApproval, and
    UnknownOperator where two people have to say yes and nobody knows who this one is.
    """
    locked = _lock(withdrawal.pk)
    if locked.state != State.REQUESTED or not locked.user.is_active:
        raise NotOpen
    _impartial(actor, locked)
    check(actor=locked.user, provider=locked.provider, now=now)
    needed = queries.approvals_needed(locked)
    if needed > 1 and not actor.is_known:
        raise UnknownOperator
    if not WithdrawalApproval.objects.get_or_create(
        withdrawal=locked, operator=actor, defaults={"reason": reason, "at": now}
    )[1]:
        raise SecondApproval
    said_yes = [one.operator for one in locked.approvals.select_related("operator")]
    if sum(one.has_perm(MAY) and (needed == 1 or one.is_known) for one in said_yes) >= needed:
        locked.decided_by, locked.next_try_at = actor, now
        _become(locked, State.APPROVED, actor, reason, now)
    return locked


def may_be_given_back(withdrawal: Withdrawal) -> bool:
    """Whether an operator can still refuse it: nobody approved it, or whose it is was suspended before it was sent."""
    if withdrawal.state == State.APPROVED and not withdrawal.user.is_active:
        # Once the provider was asked, only the provider knows whether the money is gone.
        return withdrawal.tries == 0 or withdrawal.unheard_at is not None
    return withdrawal.state == State.REQUESTED


@transaction.atomic
def reject(*, actor: User, withdrawal: Withdrawal, reason: str, now: datetime) -> Withdrawal:
    """An operator gives it back, and says why. Raises Oneself, and NotOpen for one that may be on its way."""
    locked = _lock(withdrawal.pk)
    if not may_be_given_back(locked):
        raise NotOpen
    _impartial(actor, locked)
    locked.decided_by = actor
    _give_back(locked, actor, reason, now)
    return locked


def send(*, withdrawal_id: UUID, provider: Provider, now: datetime) -> bool:
    """Have an approved one paid out; False when that is not due. Raises Away: it is tried again later."""
    # Claimed by putting the next try off: of two workers one sends, and whoever dies leaves it to the next.
    due = Withdrawal.objects.filter(
        pk=withdrawal_id, state=State.APPROVED, provider=provider.name, next_try_at__lte=now
    )
    found = due.select_related("user").first()
    if found is None or (not found.user.is_active and not found.tries):
        return False
    wait = _wait(found.tries)
    if not due.filter(tries=found.tries).update(tries=F("tries") + 1, next_try_at=now + wait, unheard_at=None):
        return False
    # Of whoever was suspended since the first try it is only asked whether that try was heard.
    answer = provider.send(payout_of(found)) if found.user.is_active else provider.find(payout_of(found))
    if answer is None:
        if now - _tried_at(found) >= UNDER_WAY:
            Withdrawal.objects.filter(pk=found.pk, tries=found.tries + 1).update(unheard_at=now)
        return False
    hear(withdrawal_id=withdrawal_id, answer=answer, now=now)
    return True


def _tried_at(withdrawal: Withdrawal) -> datetime:
    """When the provider was last asked about one that was tried and waits for its next try."""
    next_try: datetime = withdrawal.next_try_at or withdrawal.changed_at
    return next_try - _wait(withdrawal.tries - 1)


def _wait(tries: int) -> timedelta:
    """How long it is until the next try, after so many before this one."""
    longer: timedelta = FIRST_RETRY * 2 ** min(tries, 20)
    return min(longer, LAST_RETRY)


@transaction.atomic
def hear(*, withdrawal_id: UUID, answer: Answer, now: datetime) -> Withdrawal:
    """Take in what the provider says of a payout; again, or late, it changes nothing.

    Raises NotOpen for one that was never approved: nobody can have been asked to send it.
    """
    locked = _lock(withdrawal_id)
    if locked.state == State.REQUESTED:
        raise NotOpen
    if {locked.state, answer.progress} == {State.CONFIRMED, State.FAILED}:
        # Money may be gone twice, or nowhere. What is booked stays; somebody has to look.
        logger.error("the provider says the opposite of what is booked", extra={"withdrawal": str(locked.pk)})
    if locked.state == State.APPROVED:
        locked.reference = answer.reference
        _become(locked, State.SENT, None, "", now)
    if locked.state == State.SENT and answer.progress == Progress.CONFIRMED:
        locked.chain_id = answer.chain_id
        outside = account_of(None, AccountKind.EXTERNAL, Asset(locked.asset))
        holds.capture(
            hold=locked.hold, target=outside, units=locked.units, actor=None, now=now, kind=WITHDRAWAL,
            memo=locked.address,
        )  # fmt: skip
        _become(locked, State.CONFIRMED, None, "", now)
        _tell(locked, "confirmed", now)
    elif locked.state == State.SENT and answer.progress == Progress.FAILED:
        _give_back(locked, None, answer.reason, now)
    return locked


def payout_of(withdrawal: Withdrawal) -> Payout:
    """What the provider is asked to pay."""
    asset = Asset(withdrawal.asset)
    return Payout(withdrawal.pk, asset, withdrawal.units, withdrawal.network, withdrawal.address)


def _impartial(actor: User, withdrawal: Withdrawal) -> None:
    if actor.pk == withdrawal.user_id:
        raise Oneself


def _lock(pk: UUID) -> Withdrawal:
    """The withdrawal, locked. Raises Withdrawal.DoesNotExist."""
    return Withdrawal.objects.select_for_update(of=("self",)).select_related("user", "hold").get(pk=pk)


def _give_back(locked: Withdrawal, actor: User | None, reason: str, now: datetime) -> None:
    holds.release(hold=locked.hold, actor=actor, now=now)
    _become(locked, State.FAILED, actor, reason, now)
    _tell(locked, "failed", now)


def _become(locked: Withdrawal, state: State, actor: User | None, reason: str, now: datetime) -> None:
    locked.state, locked.changed_at = state, now
    locked.reason = reason if state == State.FAILED else ""
    locked.save()
    _note(locked, actor, now, reason)


def _note(withdrawal: Withdrawal, actor: User | None, now: datetime, reason: str = "") -> None:
    WithdrawalEvent.objects.create(
        withdrawal=withdrawal, at=now, after=withdrawal.state, actor=actor or None, reason=reason
    )


def _tell(withdrawal: Withdrawal, what: str, now: datetime) -> None:
    url = reverse("withdrawal", args=[withdrawal.pk])
    said = f"{withdrawal.amount} {withdrawal.asset}"
    said += f" · {withdrawal.reason}" if withdrawal.reason else ""
    tell(user_id=withdrawal.user_id, group_key=f"withdrawal_{what}:{withdrawal.pk}", url=url, reason=said, now=now)
