"""Candles and lines as the paths of an inline SVG. Numbers in, numbers out.

The plot is WIDTH units wide and stretched to the place it gets (`preserveAspectRatio="none"`, strokes do not scale);
heights are pixels. Prices and times stand beside it in SVGs of their own, so they stay readable at any width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from planet.markets.candles import Candle
from planet.markets.figures import price as written
from planet.markets.instruments import Instrument

WIDTH: Final = 1000
HEIGHT: Final = 208
VOLUME: Final = 26  # pixels at the bottom
_TOP: Final = 10
_LABEL: Final = 16  # pixels that a price label needs
_BODY: Final = 0.64  # of a candle's place
_LEAST_SHARE: Final = 0.3  # of the height that the candles keep, however far away a level is
_LINE_HEIGHT: Final = 28


@dataclass(frozen=True)
class Level:
    """A price to draw a line at: `kind` is entry, stop, target or now."""

    kind: str
    label: str
    price: Decimal


@dataclass(frozen=True)
class Mark:
    """A price beside the plot: `y` is where its line is, `text_y` where it is written, clear of its neighbours."""

    kind: str
    label: str
    price: str
    y: float
    text_y: float

    @property
    def top(self) -> float:
        """The upper edge of its label."""
        return self.text_y - _LABEL / 2

    @property
    def baseline(self) -> float:
        """Where its figures stand when there is no label."""
        return self.text_y + 4


@dataclass(frozen=True)
class Moment:
    """A time below the plot, `at` percent of its width from the left; `is_day` when it is a date."""

    at: float
    time: datetime
    is_day: bool


@dataclass(frozen=True)
class Zone:
    """A tinted stretch from a moment on: what a trade may win or lose."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Everything a candle chart draws."""

    up_wicks: str
    up_bodies: str
    up_volumes: str
    down_wicks: str
    down_bodies: str
    down_volumes: str
    marks: Sequence[Mark]
    moments: Sequence[Moment]
    zones: Sequence[Zone]
    first: Candle
    last: Candle
    count: int
    low: str
    high: str
    width: int = WIDTH
    height: int = HEIGHT


def chart(
    candles: Sequence[Candle],
    instrument: Instrument,
    *,
    levels: Sequence[Level] = (),
    tinted_from: datetime | None = None,
) -> Chart:
    """Draw candles (at least one), with lines at `levels`; from `tinted_from` on, what a trade may win and lose."""
    scale = _Scale(candles, levels)
    step = WIDTH / len(candles)
    most = max(candle.volume for candle in candles) or 1
    paths: dict[tuple[str, bool], list[str]] = {}
    for place, candle in enumerate(candles):
        left, middle, wide = place * step + step * (1 - _BODY) / 2, (place + 0.5) * step, step * _BODY
        top, bottom = scale.y(max(candle.open, candle.close)), scale.y(min(candle.open, candle.close))
        tall = candle.volume / most * VOLUME
        for name, path in (
            ("wick", f"M{middle:.1f} {scale.y(candle.high):.1f}V{scale.y(candle.low):.1f}"),
            ("body", _box(left, top, wide, max(1.0, bottom - top))),
            ("volume", _box(left, HEIGHT - tall, wide, tall)),
        ):
            paths.setdefault((name, candle.is_up), []).append(path)
    drawn = [level for level in levels if scale.low <= level.price <= scale.high]
    up_wicks, up_bodies, up_volumes, down_wicks, down_bodies, down_volumes = (
        "".join(paths.get((name, up), ())) for up in (True, False) for name in ("wick", "body", "volume")
    )
    return Chart(
        up_wicks=up_wicks,
        up_bodies=up_bodies,
        up_volumes=up_volumes,
        down_wicks=down_wicks,
        down_bodies=down_bodies,
        down_volumes=down_volumes,
        marks=_marks(drawn, instrument, scale) or _grid(instrument, scale),
        moments=_moments(candles),
        zones=_zones(drawn, scale, _place(candles, tinted_from) * step) if tinted_from else (),
        first=candles[0],
        last=candles[-1],
        count=len(candles),
        low=written(min(candle.low for candle in candles), instrument),
        high=written(max(candle.high for candle in candles), instrument),
    )


class _Scale:
    """Prices to pixels. Levels belong into the picture, unless they are so far away that they would flatten it."""

    def __init__(self, candles: Sequence[Candle], levels: Sequence[Level]) -> None:
        low, high = min(candle.low for candle in candles), max(candle.high for candle in candles)
        most = (high - low) / Decimal(_LEAST_SHARE)
        for price in sorted((level.price for level in levels), key=lambda price: max(low - price, price - high)):
            if max(high, price) - min(low, price) <= most:
                low, high = min(low, price), max(high, price)
        room = (high - low) * Decimal("0.04") or high * Decimal("0.001")
        self.low, self.high = low - room, high + room

    def y(self, price: Decimal) -> float:
        """Where a price is, from the top."""
        share = float((self.high - price) / (self.high - self.low))
        return _TOP + share * (HEIGHT - VOLUME - 2 * _TOP)


def _box(left: float, top: float, wide: float, tall: float) -> str:
    return f"M{left:.1f} {top:.1f}h{wide:.1f}v{tall:.1f}h-{wide:.1f}z"


def _marks(levels: Sequence[Level], instrument: Instrument, scale: _Scale) -> list[Mark]:
    """Each level with its label, from the top; labels that would overlap move apart."""
    ordered = sorted(levels, key=lambda level: -level.price)
    heights = _apart([scale.y(level.price) for level in ordered])
    return [
        Mark(level.kind, level.label, written(level.price, instrument), scale.y(level.price), text_y)
        for level, text_y in zip(ordered, heights, strict=True)
    ]


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights in this order, as near to `wanted` as they can be while each has room."""
    heights: list[float] = []
    for height in wanted:
        heights.append(max(height, heights[-1] + _LABEL) if heights else max(height, _LABEL / 2))
    floor = HEIGHT - _LABEL / 2
    for place in range(len(heights) - 1, -1, -1):
        heights[place] = min(heights[place], floor)
        floor = heights[place] - _LABEL
    return heights


def _grid(instrument: Instrument, scale: _Scale) -> list[Mark]:
    """Four prices on even steps, for a chart without levels."""
    step = (scale.high - scale.low) / 5
    prices = [instrument.round(scale.high - step * n) for n in (1, 2, 3, 4)]
    heights = [scale.y(price) for price in prices]
    return [
        Mark("grid", "", written(price, instrument), y, y)
        for price, y in zip(prices, heights, strict=True)
        if scale.low < price < scale.high
    ]


def _zones(levels: Sequence[Level], scale: _Scale, x: float) -> list[Zone]:
    """From the entry to the last target, and from the entry to the stop."""
    entry = next((level.price for level in levels if level.kind == "entry"), None)
    if entry is None:
        return []
    found = []
    for kind, name in (("gain", "target"), ("loss", "stop")):
        prices = [level.price for level in levels if level.kind == name]
        if prices:
            end = max(prices, key=lambda price: abs(price - entry))
            top, bottom = sorted((scale.y(entry), scale.y(end)))
            found.append(Zone(kind, round(x, 1), round(top, 1), round(WIDTH - x, 1), round(bottom - top, 1)))
    return found


def _place(candles: Sequence[Candle], at: datetime) -> int:
    """The candle in which a moment lies."""
    return max(0, sum(candle.at <= at for candle in candles) - 1)


def _moments(candles: Sequence[Candle]) -> list[Moment]:
    """Four times, evenly spread: hours on charts of at most two days, else dates; a second time of one day its hour."""
    count = len(candles)
    has_days = (candles[-1].at - candles[0].at).total_seconds() > 2 * 86_400
    places = sorted({count * n // 8 for n in (1, 3, 5, 7)})
    times = [candles[place].at for place in places]
    days = [has_days and (not n or time.date() != times[n - 1].date()) for n, time in enumerate(times)]
    at = [round((place + 0.5) / count * 100, 1) for place in places]
    return [Moment(*one) for one in zip(at, times, days, strict=True)]


@dataclass(frozen=True)
class Line:
    """A line of prices, 100 units wide and _LINE_HEIGHT pixels high, and the same closed to an area."""

    path: str
    area: str
    is_up: bool


def sparkline(prices: Iterable[Decimal]) -> Line | None:
    """A line through prices; None for fewer than two."""
    points = [float(price) for price in prices]
    if len(points) < 2:
        return None
    low, high = min(points), max(points)
    shares = [(high - point) / (high - low) if high > low else 0.5 for point in points]
    steps = [
        f"{place / (len(points) - 1) * 100:.1f} {2 + share * (_LINE_HEIGHT - 4):.1f}"
        for place, share in enumerate(shares)
    ]
    path = "M" + "L".join(steps)
    return Line(path, f"{path}V{_LINE_HEIGHT}H0z", points[-1] >= points[0])
