"""A trade idea: asset, side, entry, up to three targets, stop, horizon. Followed on the market and scored.

For WINDOW after publishing its author may correct it; following begins when that is over, so nobody corrects an idea
after seeing how it goes. From then on the database refuses any change (migration `blocks_stay`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.markets import queries
from planet.markets.candles import Interval
from planet.markets.instruments import Instrument
from planet.markets.market import NoPrice
from posts.blocks import checking
from posts.blocks.base import Block, Data, Followed, State
from posts.blocks.idea.drawing import shown
from posts.blocks.idea.scoring import Idea, Run, Status, advance

MOST_TARGETS: Final = 3
HORIZONS: Final = ("7d", "1d", "3d", "14d", "30d", "90d")
WINDOW: Final = timedelta(minutes=15)
NEAR: Final = 3  # the entry is within a third and three times of the price: a slipped digit is noticed
A_RUN: Final = timedelta(hours=12)  # of minutes are followed in one go; after downtime, one such stretch after another
_AGAIN: Final = timedelta(minutes=1)


class TradeIdea(Block):
    """`data`: symbol, side, entry, targets, stop, horizon, ends_at, price (when it was published), simulated."""

    kind = "idea"
    label = _("Trade idea")
    icon = "target"

    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:  # noqa: ARG002
        """Exact levels in the right order."""
        instrument = checking.instrument(data)
        side = checking.choice(data, "side", ("long", "short"))
        entry = checking.price(data.get("entry"), instrument, __("Entry"))
        stop = checking.price(data.get("stop"), instrument, __("Stop"))
        targets = _targets(data, instrument)
        _check_order(side, entry, targets, stop)
        now_at = checking.price_now(instrument, now)
        if not now_at / NEAR < entry < now_at * NEAR:
            message = _("The entry is far from the price now, %(price)s. Look at its digits again.")
            raise ValidationError(message, params={"price": now_at})
        horizon = checking.choice(data, "horizon", HORIZONS)
        return {
            "symbol": instrument.symbol,
            "side": side,
            "entry": str(entry),
            "targets": [str(target) for target in sorted(targets, reverse=side == "short")],
            "stop": str(stop),
            "horizon": horizon,
            "ends_at": checking.minute_after(now + checking.DURATIONS[horizon]).isoformat(),
            "price": str(now_at),
            "simulated": queries.is_simulated(),
        }

    def editor(self, typed: Mapping[str, Any]) -> Data:
        """What can be chosen."""
        names = sorted(HORIZONS, key=checking.DURATIONS.__getitem__)
        return {
            "horizons": [(name, checking.DURATION_LABELS[name]) for name in names],
            "typed": typed,
            "chosen": typed.get("horizon") or HORIZONS[0],
            "targets": checking.filled(typed.get("targets"), MOST_TARGETS),
        }

    def ends_at(self, data: Data) -> None:  # noqa: ARG002  # nobody votes on it
        """It has a horizon, but no vote."""
        return

    def follow_from(self, data: Data, *, now: datetime) -> datetime:  # noqa: ARG002
        """When it can be corrected no more."""
        return followed_from(now)

    def follow(self, state: State) -> Followed:
        """Through the minutes that are over, a stretch at a time."""
        idea, run = idea_of(state.data), run_of(state)
        if run.is_over or state.now is None:
            return Followed(dict(state.outcome), None)
        until = min(Interval.MINUTE.floor(state.now), run.followed_to + A_RUN, idea.ends_at)
        try:
            minutes = queries.candles(state.data["symbol"], Interval.MINUTE, run.followed_to, until)
        except NoPrice:
            return Followed(dict(state.outcome), state.now + 5 * _AGAIN)
        after = advance(idea, run, minutes)
        is_news = (after.status, len(after.hits)) != (run.status, len(run.hits))
        # Behind, after downtime: the next stretch at once.
        again = state.now if until == run.followed_to + A_RUN else state.now + _AGAIN
        return Followed(outcome_of(after), None if after.is_over else again, is_news)

    def symbols(self, data: Data) -> list[str]:
        """The asset."""
        return [data["symbol"]]

    def live(self, state: State) -> Data:
        """How it goes."""
        may_edit = (
            state.now is not None and state.viewer_id == state.author_id and state.now < state.created_at + WINDOW
        )
        edit_until = state.created_at + WINDOW
        return {**shown(state, idea_of(state.data), run_of(state)), "may_edit": may_edit, "edit_until": edit_until}


def followed_from(published: datetime) -> datetime:
    """The first whole minute in which an idea cannot be corrected."""
    return checking.minute_after(published + WINDOW)


def _targets(data: Mapping[str, Any], instrument: Instrument) -> list[Decimal]:
    typed = checking.texts(data, "targets", most=MOST_TARGETS)
    if not 1 <= len(typed) <= MOST_TARGETS:
        raise ValidationError(_("A trade idea has one to three targets."), code="targets")
    targets = [checking.price(one, instrument, __("Target %(n)d") % {"n": n}) for n, one in enumerate(typed, 1)]
    if len(set(targets)) < len(targets):
        raise ValidationError(_("Two targets are the same."), code="targets")
    return targets


def _check_order(side: str, entry: Decimal, targets: list[Decimal], stop: Decimal) -> None:
    """A long has stop < entry < targets; a short the other way round."""
    if side == "long" and not stop < entry < min(targets):
        raise ValidationError(_("A long has its stop below the entry and its targets above."), code="order")
    if side == "short" and not stop > entry > max(targets):
        raise ValidationError(_("A short has its stop above the entry and its targets below."), code="order")


def idea_of(data: Data) -> Idea:
    """The stored idea as the scorer reads it."""
    return Idea(
        is_long=data["side"] == "long",
        entry=Decimal(data["entry"]),
        targets=tuple(map(Decimal, data["targets"])),
        stop=Decimal(data["stop"]),
        ends_at=checking.moment(data["ends_at"]),
    )


def run_of(state: State) -> Run:
    """How far it was followed; not at all yet, from the first minute in which it stands."""
    kept = state.outcome
    if not kept:
        return Run(followed_from(state.created_at))

    def when(name: str) -> datetime | None:
        return checking.moment(kept[name]) if kept[name] else None

    def much(name: str) -> Decimal | None:
        return Decimal(kept[name]) if kept[name] else None

    return Run(
        followed_to=checking.moment(kept["followed_to"]),
        status=Status(kept["status"]),
        entered_at=when("entered_at"),
        hits=tuple(map(checking.moment, kept["hits"])),
        ended_at=when("ended_at"),
        exit=much("exit"),
        result=much("result"),
        last=much("last"),
    )


def outcome_of(run: Run) -> Data:
    """A run as it is stored."""

    def text(value: object) -> str:
        return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)

    return {
        "followed_to": run.followed_to.isoformat(),
        "status": run.status.value,
        "entered_at": text(run.entered_at),
        "hits": [hit.isoformat() for hit in run.hits],
        "ended_at": text(run.ended_at),
        "exit": text(run.exit),
        "result": text(run.result),
        "last": text(run.last),
    }


BLOCK: Final = TradeIdea()
