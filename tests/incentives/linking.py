"""Records that speak for accounts being one person's."""

from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from planet.accounts import crypto
from planet.accounts.models import BlockTrace, DeviceTrace, NameTrace, User
from planet.cashier.models import State, Withdrawal
from planet.ledger import holds
from planet.ledger.assets import Asset
from tests.factories import fill

_numbers = count(1)


def share_device(*people: User, now: datetime) -> None:
    """They used one browser."""
    device = uuid4()
    DeviceTrace.objects.bulk_create(
        DeviceTrace(user=one, device=device, first_on=now.date(), last_on=now.date()) for one in people
    )


def share_block(*people: User, now: datetime, days: int = 7, hours: int = 0b11) -> None:
    """They came from one block in the same hours, on so many days."""
    block = crypto.trace("block", str(uuid4()))
    BlockTrace.objects.bulk_create(
        BlockTrace(user=one, block=block, day=(now - timedelta(days=back)).date(), hours=hours)
        for one in people
        for back in range(days)
    )


def share_name(*people: User) -> None:
    """They are called alike."""
    name = uuid4()
    NameTrace.objects.bulk_create(NameTrace(user=one, name=name) for one in people)


def share_address(*people: User, now: datetime, state: State = State.CONFIRMED) -> None:
    """They sent money to one address."""
    address = uuid4().hex
    for one in people:
        fill(one, 100)
        number = next(_numbers)
        hold = holds.place(
            owner=one, asset=Asset.USDT, units=100, expires_at=now + timedelta(days=1), key=f"h{number}", now=now
        )
        Withdrawal.objects.create(
            user=one, number=number, asset=Asset.USDT, units=100, network="tron", address=address, provider="sandbox",
            state=state, hold=hold, created_at=now, changed_at=now,
        )  # fmt: skip
