"""Money for tests."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from planet.accounts.models import User
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import DEPOSIT, AccountKind
from planet.ledger.models import Account

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_keys = itertools.count()

Purse = Callable[..., Account]


@pytest.fixture
def purse(db: None) -> Purse:
    """A person's available account, with so many units in it."""
    return fill


def fill(owner: User, units: int = 0, asset: Asset = Asset.USDT) -> Account:
    """A person's available account, with so many units in it."""
    account = account_of(owner, AccountKind.AVAILABLE, asset)
    if units:
        outside = account_of(None, AccountKind.EXTERNAL, asset)
        key = f"fill-{next(_keys)}"
        move(kind=DEPOSIT, source=outside, target=account, units=units, key=key, actor=None, now=NOW)
    return account
