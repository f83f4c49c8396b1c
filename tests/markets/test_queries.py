"""Quotes and candles as the rest of Planet asks for them, and how figures are written."""

from datetime import timedelta
from decimal import Decimal

import pytest

from planet.markets import figures, instruments, queries
from planet.markets.candles import Interval
from planet.markets.market import NoPrice
from tests.posts.conftest import NOW


def test_a_quote_has_the_price_and_its_change_in_a_day() -> None:
    quote = queries.quote("sol", at=NOW)
    before = queries.quote("SOL", at=NOW - timedelta(days=1))
    assert quote.symbol == "SOL"
    assert quote.change_24h == ((quote.price / before.price - 1) * 100).quantize(Decimal("0.01"))


def test_an_asset_without_a_market_has_no_price() -> None:
    with pytest.raises(NoPrice):
        queries.quote("NOPE", at=NOW)
    with pytest.raises(NoPrice):
        queries.candles("NOPE", Interval.DAY, NOW, NOW)
    assert queries.instrument("NOPE") is None


def test_quotes_leave_out_what_has_no_market_and_are_bounded() -> None:
    assert list(queries.quotes(["btc", "NOPE", "BTC", "ETH"], at=NOW)) == ["BTC", "ETH"]
    assert len(queries.quotes(list(instruments.INSTRUMENTS) * 30, at=NOW)) <= queries.MOST_QUOTES


def test_candles_are_bounded() -> None:
    assert len(queries.candles("SOL", Interval.MINUTE, NOW - timedelta(minutes=queries.MOST_CANDLES), NOW)) == 1000
    with pytest.raises(ValueError, match="more than"):
        queries.candles("SOL", Interval.MINUTE, NOW - timedelta(days=30), NOW)


def test_a_change_is_exact() -> None:
    assert queries.change(Decimal("200.00"), Decimal("206.84")) == Decimal("3.42")
    assert queries.change(Decimal(3), Decimal(2)) == Decimal("-33.33")


def test_figures_have_signs_separators_and_the_quiet_space() -> None:
    btc, pepe = instruments.INSTRUMENTS["BTC"], instruments.INSTRUMENTS["PEPE"]
    assert figures.price(Decimal("118420.5"), btc) == "118,420.5"
    assert figures.price(Decimal("0.00001024"), pepe) == "0.000010240"
    assert figures.percent(Decimal("3.42")) == "+3.42\u202f%"
    assert figures.percent(Decimal("-1.16")) == "\u22121.16\u202f%"
    assert figures.percent(Decimal(0)) == "0.00\u202f%"
    assert figures.multiple(Decimal("2.5")) == "+2.50\u202fR"
    assert figures.multiple(Decimal("-0.001")) == "0.00\u202fR"
