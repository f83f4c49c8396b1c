"""The page of the running week: each state says what it is and what to do next; nothing is worked out in a request."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives import prospects, waterfall
from incentives.actions.estimating import estimate
from incentives.models import Estimate, Prospect
from planet.accounts.models import KycState
from tests.factories import make_user
from tests.incentives.conftest import USDT, Pool
from tests.incentives.test_admin import browser, text
from tests.incentives.test_estimating import RUNNING


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Thursday of that week."""
    monkeypatch.setattr("incentives.views.timezone.now", lambda: RUNNING)


def page(pool: Pool, name: str = "alice") -> str:
    return text(browser(pool.people[name]).get(reverse("pool_now")))


def test_a_creator_sees_what_the_week_would_bring_and_what_each_step_took(week: Pool) -> None:
    for name in ("bea", "ben"):
        week.watched(name, "alice")
    estimate(now=RUNNING)
    shown = page(week)
    for words in ("If the week closed now", "100.00", "An estimate", "3 days left", "3.000", "Linked accounts"):
        assert words in shown
    assert week.has("alice") == 0


def test_what_one_reader_gave_is_not_taken_apart(week: Pool) -> None:
    estimate(now=RUNNING)
    shown = page(week)
    assert "1.000" in shown
    assert "fewer than 3 people" in shown
    assert "Linked accounts" not in shown


def test_before_there_is_anything_the_page_says_why(pool: Pool) -> None:
    pool.creator("alice")
    assert "Nothing is shared this week" in page(pool)
    pool.policy()
    assert "The first estimate is on its way" in page(pool)
    estimate(now=RUNNING)
    assert "No points yet this week" in page(pool)


def test_readers_are_told_how_to_take_part_and_guests_to_sign_in(week: Pool) -> None:
    estimate(now=RUNNING)
    assert "Become a creator" in page(week, "bob")
    assert "/login/" in Client().get(reverse("pool_now"))["Location"]
    assert browser(week.people["bob"]).post(reverse("pool_now")).status_code == 405


def test_an_empty_pool_is_said(pool: Pool) -> None:
    pool.policy(base_units=0)
    pool.watched("bob", "alice")
    estimate(now=RUNNING)
    assert "The pool is empty this week" in page(pool)


def test_the_cap_the_smallest_payout_and_who_cannot_be_paid_are_said(pool: Pool) -> None:
    pool.policy(base_units=5 * USDT, cap_bp=1000)
    pool.watched("bob", "alice")
    pool.watched("bob", "carol")
    estimate(now=RUNNING)
    pool.change("alice", kyc_state=KycState.EXPIRED)
    shown = page(pool)
    assert "the most that one creator can get, 0.50 USDT" in shown
    assert "you would get 2 USDT more" in shown
    assert "Less than 1 USDT is not paid out" in shown
    assert "cannot be paid at the moment" in shown


def test_one_that_is_old_says_so(week: Pool) -> None:
    estimate(now=RUNNING - timedelta(hours=2))
    assert "The clock is late" in page(week)


def test_looking_costs_the_same_however_many_there_are(week: Pool, django_assert_num_queries: Any) -> None:
    estimate(now=RUNNING)
    found = Estimate.objects.get()
    mine = Prospect.objects.get()
    for number in range(30):
        mine.pk, mine.creator = None, make_user(f"somebody{number}")
        mine.save()
    with django_assert_num_queries(2):
        shown = prospects.now(viewer=week.people["alice"], at=RUNNING)
    assert shown["estimate"] == found


def test_the_steps_end_with_the_points() -> None:
    worked = Prospect(
        viewers=1, effect=4 * 10**9, felt=2 * 10**9, worth=2_400_000_000, budget=400_000_000, mutual=10**9, linked=0,
        standing=500_000_000, points=500_000_000,
    )  # fmt: skip
    found = waterfall.steps(worked)
    assert [(step.left, step.change, step.width, step.was) for step in found] == [
        ("4.0", "", 1000, 1000), ("2.0", "−2.0", 500, 1000), ("2.4", "+0.4", 600, 600), ("2.0", "−0.4", 500, 600),
        ("1.0", "−1.0", 250, 500), ("1.0", "", 250, 250), ("0.5", "−0.5", 125, 250),
    ]  # fmt: skip
    assert waterfall.points(1_234_567_891_234, 3) == "1,234.567"


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({"days": 3, "hours": 5}, "3 days left"), ({"days": 1}, "one day left"), ({"hours": 23}, "23 hours left"),
        ({"hours": 1}, "one hour left"), ({"minutes": 5}, "minutes left"),
    ],
    ids=["days", "a day", "hours", "an hour", "minutes"],
)  # fmt: skip
def test_how_long_it_still_goes_on(time: dict[str, int], said: str) -> None:
    assert prospects.left(timedelta(**time)) == said


def test_an_estimate_is_shown_to_the_cent_and_never_more_than_it_is() -> None:
    assert [prospects.money(units) for units in (0, 9_999, 1_999_999, 50 * USDT)] == ["0.00", "0.00", "1.99", "50.00"]
