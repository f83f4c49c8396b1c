"""Quiet hours and mornings on clocks anywhere, also on the days when they jump."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet.notifications import quiet
from planet.notifications.quiet import Hours, after_quiet, next_morning, period

NIGHT = Hours(time(22), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "then"),
    [
        ("2026-11-22 21:59", "UTC", "2026-11-22 21:59"),
        ("2026-11-22 22:00", "UTC", "2026-11-23 07:00"),
        ("2026-11-23 06:59", "UTC", "2026-11-23 07:00"),
        ("2026-11-23 07:00", "UTC", "2026-11-23 07:00"),
        ("2026-11-22 15:00", "Asia/Shanghai", "2026-11-22 23:00"),  # 23:00 there
        ("2026-11-22 15:00", "America/New_York", "2026-11-22 15:00"),  # 10:00 there
        ("2026-03-29 00:30", "Europe/Berlin", "2026-03-29 05:00"),  # the night of 23 hours: 01:30 there
        ("2026-10-25 00:30", "Europe/Berlin", "2026-10-25 06:00"),  # the night of 25 hours: 02:30 there
        ("2026-11-22 23:00", "Nowhere/Atlantis", "2026-11-23 07:00"),
    ],
)
def test_a_night_ends_when_the_local_clock_says_so(now: str, zone: str, then: str) -> None:
    assert after_quiet(utc(now), NIGHT, zone) == utc(then)


def test_hours_within_a_day_and_the_whole_day() -> None:
    siesta = Hours(time(13), time(15))
    assert after_quiet(utc("2026-11-22 14:00"), siesta, "UTC") == utc("2026-11-22 15:00")
    assert after_quiet(utc("2026-11-22 15:00"), siesta, "UTC") == utc("2026-11-22 15:00")
    always = Hours(time(9), time(9))
    assert after_quiet(utc("2026-11-22 10:00"), always, "UTC") == utc("2026-11-23 09:00")
    assert after_quiet(utc("2026-11-22 10:00"), None, "UTC") == utc("2026-11-22 10:00")


def test_an_end_that_the_clock_skips_comes_when_it_has_jumped() -> None:
    # On 29 March 2026 in Berlin the hour from 2 to 3 is not there.
    assert after_quiet(utc("2026-03-29 00:00"), Hours(time(22), time(2, 30)), "Europe/Berlin") == utc(
        "2026-03-29 01:30"
    )


@pytest.mark.parametrize(
    ("now", "zone", "weekly", "then"),
    [
        ("2026-11-22 07:59", "UTC", False, "2026-11-22 08:00"),
        ("2026-11-22 08:00", "UTC", False, "2026-11-23 08:00"),
        ("2026-11-22 07:00", "Asia/Shanghai", False, "2026-11-23 00:00"),
        ("2026-11-22 12:00", "UTC", True, "2026-11-23 08:00"),  # a Sunday
        ("2026-11-23 08:00", "UTC", True, "2026-11-30 08:00"),
        ("2026-11-23 07:00", "UTC", True, "2026-11-23 08:00"),
        ("2026-03-28 08:00", "Europe/Berlin", False, "2026-03-29 06:00"),  # summer time begins
    ],
)
def test_the_next_morning(now: str, zone: str, weekly: bool, then: str) -> None:
    assert next_morning(utc(now), zone, weekly=weekly) == utc(then)


def test_a_period_is_the_local_day_or_its_monday() -> None:
    assert period(utc("2026-11-22 20:00"), "Asia/Shanghai", weekly=False) == date(2026, 11, 23)
    assert period(utc("2026-11-22 20:00"), "UTC", weekly=True) == date(2026, 11, 16)


moments = st.integers(1_577_836_800, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))
times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@given(moments, st.sampled_from(quiet.zones()), times, times)
def test_quiet_hours_end_within_a_day_and_never_before_now(now: datetime, zone: str, begin: time, end: time) -> None:
    after = after_quiet(now, Hours(begin, end), zone)
    assert now <= after
    assert (after - now).total_seconds() <= 25 * 3600


@given(moments, st.sampled_from(quiet.zones()), st.booleans())
def test_the_next_morning_is_later_and_a_day_or_week_away_at_most(now: datetime, zone: str, weekly: bool) -> None:
    morning = next_morning(now, zone, weekly=weekly)
    assert morning > now
    assert (morning - now).total_seconds() <= (8 if weekly else 2) * 86400 + 7200
