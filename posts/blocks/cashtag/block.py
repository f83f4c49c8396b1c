"""An asset with its live price, its change and its last day as a line."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.markets import drawing, instruments, queries
from planet.markets.candles import Interval
from planet.markets.figures import quote_data
from planet.markets.market import NoPrice
from posts.blocks import checking
from posts.blocks.base import Block, Data, State

_DAY: Final = timedelta(days=1)


class Cashtag(Block):
    """`data`: symbol."""

    kind = "cashtag"
    label = _("Price of an asset")
    icon = "cashtag"

    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:  # noqa: ARG002
        """An asset that has a market."""
        return {"symbol": checking.instrument(data).symbol}

    def symbols(self, data: Data) -> list[str]:
        """The asset."""
        return [data["symbol"]]

    def live(self, state: State) -> Data:
        """The price and the line; without a moment, only the asset."""
        symbol = state.data["symbol"]
        instrument = instruments.find(symbol)
        shown: Data = {
            "symbol": symbol,
            "name": instrument.name if instrument else symbol,
            "is_simulated": queries.is_simulated(),
        }
        if state.now is None:
            return shown
        try:
            quote = queries.quote(symbol, state.now)
            day = queries.candles(symbol, Interval.QUARTER, state.now - _DAY, state.now)
        except NoPrice:
            return shown
        return {**shown, "quote": quote_data(quote), "line": drawing.sparkline([candle.close for candle in day])}


BLOCK: Final = Cashtag()
