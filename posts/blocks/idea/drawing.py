"""What a trade idea's card shows: its levels, how it stands, the candles since, and the track from stop to target."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.markets import drawing, figures, instruments, queries
from planet.markets.candles import Candle, Interval
from planet.markets.drawing import Level
from planet.markets.figures import quote_data
from planet.markets.instruments import Instrument
from planet.markets.market import NoPrice
from posts.blocks.base import Data, State
from posts.blocks.idea.scoring import Idea, Run, Status

LABELS: Final = {
    Status.WAITING: gettext_lazy("Waiting for the entry"),
    Status.OPEN: gettext_lazy("Open"),
    Status.TARGET: gettext_lazy("All targets hit"),
    Status.STOPPED: gettext_lazy("Stopped"),
    Status.EXPIRED: gettext_lazy("Closed at the horizon"),
    Status.MISSED: gettext_lazy("Entry never reached"),
}
_CANDLES: Final = 84
_INTERVALS: Final = (Interval.FIVE_MINUTES, Interval.QUARTER, Interval.HOUR, Interval.FOUR_HOURS, Interval.DAY)
_EDGE: Final = Decimal(2)  # percent of the track left free at both ends


@dataclass(frozen=True)
class Row:
    """A level as it is listed: `way` is how far from the entry, `note` what happened there."""

    kind: str
    label: str
    price: str
    way: str
    at: datetime | None = None


@dataclass(frozen=True)
class Track:
    """One line from the stop past the entry to the last target, in percent of its width."""

    stop: Decimal
    entry: Decimal
    targets: Sequence[tuple[Decimal, bool]]  # where, and whether it was hit
    end: Decimal
    best: Decimal | None
    now: Decimal | None
    is_gain: bool


def shown(state: State, idea: Idea, run: Run) -> Data:
    """The card's context; without a moment only what was said."""
    instrument = instruments.find(state.data["symbol"])
    if instrument is None:
        return {"is_unlisted": True, "symbol": state.data["symbol"]}
    said = _said(state, idea, run, instrument)
    if state.now is None:
        return said
    return {**said, **_went(state, idea, run, instrument)}


def _said(state: State, idea: Idea, run: Run, instrument: Instrument) -> Data:
    full = idea.result(len(idea.targets), idea.targets[-1])
    return {
        "symbol": instrument.symbol,
        "pair": instrument.pair,
        "is_long": idea.is_long,
        "is_simulated": state.data["simulated"],
        "ends_at": idea.ends_at,
        "reward": f"1 : {full.normalize():.1f}",
        "rows": _rows(idea, run, instrument),
    }


def _rows(idea: Idea, run: Run, instrument: Instrument) -> list[Row]:
    def way(price: Decimal) -> str:
        return figures.percent(queries.change(idea.entry, price))

    stopped = run.ended_at if run.status is Status.STOPPED else None
    rows = [
        Row("stop", _("Stop"), figures.price(idea.stop, instrument), way(idea.stop), stopped),
        Row("entry", _("Entry"), figures.price(idea.entry, instrument), "", run.entered_at),
    ]
    for place, target in enumerate(idea.targets):
        label = _("Target") if len(idea.targets) == 1 else _("Target %(n)d") % {"n": place + 1}
        hit = run.hits[place] if place < len(run.hits) else None
        rows.append(Row("target", label, figures.price(target, instrument), way(target), hit))
    return rows


def _went(state: State, idea: Idea, run: Run, instrument: Instrument) -> Data:
    """What the market made of it until now."""
    now = state.now
    if now is None:
        return {}
    found: Data = {
        "status": run.status.value,
        "status_label": LABELS[run.status],
        "ended_at": run.ended_at,
    }
    try:
        quote = queries.quote(instrument.symbol, now)
        candles = _candles(instrument, state.created_at, min(now, run.ended_at or now))
    except NoPrice:
        return found
    price = run.exit if run.is_over and run.exit is not None else quote.price
    if run.status is not Status.WAITING and run.status is not Status.MISSED:
        result = run.result if run.result is not None else idea.result(len(run.hits), price)
        found |= {"result": figures.multiple(result), "result_sign": (result > 0) - (result < 0)}
    if run.status is Status.OPEN:
        found["formula"] = _formula(idea, run)
    since = run.entered_at
    return found | {
        "quote": quote_data(quote),
        "live_symbol": "" if run.is_over else instrument.symbol,
        "chart": drawing.chart(
            candles, instrument, levels=_levels(idea, price, run), tinted_from=since or state.created_at
        ),
        "track": _track(idea, run, price, candles),
    }


def _formula(idea: Idea, run: Run) -> dict[str, Any]:
    """What a browser needs to keep the result up with the price: taken + share × sign × (price − entry) / risk."""
    share = 1 - len(run.hits) / len(idea.targets)
    taken = float(sum((idea.worth(target) for target in idea.targets[: len(run.hits)]), 0)) / len(idea.targets)
    sign = 1 if idea.is_long else -1
    return {"entry": idea.entry, "slope": f"{sign * share / float(idea.risk):.12g}", "taken": f"{taken:.6f}"}


def _levels(idea: Idea, price: Decimal, run: Run) -> list[Level]:
    several = len(idea.targets) > 1
    targets = [
        Level("target", _("T%(n)d") % {"n": n} if several else _("Target"), target)
        for n, target in enumerate(idea.targets, 1)
    ]
    now = Level("now", _("Exit") if run.is_over and run.exit is not None else _("Now"), price)
    return [*targets, Level("entry", _("Entry"), idea.entry), Level("stop", _("Stop"), idea.stop), now]


def _candles(instrument: Instrument, published: datetime, until: datetime) -> Sequence[Candle]:
    """About _CANDLES candles: two fifths before it was published, three fifths since, as far as there is a since."""
    span = max(until - published, timedelta(hours=2))
    interval = next((one for one in _INTERVALS if span / one.length <= _CANDLES * 0.62), Interval.WEEK)
    return queries.candles(instrument.symbol, interval, until - (_CANDLES - 1) * interval.length, until)


def _track(idea: Idea, run: Run, price: Decimal, candles: Sequence[Candle]) -> Track:
    """Where stop, entry, targets and price are; for a short the line is turned, so that winning is to the right."""
    far = idea.targets[-1]

    def place(value: Decimal) -> Decimal:
        share = (value - idea.stop) / (far - idea.stop)
        return (_EDGE + min(max(share, Decimal(0)), Decimal(1)) * (100 - 2 * _EDGE)).quantize(Decimal("0.1"))

    best = None
    if run.entered_at:
        since = [candle for candle in candles if candle.at >= run.entered_at]
        prices = [candle.high if idea.is_long else candle.low for candle in since] or [price]
        reached = max(prices) if idea.is_long else min(prices)
        best = max(place(reached), place(idea.entry))
    return Track(
        stop=place(idea.stop),
        entry=place(idea.entry),
        targets=[(place(target), n < len(run.hits)) for n, target in enumerate(idea.targets)],
        end=100 - _EDGE,
        best=best,
        now=place(price),
        is_gain=idea.worth(price) >= 0,
    )
