"""How prices and changes are written. The same in every language: figures are sent once, to everybody."""

from decimal import Decimal
from typing import Any, Final

from planet.markets.candles import Quote
from planet.markets.instruments import INSTRUMENTS, Instrument
from planet.web.numbers import MINUS

_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"


def price(value: Decimal, instrument: Instrument | None = None) -> str:
    """4,286.44: thousands separated; with an instrument, its decimals."""
    exact = value.quantize(instrument.tick) if instrument else value
    return f"{exact:,f}"


def percent(value: Decimal) -> str:
    """+3.42 %, −1.16 %, 0.00 %."""
    return f"{_sign(value)}{abs(value):,.2f}{_NARROW}%"


def multiple(value: Decimal) -> str:
    """A result in units of the risk: +1.42 R."""
    return f"{_sign(round(value, 2))}{abs(value):.2f}{_NARROW}R"


def quote_data(quote: Quote) -> dict[str, Any]:
    """A quote as it is sent to browsers: ready to be shown, with the direction of its change (−1, 0, 1)."""
    instrument = INSTRUMENTS[quote.symbol]
    return {
        "symbol": quote.symbol,
        "price": price(quote.price, instrument),
        "change": percent(quote.change_24h),
        "direction": (quote.change_24h > 0) - (quote.change_24h < 0),
    }


def _sign(value: Decimal) -> str:
    return "+" if value > 0 else MINUS if value < 0 else ""
