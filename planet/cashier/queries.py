"""Reading what comes in and goes out."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from planet.accounts.models import User
from planet.cashier.models import Deposit, DepositAddress, State, Withdrawal


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


def to_send(*, provider: str, now: datetime, limit: int) -> list[UUID]:
    """Approved withdrawals that are due, the longest waiting first."""
    due = Withdrawal.objects.filter(state=State.APPROVED, provider=provider, next_try_at__lte=now)
    return list(due.order_by("next_try_at").values_list("pk", flat=True)[:limit])


def sent(*, provider: str, limit: int) -> list[Withdrawal]:
    """Withdrawals of which nobody knows yet whether they arrived, the longest unasked first."""
    return list(Withdrawal.objects.filter(state=State.SENT, provider=provider).order_by("next_try_at")[:limit])
