"""A paid week that is disputed, worked by hand with the books open: who owes whom what, before and after."""

from datetime import timedelta

import pytest

from incentives import weeks
from incentives.actions.approving import approve
from incentives.actions.going_on import go_on
from incentives.actions.paying import correct
from incentives.errors import NotDisputable
from incentives.models import Award, Settlement
from planet.ledger.kinds import AccountKind
from planet.ledger.verify import findings
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool, pool, storage, week

__all__ = ["pool", "storage", "week"]
LATER = CLOSED + timedelta(days=3)


def books(pool: Pool) -> dict[str, int]:
    """Everybody's money in whole USDT."""
    return {
        "treasury": pool.holds(AccountKind.TREASURY) // USDT,
        "pool": pool.holds(AccountKind.POOL) // USDT,
        "alice": pool.has("alice") // USDT,
        "alice, accrued": pool.has("alice", AccountKind.ACCRUED) // USDT,
        "carol": pool.has("carol") // USDT,
        "carol, accrued": pool.has("carol", AccountKind.ACCRUED) // USDT,
    }


def close(pool: Pool, week: int = 0) -> None:
    """The week is frozen and computed, two operators say yes, and the clock pays."""
    now = CLOSED + week * weeks.WEEK
    go_on(now=now)
    settlement = Settlement.objects.get(week=WEEK + week * weeks.WEEK)
    for operator in (pool.olga, pool.otto):
        approve(actor=operator, settlement=settlement, reason="Looked through.", now=now)
    go_on(now=now)


@pytest.fixture
def disputed(week: Pool) -> Pool:
    """1,000 in the treasury, 100 for each week. Bob gave Alice a minute, and Carol as much: 50 for each, both paid."""
    week.watched("bob", "carol")
    close(week)
    assert books(week) == {
        "treasury": 900, "pool": 0, "alice": 50, "alice, accrued": 0, "carol": 50, "carol, accrued": 0,
    }  # fmt: skip
    return week


def test_an_award_that_is_reversed_goes_back_into_the_pool_and_is_shared_in_the_next_week(disputed: Pool) -> None:
    """Carol bought Bob's minute: her 50 come back by reversing entries, and the next week shares 100 + 50."""
    award = Award.objects.get(creator=disputed.people["carol"])
    correct(actor=disputed.olga, award=award, units=0, reason="Bought views.", now=LATER)

    assert books(disputed) == {
        "treasury": 900, "pool": 50, "alice": 50, "alice, accrued": 0, "carol": 0, "carol, accrued": 0,
    }  # fmt: skip

    disputed.watched("bob", "alice", week=WEEK + weeks.WEEK)
    close(disputed, 1)

    assert books(disputed) == {
        "treasury": 800, "pool": 0, "alice": 200, "alice, accrued": 0, "carol": 0, "carol, accrued": 0,
    }  # fmt: skip
    assert list(findings()) == []


def test_an_award_that_is_lowered_leaves_the_rest_to_the_creator(disputed: Pool) -> None:
    """Two fifths of Carol's were right: 50 go back, 20 are credited anew and wait for the next payout, 30 roll over."""
    award = Award.objects.get(creator=disputed.people["carol"])
    correct(actor=disputed.olga, award=award, units=20 * USDT, reason="Two fifths stand.", now=LATER)

    assert books(disputed) == {
        "treasury": 900, "pool": 30, "alice": 50, "alice, accrued": 0, "carol": 0, "carol, accrued": 20,
    }  # fmt: skip

    disputed.watched("bob", "alice", week=WEEK + weeks.WEEK)
    close(disputed, 1)

    assert books(disputed) == {
        "treasury": 800, "pool": 0, "alice": 180, "alice, accrued": 0, "carol": 20, "carol, accrued": 0,
    }  # fmt: skip
    assert list(findings()) == []


def test_after_seven_days_what_was_paid_stays_paid(disputed: Pool) -> None:
    award = Award.objects.get(creator=disputed.people["carol"])
    with pytest.raises(NotDisputable):
        correct(actor=disputed.olga, award=award, units=0, reason="Too late.", now=CLOSED + timedelta(days=7))
    assert books(disputed)["carol"] == 50
