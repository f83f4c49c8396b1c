"""Money for tests."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from planet.ledger.models import Account
from tests.factories import fill

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

Purse = Callable[..., Account]


@pytest.fixture
def purse(db: None) -> Purse:
    """A person's available account, with so many units in it."""
    return fill
