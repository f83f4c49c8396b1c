"""Prices as templates and scripts show them."""

from typing import Any

from planet.markets import instruments
from planet.markets.candles import Quote
from planet.markets.figures import percent, price


def quote_data(quote: Quote) -> dict[str, Any]:
    """A quote as it is sent to browsers: ready to be shown, with the direction of its change (−1, 0, 1)."""
    instrument = instruments.INSTRUMENTS[quote.symbol]
    return {
        "symbol": quote.symbol,
        "price": price(quote.price, instrument),
        "change": percent(quote.change_24h),
        "direction": (quote.change_24h > 0) - (quote.change_24h < 0),
    }
