"""Reading what comes in and goes out."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum

from planet.accounts.models import User
from planet.cashier.models import Deposit, DepositAddress, State, Withdrawal
from planet.ledger.assets import Asset

DAY: Final = timedelta(days=1)


def next_deposit(*, user: User) -> int:
    """Which of a person's test deposits the next one is, from 1."""
    return Deposit.objects.filter(user=user, provider="sandbox").count() + 1


def next_withdrawal(*, user: User) -> int:
    """Which of a person's withdrawals the next one is, from 1."""
    return int(Withdrawal.objects.filter(user=user).aggregate(last=Max("number"))["last"] or 0) + 1


def address_of(*, user: User, provider: str, network: str) -> DepositAddress | None:
    """Where a person's deposits arrive, if that was asked before."""
    return DepositAddress.objects.filter(user=user, provider=provider, network=network).first()


def owner_of(*, provider: str, network: str, address: str) -> User | None:
    """Whose deposits arrive at an address."""
    found = DepositAddress.objects.select_related("user").filter(provider=provider, network=network, address=address)
    return next((one.user for one in found), None)


def withdrawals_of(*, user: User) -> QuerySet[Withdrawal]:
    """A person's withdrawals; order and bound them with a keyset."""
    return Withdrawal.objects.filter(user=user)


def asked(*, user: UUID, after: datetime) -> QuerySet[Withdrawal]:
    """What somebody asked for since then; what came back does not count."""
    return Withdrawal.objects.filter(user=user, created_at__gt=after).exclude(state=State.FAILED)


def sum_of(withdrawals: QuerySet[Withdrawal]) -> int:
    """What they come to, in base units."""
    return int(withdrawals.aggregate(sum=Sum("units"))["sum"] or 0)


def approvals_needed(withdrawal: Withdrawal) -> int:
    """How many operators have to say yes: two above the setting's amount.

    What the same person asked for in the day before counts with it, so that nobody halves an amount to need one only.
    """
    day = asked(user=withdrawal.user_id, after=withdrawal.created_at - DAY)
    units = sum_of(day.filter(created_at__lte=withdrawal.created_at))
    return 2 if units > settings.WITHDRAW_TWO_APPROVALS_ABOVE * 10**Asset.USDT.decimals else 1


def to_send(*, provider: str, now: datetime, limit: int) -> list[UUID]:
    """Approved withdrawals that are due, the longest waiting first.

    Of whoever was suspended meanwhile only what the provider may have heard of: the rest an operator gives back.
    """
    due = Withdrawal.objects.filter(state=State.APPROVED, provider=provider, next_try_at__lte=now)
    due = due.filter(Q(user__is_active=True) | Q(tries__gt=0))
    return list(due.order_by("next_try_at").values_list("pk", flat=True)[:limit])


def sent(*, provider: str, limit: int) -> list[Withdrawal]:
    """Withdrawals of which nobody knows yet whether they arrived, the longest unasked first."""
    return list(Withdrawal.objects.filter(state=State.SENT, provider=provider).order_by("next_try_at")[:limit])
