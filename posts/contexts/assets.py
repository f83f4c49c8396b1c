"""An asset's page: its price, its chart, what people think of it today."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from planet.markets import drawing, figures, queries
from planet.markets.candles import Interval
from planet.markets.figures import quote_data
from planet.markets.instruments import Instrument
from planet.markets.market import NoPrice
from posts.queries.stance import mood

INTERVALS: Final = (Interval.QUARTER, Interval.HOUR, Interval.FOUR_HOURS, Interval.DAY, Interval.WEEK)
CANDLES: Final = 90


def interval_of(request: HttpRequest) -> Interval:
    """Which candles were asked for; hours unless one of the tabs was."""
    asked = request.GET.get("interval", "")
    return next((one for one in INTERVALS if one.value == asked), Interval.HOUR)


def header(request: HttpRequest, instrument: Instrument, *, now: datetime) -> dict[str, Any]:
    """Everything above the posts."""
    return {
        "instrument": instrument,
        "symbol": instrument.symbol,
        **price(instrument, interval_of(request), now=now),
        **stance(request, instrument.symbol, now=now),
    }


def price(instrument: Instrument, interval: Interval, *, now: datetime) -> dict[str, Any]:
    """Quote and chart; without a price, neither."""
    here = reverse("asset", args=[instrument.symbol])
    tabs = [
        {"url": f"{here}?interval={one.value}", "label": one.value, "current": one is interval} for one in INTERVALS
    ]
    found: dict[str, Any] = {"tabs": tabs, "interval": interval.value, "is_simulated": queries.is_simulated()}
    try:
        quote = queries.quote(instrument.symbol, now)
        start = interval.floor(now) - (CANDLES - 1) * interval.length
        candles = queries.candles(instrument.symbol, interval, start, now)
        day = queries.candles(instrument.symbol, Interval.FOUR_HOURS, now - Interval.DAY.length, now)
    except NoPrice:
        return found
    return found | {
        "quote": quote_data(quote),
        "chart": drawing.chart(candles, instrument),
        "low": figures.price(min(one.low for one in day), instrument),
        "high": figures.price(max(one.high for one in day), instrument),
        "turnover": sum(one.volume for one in day),
    }


def stance(request: HttpRequest, symbol: str, *, now: datetime) -> dict[str, Any]:
    """Today's votes."""
    return {"symbol": symbol, "mood": mood(symbol=symbol, day=now.date(), viewer_id=request.user.pk)}
