"""Charts and lines: everything inside the picture, labels apart, extreme prices, few candles."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet.markets import drawing, instruments
from planet.markets.candles import Candle
from planet.markets.drawing import HEIGHT, WIDTH, Level

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOL = instruments.INSTRUMENTS["SOL"]
D = Decimal


def tape(*closes: str, minutes: int = 60) -> list[Candle]:
    """Candles that go from each price to the next."""
    prices = [D(one) for one in closes]
    return [
        Candle(START + place * timedelta(minutes=minutes), a, max(a, b) + 1, min(a, b) - 1, b, 100 * place)
        for place, (a, b) in enumerate(itertools.pairwise(prices))
    ]


def test_rising_and_falling_candles_are_drawn_apart() -> None:
    chart = drawing.chart(tape("100", "110", "105", "120"), SOL)
    assert (chart.up_bodies.count("M"), chart.down_bodies.count("M")) == (2, 1)
    assert (chart.up_wicks.count("V"), chart.down_wicks.count("V")) == (2, 1)
    assert (chart.count, chart.low, chart.high) == (3, "99.00", "121.00")


def test_levels_are_lines_with_labels_that_do_not_overlap() -> None:
    levels = [Level("target", f"T{n}", D(price)) for n, price in enumerate(("104.00", "104.10", "104.20", "104.30"), 1)]
    chart = drawing.chart(tape("100", "110", "105"), SOL, levels=levels)
    heights = [mark.text_y for mark in chart.marks]
    assert all(after - before >= 15.9 for before, after in itertools.pairwise(heights))
    assert all(0 <= height <= HEIGHT for height in heights)
    assert [mark.price for mark in chart.marks] == ["104.30", "104.20", "104.10", "104.00"]


def test_a_level_that_is_far_away_does_not_flatten_the_candles() -> None:
    far = [Level("target", "T1", D("100000"))]
    assert [mark.kind for mark in drawing.chart(tape("100", "110", "105"), SOL, levels=far).marks] == ["grid"] * 4


def test_what_may_be_won_and_lost_is_tinted_from_the_entry_on() -> None:
    levels = [Level("entry", "Entry", D(105)), Level("target", "T1", D(112)), Level("stop", "Stop", D(101))]
    chart = drawing.chart(
        tape("100", "110", "105", "106"), SOL, levels=levels, tinted_from=START + timedelta(minutes=70)
    )
    gain, loss = chart.zones
    assert (gain.kind, loss.kind) == ("gain", "loss")
    assert gain.x == loss.x == pytest.approx(WIDTH / 3, abs=0.1)
    assert gain.y + gain.height == pytest.approx(loss.y, abs=0.2)


def test_long_charts_have_dates_and_short_ones_hours() -> None:
    assert not any(one.is_day for one in drawing.chart(tape(*"123456789"), SOL).moments)
    assert all(one.is_day for one in drawing.chart(tape(*"123456789", minutes=1440), SOL).moments)


@given(
    st.lists(st.decimals(min_value="0.01", max_value="999999", places=2), min_size=2, max_size=90),
    st.lists(st.decimals(min_value="0.01", max_value="999999", places=2), max_size=5),
)
def test_whatever_the_prices_everything_stays_in_the_picture(prices: list[Decimal], levels: list[Decimal]) -> None:
    candles = [
        Candle(START + place * timedelta(hours=1), a, max(a, b), min(a, b), b, place)
        for place, (a, b) in enumerate(itertools.pairwise(prices))
    ]
    chart = drawing.chart(candles, SOL, levels=[Level("target", "T", price) for price in levels])
    for path in (chart.up_wicks, chart.down_wicks):
        for x, top, bottom in re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)", path):
            assert 0 <= float(x) <= WIDTH
            assert 0 <= float(top) <= float(bottom) <= HEIGHT
    assert all(0 <= mark.y <= HEIGHT for mark in chart.marks)


def test_a_line_needs_two_prices_and_knows_its_direction() -> None:
    assert drawing.sparkline([D(1)]) is None
    rising, flat = drawing.sparkline([D(1), D(3), D(2)]), drawing.sparkline([D(1), D(1)])
    assert rising
    assert rising.path == "M0.0 26.0L50.0 2.0L100.0 14.0"
    assert rising.is_up
    assert flat
    assert flat.path == "M0.0 14.0L100.0 14.0"


def test_no_day_stands_twice_below_a_chart() -> None:
    moments = drawing.chart(tape(*["100"] * 73), SOL).moments  # three days by the hour, from noon
    assert [(f"{one.time:%d %H}", one.is_day) for one in moments] == [
        ("23 21", True),
        ("24 15", True),
        ("25 09", True),
        ("26 03", True),
    ]
    moments = drawing.chart(tape(*["100"] * 61), SOL).moments
    assert [f"{one.time:%d}" if one.is_day else f"{one.time:%H}" for one in moments] == ["23", "24", "25", "16"]
