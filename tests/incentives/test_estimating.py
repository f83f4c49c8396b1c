"""The running week as if it closed now: the same rules, by the clock, never in a request."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from incentives import queries, tasks
from incentives.actions import estimating
from incentives.actions.estimating import estimate
from incentives.actions.going_on import go_on
from incentives.errors import NoPolicy
from incentives.models import Award, Estimate, Prospect, Settlement
from incentives.weeks import WEEK as SEVEN_DAYS
from incentives.weeks import begin
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool
from tests.incentives.test_running import say_yes

RUNNING = datetime(2026, 11, 12, 10, tzinfo=UTC)


def test_it_is_what_the_week_would_pay_and_pays_nobody(week: Pool) -> None:
    week.watched("bob", "carol", seconds=180)
    found = estimate(now=RUNNING)
    assert (found.week, found.at, found.pool_units, found.active_viewers, found.creators) == (
        WEEK, RUNNING, 100 * USDT, 1, 2,
    )  # fmt: skip
    expected = {one.creator_id: (one.points, one.amount_units) for one in Prospect.objects.all()}
    assert not Settlement.objects.exists()
    assert not Award.objects.exists()

    go_on(now=CLOSED)
    assert {one.creator_id: (one.points_nano, one.amount_units) for one in Award.objects.all()} == expected


def test_the_next_one_takes_its_place(week: Pool) -> None:
    estimate(now=RUNNING)
    week.watched("bob", "carol")
    estimate(now=RUNNING + timedelta(minutes=15))
    assert Estimate.objects.get().at == RUNNING + timedelta(minutes=15)
    assert Prospect.objects.count() == 2
    estimate(now=RUNNING + SEVEN_DAYS)
    assert Estimate.objects.get().week == WEEK + SEVEN_DAYS
    assert not Prospect.objects.exists()


def test_without_a_policy_there_is_none(pool: Pool) -> None:
    with pytest.raises(NoPolicy):
        estimate(now=RUNNING)
    tasks.look_ahead()
    assert not Estimate.objects.exists()


def test_what_the_last_week_leaves_is_known_once_it_is_computed(pool: Pool) -> None:
    pool.policy(cap_bp=1000)
    pool.fund(1000 * USDT)
    pool.watched("bob", "alice")
    following = CLOSED + timedelta(days=1)
    assert queries.rolling_in(WEEK + SEVEN_DAYS, now=following) == 0
    go_on(now=CLOSED)
    assert queries.rolling_in(WEEK + SEVEN_DAYS, now=following) == 90 * USDT
    say_yes(pool, WEEK)
    go_on(now=CLOSED)
    assert estimate(now=following).rolled_in_units == pool.holds() == 90 * USDT
    assert queries.rolling_in(WEEK + 2 * SEVEN_DAYS, now=begin(WEEK + 3 * SEVEN_DAYS)) == 0


def test_one_that_breaks_off_leaves_the_one_before(week: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    estimate(now=RUNNING)
    monkeypatch.setattr(estimating, "_prospect", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        estimate(now=RUNNING + timedelta(minutes=15))
    assert Estimate.objects.get().at == RUNNING
    assert Prospect.objects.count() == 1


def test_it_is_kept_by_the_clock() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["look ahead"]["task"] == "incentives.tasks.look_ahead"
