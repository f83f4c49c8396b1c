"""A closed trade. Every figure comes from the records of its fills; the author chooses the trade and types nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.markets import figures, instruments
from posts.blocks import checking
from posts.blocks.base import Block, Data, State
from posts.blocks.pnl import records


class ClosedTradeCard(Block):
    """`data`: what the records said when it was published."""

    kind = "pnl"
    label = _("Closed trade")
    icon = "studio"

    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:
        """The trade that `record` names, if it is the author's; whatever else was sent is not read."""
        trade = records.find(owner_id=author.pk, record=checking.text(data, "record"))
        if trade is None or trade.closed_at > now:
            raise ValidationError(_("There is no such closed trade in your records."), code="record")
        return {
            "symbol": trade.symbol,
            "side": "long" if trade.is_long else "short",
            "entry": str(trade.entry),
            "exit": str(trade.exit),
            "opened_at": trade.opened_at.isoformat(),
            "closed_at": trade.closed_at.isoformat(),
            "profit": str(trade.profit),
            "fees": str(trade.fees),
            "roi": str(trade.roi),
            "fills": trade.fills,
            "source": trade.source,
        }

    def is_offered(self) -> bool:
        """Only where records exist."""
        return records.exist()

    def symbols(self, data: Data) -> list[str]:
        """The asset."""
        return [data["symbol"]]

    def card(self, data: Data) -> Data:
        """The figures as they are written."""
        instrument = instruments.find(data["symbol"])
        profit, roi = Decimal(data["profit"]), Decimal(data["roi"])
        return {
            "symbol": data["symbol"],
            "pair": instrument.pair if instrument else data["symbol"],
            "is_long": data["side"] == "long",
            "entry": figures.price(Decimal(data["entry"]), instrument),
            "exit": figures.price(Decimal(data["exit"]), instrument),
            "roi": figures.percent(roi),
            "profit": profit,
            "fees": figures.price(Decimal(data["fees"])),
            "sign": (profit > 0) - (profit < 0),
            "held_text": held(checking.moment(data["closed_at"]) - checking.moment(data["opened_at"])),
            "fills": data["fills"],
            "source": data["source"],
        }

    def live(self, state: State) -> Data:  # noqa: ARG002  # what is closed stays as it is
        """Nothing."""
        return {}


def held(span: timedelta) -> str:
    """19 d 6 h."""
    hours = int(span.total_seconds()) // 3600
    return _("%(days)d d %(hours)d h") % {"days": hours // 24, "hours": hours % 24}


BLOCK: Final = ClosedTradeCard()
