"""What a market tells: quotes and candles. Numbers only; no ORM."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final

_MONDAY: Final = 4 * 86_400  # 5 January 1970 was the first Monday: weeks begin there


class Interval(Enum):
    """How long a candle lasts; the value is its name in addresses and on buttons."""

    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    QUARTER = "15m"
    HOUR = "1h"
    FOUR_HOURS = "4h"
    DAY = "1d"
    WEEK = "1w"

    @property
    def seconds(self) -> int:
        """Its length in seconds."""
        return _SECONDS[self.value]

    @property
    def length(self) -> timedelta:
        """Its length."""
        return timedelta(seconds=self.seconds)

    def floor(self, at: datetime) -> datetime:
        """The moment at which the candle that `at` falls into began; weeks begin on Monday 00:00 UTC."""
        shift = _MONDAY if self is Interval.WEEK else 0
        seconds = int(at.timestamp()) - shift
        return datetime.fromtimestamp(seconds - seconds % self.seconds + shift, UTC)


_SECONDS: Final = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600, "4h": 14_400, "1d": 86_400, "1w": 604_800}


@dataclass(frozen=True, slots=True)
class Candle:
    """What traded from `at` on for one interval. `volume` is turnover in whole USDT."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int

    @property
    def is_up(self) -> bool:
        """Whether it closed where it opened, or above."""
        return self.close >= self.open


@dataclass(frozen=True, slots=True)
class Quote:
    """An instrument's price at a moment, and how far it is from the price 24 hours before, in percent."""

    symbol: str
    price: Decimal
    change_24h: Decimal
    at: datetime
