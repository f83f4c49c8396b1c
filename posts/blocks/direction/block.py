"""A poll on where a price goes until a time; then it shows where the price went, and how many saw it coming."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.markets import figures, instruments, queries
from planet.markets.market import NoPrice
from posts.blocks import checking, voting
from posts.blocks.base import Block, Data, Followed, State

RUNS: Final = ("1d", "1h", "6h", "3d", "7d", "30d")
UP: Final = 0
DOWN: Final = 1
_AGAIN: Final = timedelta(minutes=5)


class Direction(Block):
    """`data`: symbol, ends_at, price (when it was published), source. `outcome`: price (at the end), at."""

    kind = "direction"
    label = _("Up or down")
    icon = "direction"

    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:  # noqa: ARG002
        """The asset and the time; the price is the market's, never the author's."""
        instrument = checking.instrument(data)
        runs = checking.DURATIONS[checking.choice(data, "runs", RUNS)]
        return {
            "symbol": instrument.symbol,
            "ends_at": checking.minute_after(now + runs).isoformat(),
            "price": str(queries.quote(instrument.symbol, now).price),
            "simulated": queries.is_simulated(),
        }

    def editor(self, typed: Mapping[str, Any]) -> Data:  # noqa: ARG002
        """How long it may run."""
        return {
            "chosen": RUNS[0],
            "runs": [(name, checking.DURATION_LABELS[name]) for name in checking.DURATIONS if name in RUNS],
        }

    def options(self, data: Data) -> int:  # noqa: ARG002  # always the same two
        """Up and down."""
        return 2

    def ends_at(self, data: Data) -> datetime:
        """When voting ends and the price is read."""
        return checking.moment(data["ends_at"])

    def follow_from(self, data: Data, *, now: datetime) -> datetime:  # noqa: ARG002
        """Once, when it ends."""
        return self.ends_at(data)

    def follow(self, state: State) -> Followed:
        """Read the price at the end, once."""
        ends_at = self.ends_at(state.data)
        if state.outcome or state.now is None or state.now < ends_at:
            return Followed(dict(state.outcome), None if state.outcome else ends_at)
        try:
            price = queries.quote(state.data["symbol"], ends_at).price
        except NoPrice:
            return Followed({}, state.now + _AGAIN)
        return Followed({"price": str(price)}, None, is_news=True)

    def symbols(self, data: Data) -> list[str]:
        """The asset."""
        return [data["symbol"]]

    def card(self, data: Data) -> Data:
        """The asset and where it stood."""
        return described(data)

    def live(self, state: State) -> Data:
        """The two options, the price now, and at the end where it went."""
        labels = (_("Up"), _("Down"))
        shown = {**described(state.data), **voting.ballot(state, labels, self.ends_at(state.data))}
        if state.outcome:
            shown |= self._ended(state)
        return shown

    def _ended(self, state: State) -> Data:
        before, after = Decimal(state.data["price"]), Decimal(state.outcome["price"])
        instrument = instruments.find(state.data["symbol"])
        right = UP if after > before else DOWN if after < before else None
        percents = voting.percentages(state.votes)
        return {
            "price_after": figures.price(after, instrument),
            "moved": queries.change(before, after),
            "moved_text": figures.percent(queries.change(before, after)),
            "right": right,
            "arrow": "downright" if after < before else "upright",
            "right_percent": percents[right] if right is not None else 0,
            "was_right": state.mine is not None and state.mine == right,
        }


def described(data: Data) -> Data:
    """The asset and where it stood when the question was asked."""
    instrument = instruments.find(data["symbol"])
    return {
        "symbol": data["symbol"],
        "pair": instrument.pair if instrument else data["symbol"],
        "price_before": figures.price(Decimal(data["price"]), instrument),
        "is_simulated": data["simulated"],
    }


BLOCK: Final = Direction()
