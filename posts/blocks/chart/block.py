"""Candles of a moment. They are kept with the post: what was shown stays shown, whatever becomes of the market."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.markets import drawing, figures, instruments, queries
from planet.markets.candles import Candle, Interval
from planet.markets.figures import quote_data
from planet.markets.market import NoPrice
from posts.blocks import checking
from posts.blocks.base import Block, Data, State

INTERVALS: Final = ("1h", "5m", "15m", "4h", "1d", "1w")
COUNTS: Final = ("72", "36", "120", "160")
EARLIEST: Final = timedelta(days=5 * 365)


class CandleChart(Block):
    """`data`: symbol, interval, start, until, candles ([open, high, low, close, turnover]), simulated."""

    kind = "chart"
    label = _("Candle chart")
    icon = "candles"

    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:  # noqa: ARG002
        """The asset, how long a candle lasts, how many there are, and the moment at which they end."""
        instrument = checking.instrument(data)
        interval = Interval(checking.choice(data, "interval", INTERVALS))
        count = int(checking.choice(data, "count", COUNTS))
        until = _moment(checking.text(data, "until"), now)
        start = interval.floor(until - timedelta(seconds=1)) - (count - 1) * interval.length
        candles = queries.candles(instrument.symbol, interval, start, until)
        return {
            "symbol": instrument.symbol,
            "interval": interval.value,
            "start": start.isoformat(),
            "until": until.isoformat(),
            "candles": [[*map(str, (one.open, one.high, one.low, one.close)), one.volume] for one in candles],
            "simulated": queries.is_simulated(),
        }

    def editor(self, typed: Mapping[str, Any]) -> Data:  # noqa: ARG002
        """What can be chosen."""
        by_length = sorted(INTERVALS, key=lambda name: Interval(name).seconds)
        return {"intervals": by_length, "counts": sorted(COUNTS, key=int), "interval": INTERVALS[0], "count": COUNTS[0]}

    def symbols(self, data: Data) -> list[str]:
        """The asset."""
        return [data["symbol"]]

    def card(self, data: Data) -> Data:
        """The drawing."""
        instrument = instruments.find(data["symbol"]) or _unlisted(data)
        candles = stored(data)
        move = queries.change(candles[0].open, candles[-1].close)
        return {
            "symbol": data["symbol"],
            "pair": instrument.pair,
            "interval": data["interval"],
            "until": checking.moment(data["until"]),
            "is_simulated": data["simulated"],
            "chart": drawing.chart(candles, instrument),
            "close": figures.price(candles[-1].close, instrument),
            "move": move,
            "move_text": figures.percent(move),
        }

    def live(self, state: State) -> Data:
        """The price now, and how far it is from where the chart ends."""
        symbol, close = state.data["symbol"], Decimal(state.data["candles"][-1][3])
        if state.now is None:
            return {"symbol": symbol}
        try:
            quote = queries.quote(symbol, state.now)
        except NoPrice:
            return {"symbol": symbol}
        since = queries.change(close, quote.price)
        return {"symbol": symbol, "quote": quote_data(quote), "since": since, "since_text": figures.percent(since)}


def _moment(typed: str, now: datetime) -> datetime:
    """The end of the chart: now, or a time in UTC as browsers write it. Raises ValidationError."""
    if not typed:
        return now
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise ValidationError(_("The chart's time cannot be read."), code="until") from None
    until = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not now - EARLIEST < until <= now:
        raise ValidationError(_("A chart ends now or earlier, within the last five years."), code="until")
    return until


def stored(data: Data) -> list[Candle]:
    """The candles that were kept."""
    start, length = checking.moment(data["start"]), Interval(data["interval"]).length
    found = []
    for place, (*prices, volume) in enumerate(data["candles"]):
        opened, high, low, close = map(Decimal, prices)
        found.append(Candle(start + place * length, opened, high, low, close, volume))
    return found


def _unlisted(data: Data) -> instruments.Instrument:
    """An asset that has left the market since: its prices have the places that were kept."""
    price = Decimal(data["candles"][0][0])
    return instruments.Instrument(
        data["symbol"], data["symbol"], max(0, -int(price.as_tuple().exponent)), price, 0.0, 0
    )


BLOCK: Final = CandleChart()
