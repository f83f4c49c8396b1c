"""Where prices come from: one interface, and the market that the settings choose."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from planet.markets.candles import Candle, Interval
from planet.markets.instruments import Instrument


class Market(Protocol):
    """A source of prices. An exchange's implementation answers from what it has recorded, never from the network."""

    source: str
    is_simulated: bool

    def price(self, instrument: Instrument, at: datetime) -> Decimal:
        """The last price at or before a moment. Raises NoPrice when there is none."""

    def candles(self, instrument: Instrument, interval: Interval, start: datetime, end: datetime) -> Sequence[Candle]:
        """Candles, oldest first, from the one that `start` falls into to the one that trades just before `end`.

        When `end` falls into a candle, that candle tells what had traded until then.
        """


class NoPrice(LookupError):
    """The market has no price for that instrument at that moment."""


@lru_cache(maxsize=1)
def current() -> Market:
    """The market that the settings choose."""
    return cast("Market", import_string(settings.MARKET)())
