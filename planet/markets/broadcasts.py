"""What this app sends to the socket."""

from datetime import datetime

from planet.markets import instruments, queries
from planet.markets.figures import quote_data
from planet.realtime import publish


def tick(now: datetime) -> None:
    """Every instrument's quote, each on its own topic: a browser hears of the few that its screen shows."""
    for symbol, quote in queries.quotes(instruments.INSTRUMENTS, at=now).items():
        publish(f"market:{symbol}", "quote", quote_data(quote))
