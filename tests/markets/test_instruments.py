"""Which instruments there are, and how they are found."""

from decimal import Decimal

import pytest

from planet.markets import instruments
from planet.markets.candles import Interval
from tests.posts.conftest import NOW


def test_symbols_are_spelled_as_cashtags_and_are_unique() -> None:
    listed = list(instruments.INSTRUMENTS)
    assert len(listed) >= 40
    assert all(symbol.isalnum() and symbol == symbol.upper() and len(symbol) <= 10 for symbol in listed)


@pytest.mark.parametrize("instrument", instruments.INSTRUMENTS.values(), ids=lambda one: one.symbol)
def test_an_instrument_is_whole(instrument: instruments.Instrument) -> None:
    assert instrument.name
    assert 0 < instrument.volatility < 0.1
    assert instrument.turnover >= 10_000_000
    assert instrument.round(instrument.anchor) == instrument.anchor
    # A tick is small against a day's move, else a chart would be a staircase.
    assert instrument.tick / instrument.anchor < Decimal("0.0005")


def test_an_instrument_is_found_in_any_case_and_an_unknown_one_is_not() -> None:
    found = instruments.find(" sol ")
    assert found
    assert (found.symbol, found.pair, found.tick) == ("SOL", "SOL-USDT", Decimal("0.01"))
    for unknown in ("", "NOPE", "SOL-USDT", "\0", "💥" * 500):
        assert instruments.find(unknown) is None


def test_a_price_is_rounded_half_to_even_and_is_never_nothing() -> None:
    sol = instruments.INSTRUMENTS["SOL"]
    assert sol.round(Decimal("1.005")) == Decimal("1.00")
    assert sol.round(Decimal("1.015")) == Decimal("1.02")
    assert sol.round(Decimal("0.0000001")) == Decimal("0.01")


def test_searching_puts_the_exact_symbol_first_then_symbols_then_names() -> None:
    assert [one.symbol for one in instruments.search("so")][:1] == ["SOL"]
    assert [one.symbol for one in instruments.search("$op")] == ["OP"]
    assert "BCH" in [one.symbol for one in instruments.search("bitc")]
    assert [one.symbol for one in instruments.search("cash")] == ["BCH"]
    assert [one.symbol for one in instruments.search("")][:3] == ["BTC", "ETH", "USDC"]
    assert instruments.search("zzz") == []
    assert len(instruments.search("a", limit=2)) == 2


def test_weeks_begin_on_monday() -> None:
    week = Interval.WEEK.floor(NOW)
    assert week.isoweekday() == 1
    assert (week.hour, week.minute) == (0, 0)
    assert week <= NOW < week + Interval.WEEK.length
