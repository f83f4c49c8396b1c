"""Prices, as the rest of Planet asks for them. Bounded; the market behind them is the settings' choice."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.utils import timezone

from planet.markets import instruments, market
from planet.markets.candles import Candle, Interval, Quote
from planet.markets.instruments import Instrument

MOST_CANDLES: Final = 1000
MOST_QUOTES: Final = 60
_DAY: Final = timedelta(days=1)
_CENT: Final = Decimal("0.01")


def instrument(symbol: str) -> Instrument | None:
    """The instrument with this symbol; None for an asset without a market."""
    return instruments.find(symbol)


def search(prefix: str) -> Sequence[Instrument]:
    """Instruments that begin so, at most instruments.MOST_FOUND."""
    return instruments.search(prefix)


def is_simulated() -> bool:
    """Whether prices are made up. Whatever shows one then says so."""
    return market.current().is_simulated


def quote(symbol: str, at: datetime | None = None) -> Quote:
    """The price at a moment (now), and its change in 24 hours in percent. Raises market.NoPrice."""
    return _quote(_known(symbol), at or timezone.now())


def quotes(symbols: Iterable[str], at: datetime | None = None) -> dict[str, Quote]:
    """The quotes of those symbols that have a market, by symbol; at most MOST_QUOTES of them."""
    moment = at or timezone.now()
    known = {found.symbol: found for symbol in symbols if (found := instruments.find(symbol))}
    return {symbol: _quote(found, moment) for symbol, found in list(known.items())[:MOST_QUOTES]}


def candles(symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Candle]:
    """Candles, oldest first, the last as it stood at `end`. Raises market.NoPrice, ValueError for too many."""
    if (end - start) / interval.length > MOST_CANDLES:
        raise ValueError(f"more than {MOST_CANDLES} candles")
    return market.current().candles(_known(symbol), interval, start, end)


def change(before: Decimal, after: Decimal) -> Decimal:
    """From one price to another, in percent with two decimals."""
    return ((after / before - 1) * 100).quantize(_CENT, ROUND_HALF_EVEN)


def _known(symbol: str) -> Instrument:
    found = instruments.find(symbol)
    if found is None:
        raise market.NoPrice(symbol)
    return found


def _quote(found: Instrument, at: datetime) -> Quote:
    here = market.current()
    price = here.price(found, at)
    return Quote(found.symbol, price, change(here.price(found, at - _DAY), price), at)
