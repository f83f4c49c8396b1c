"""Money that comes in."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from planet.accounts.models import User
from planet.cashier import queries
from planet.cashier.errors import OverLimit, Overtaken
from planet.cashier.models import Deposit, DepositAddress
from planet.cashier.providers import Provider
from planet.cashier.providers.sandbox import Sandbox
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.errors import OtherBody
from planet.ledger.kinds import DEPOSIT, AccountKind
from planet.moderation.actions import tell

TEST_FUNDS_A_DAY: Final = 1_000_000_000  # 1,000 USDT
LEAST: Final = 1_000_000
DAY: Final = timedelta(days=1)


@transaction.atomic
def credit(*, user: User, provider: str, external_id: str, units: int, now: datetime) -> tuple[Deposit, bool]:
    """Credit a deposit, once for a provider's id of it; the deposit, and whether it is new. Raises OtherBody."""
    moved = move(
        kind=DEPOSIT,
        source=account_of(None, AccountKind.EXTERNAL, Asset.USDT),
        target=account_of(user, AccountKind.AVAILABLE, Asset.USDT),
        units=units, key=f"deposit:{provider}:{external_id}", actor=None, now=now,
    )  # fmt: skip
    deposit, is_new = Deposit.objects.get_or_create(
        provider=provider,
        external_id=external_id,
        defaults={"user": user, "asset": Asset.USDT, "units": units, "transfer": moved, "at": now},
    )
    if is_new and provider != Sandbox.name:
        tell(user_id=user.pk, group_key=f"deposit:{deposit.pk}", url=reverse("wallet"), reason=str(deposit), now=now)
    return deposit, is_new


@transaction.atomic
def take_test_funds(*, actor: User, units: int, number: int, now: datetime) -> tuple[Deposit, bool]:
    """Give oneself test funds; the same form again is the same deposit. Raises OverLimit, Overtaken."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two at once would both be within the limit
    external_id = f"{actor.pk}:{number}"
    mine = Deposit.objects.filter(user=actor, provider=Sandbox.name)
    if not mine.filter(external_id=external_id).exists():
        if number != queries.next_deposit(user=actor):
            raise Overtaken
        if units + int(mine.filter(at__gt=now - DAY).aggregate(sum=Sum("units"))["sum"] or 0) > TEST_FUNDS_A_DAY:
            raise OverLimit
    try:
        return credit(user=actor, provider=Sandbox.name, external_id=external_id, units=units, now=now)
    except OtherBody:
        raise Overtaken from None


def open_address(*, actor: User, provider: Provider, network: str, now: datetime) -> DepositAddress:
    """Where the actor's deposits arrive. The provider is asked outside any transaction. Raises Away."""
    found = queries.address_of(user=actor, provider=provider.name, network=network)
    if found:
        return found
    address = provider.address(account=actor.pk, network=network)
    made, _new = DepositAddress.objects.get_or_create(
        user=actor, provider=provider.name, network=network, defaults={"address": address, "created_at": now}
    )
    return made
