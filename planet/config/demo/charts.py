"""The pictures that people post: charts drawn from made-up series."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image

from planet.config.demo.canvas import PALETTES, Canvas, Palette, Point
from planet.config.demo.grammar import money

WIDE = (1120, 700)
FINISHED = 960  # what a card shows at most; nobody downloads more
LEFT, RIGHT, TOP, BOTTOM = 36, 124, 104, 56


@dataclass(frozen=True)
class Drawing:
    """A finished picture and the text that stands for it."""

    image: Image.Image
    alt: str


def walk(rng: random.Random, steps: int, *, drift: float = 0.0, noise: float = 1.0) -> list[float]:
    """A path that trends, rests and jumps: volatility comes in clusters."""
    value, momentum, volatility, path = 0.0, 0.0, 1.0, []
    for _ in range(steps):
        volatility = max(0.35, 0.93 * volatility + 0.07 + rng.gauss(0, 0.09))
        momentum = 0.9 * momentum + rng.gauss(0, 0.22)
        value += drift + 0.25 * momentum + rng.gauss(0, 0.5) * noise * volatility
        path.append(value)
    return path


class Plot:
    """A canvas with a title, a grid and a vertical scale."""

    def __init__(self, rng: random.Random, palette: Palette, title: str, subtitle: str) -> None:
        self.rng, self.palette = rng, palette
        self.canvas = Canvas(*WIDE, palette.ground)
        self.left, self.right = LEFT, WIDE[0] - RIGHT
        self.top, self.bottom = TOP, WIDE[1] - BOTTOM
        self.low, self.high = 0.0, 1.0
        self.canvas.text(LEFT, 40, title, palette.text, 32)
        self.canvas.text(LEFT, 76, subtitle, palette.faint, 21)

    def scale(self, values: Sequence[float], pad: float = 0.08) -> None:
        """Fit the vertical axis to these values."""
        low, high = min(values), max(values)
        room = (high - low or 1) * pad
        self.low, self.high = low - room, high + room

    def y(self, value: float) -> float:
        """Where a value stands."""
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def x(self, index: float, count: int) -> float:
        """Where the index-th of `count` columns stands (its middle)."""
        return self.left + (index + 0.5) * (self.right - self.left) / count

    def grid(self, label: Callable[[float], str], rows: int = 5) -> None:
        """Hairlines with figures in the right gutter, and days below."""
        for row in range(rows + 1):
            value = self.low + (self.high - self.low) * (row + 0.25) / (rows + 0.5)
            y = self.y(value)
            self.canvas.line([(self.left, y), (self.right, y)], self.palette.grid, 1)
            self.canvas.text(self.right + 12, y, label(value), self.palette.faint, 20)
        first = self.rng.randrange(3, 20)
        for column in range(5):
            x = self.left + (column + 0.5) * (self.right - self.left) / 5
            self.canvas.text(x, self.bottom + 28, f"{first + column * 2:02}", self.palette.faint, 20, "mm")

    def tag(self, value: float, text: str, colour: str) -> None:
        """A level: a dashed line and a filled figure in the gutter."""
        y = self.y(value)
        self.canvas.dashes(y, self.left, self.right, colour)
        self.canvas.pill(self.right + 4, y - 17, WIDE[0] - 8, y + 17, colour)
        self.canvas.text(self.right + 12, y, text, self.palette.ground, 20)

    def curve(self, values: Sequence[float], colour: str, *, fill: bool = True, width: float = 2.5) -> list[Point]:
        """A line through the values, with a soft area below it."""
        points = [(self.x(i, len(values)), self.y(v)) for i, v in enumerate(values)]
        if fill:
            for depth, alpha in ((1.0, 14), (0.62, 14), (0.32, 16)):
                floor = [(x, y + (self.bottom - y) * depth) for x, y in reversed(points)]
                self.canvas.area([*points, *floor], colour, alpha)
        self.canvas.line(points, colour, width)
        return points


def _series(rng: random.Random, price: float, steps: int, swing: float) -> list[float]:
    """A price path that ends at `price`."""
    path = walk(rng, steps, drift=rng.uniform(-0.05, 0.08))
    spread = max(path) - min(path) or 1
    return [price * (1 + swing * (value - path[-1]) / spread) for value in path]


def candles(rng: random.Random, symbol: str, price: float) -> Drawing:
    """Candles with volume and two levels."""
    frame = rng.choice(("1h", "4h", "1d"))
    palette = rng.choice(PALETTES)
    plot = Plot(rng, palette, f"{symbol}-USDT", f"{frame} · spot · levels marked")
    count = rng.randrange(64, 104)
    closes = _series(rng, price, count + 1, rng.uniform(0.07, 0.2))
    bars = []
    for opened, closed in pairwise(closes):
        reach = abs(closed - opened) * 0.4 + price * 0.0035
        bars.append(
            (opened, max(opened, closed) + rng.random() * reach, min(opened, closed) - rng.random() * reach, closed)
        )
    level, stop = max(b[1] for b in bars[: count // 2]), min(b[2] for b in bars[count // 3 :])
    plot.scale([b[1] for b in bars] + [b[2] for b in bars], 0.12)
    plot.grid(money)
    _candle_bodies(plot, bars)
    plot.tag(level, money(level), palette.accent)
    plot.tag(stop, money(stop), palette.down)
    plot.tag(price, money(price), palette.text)
    alt = f"Candle chart of {symbol}, {frame}, at {money(price)}, with levels at {money(level)} and {money(stop)}"
    return Drawing(plot.canvas.finish(FINISHED), alt)


def _candle_bodies(plot: Plot, bars: Sequence[tuple[float, float, float, float]]) -> None:
    half = (plot.right - plot.left) / len(bars) * 0.32
    for index, (opened, high, low, closed) in enumerate(bars):
        x = plot.x(index, len(bars))
        colour = plot.palette.up if closed >= opened else plot.palette.down
        size = (abs(closed - opened) / (plot.high - plot.low) * 2 + plot.rng.random() * 0.35) * 90
        plot.canvas.box(x - half, plot.bottom - min(size, 96), x + half, plot.bottom, colour, 60)
        plot.canvas.line([(x, plot.y(high)), (x, plot.y(low))], colour, 1.5)
        top, bottom = plot.y(max(opened, closed)), plot.y(min(opened, closed))
        plot.canvas.box(x - half, top, x + half, max(bottom, top + 1.5), colour)


def range_box(rng: random.Random, symbol: str, price: float) -> Drawing:
    """A price that lives in a box, and the box."""
    palette = rng.choice(PALETTES)
    plot = Plot(rng, palette, f"{symbol}: the range", f"{rng.randrange(8, 40)} days, closes")
    pace, wobble, values = rng.uniform(8, 13), 0.0, []
    for i in range(150):
        wobble = 0.8 * wobble + rng.gauss(0, 0.0045)
        values.append(price * (1 + 0.026 * math.sin(i / pace) + 0.012 * math.sin(i / 4.3 + 2) + wobble))
    values = [value * price / values[-1] for value in values]
    plot.scale(values, 0.35)
    plot.grid(money)
    ordered = sorted(values)
    low, high = ordered[6], ordered[-7]
    plot.canvas.box(plot.left, plot.y(high), plot.right, plot.y(low), palette.accent, 26)
    plot.tag(high, money(high), palette.down)
    plot.tag(low, money(low), palette.up)
    points = plot.curve(values, palette.accent, fill=False)
    plot.canvas.dot(*points[-1], 6, palette.text)
    return Drawing(plot.canvas.finish(FINISHED), f"{symbol} moving sideways between {money(low)} and {money(high)}")


def curve(rng: random.Random, symbol: str, _price: float) -> Drawing:
    """An index with its drawdown below."""
    palette = rng.choice(PALETTES)
    plot = Plot(
        rng,
        palette,
        rng.choice(("Equity, index 100", f"{symbol} strategy, net of fees", "Cumulative return")),
        f"{rng.randrange(90, 400)} days · drawdown below",
    )
    path = walk(rng, 180, drift=0.12, noise=0.9)
    values = [100 * math.exp(value / 70) for value in path]
    peak, falls = values[0], []
    for value in values:
        peak = max(peak, value)
        falls.append(value / peak - 1)
    plot.bottom -= 156
    plot.scale(values)
    plot.grid(lambda value: f"{value:.0f}", 4)
    points = plot.curve(values, palette.up if values[-1] > values[0] else palette.down)
    plot.canvas.dot(*points[-1], 6, palette.text)
    plot.top, plot.bottom = plot.bottom + 54, plot.bottom + 156
    plot.low, plot.high = min(falls) * 1.1 or -0.01, 0
    area = [(plot.x(i, len(falls)), plot.y(v)) for i, v in enumerate(falls)]
    plot.canvas.area([(plot.left, plot.top), *area, (plot.right, plot.top)], palette.down, 70)
    plot.canvas.line(area, palette.down, 1.5)
    plot.canvas.text(plot.right + 12, plot.bottom, f"{min(falls) * 100:.1f} %", palette.faint, 20)
    return Drawing(
        plot.canvas.finish(FINISHED), f"Line chart ending at {values[-1]:.0f}, worst drawdown {min(falls) * 100:.1f} %"
    )


def funding(rng: random.Random, symbol: str, price: float) -> Drawing:
    """Funding as bars around zero, with the price over it."""
    palette = rng.choice(PALETTES)
    plot = Plot(rng, palette, f"{symbol} funding, 8 h", "basis points · price as line")
    values = [math.sin(i / 9 + price % 7) * 9 + rng.gauss(0, 3.5) for i in range(84)]
    plot.scale([*values, -max(values)], 0.15)
    plot.grid(lambda value: f"{value:+.0f} bp")
    half = (plot.right - plot.left) / len(values) * 0.34
    for index, value in enumerate(values):
        x = plot.x(index, len(values))
        plot.canvas.box(x - half, plot.y(0), x + half, plot.y(value), palette.up if value >= 0 else palette.down, 215)
    plot.canvas.line([(plot.left, plot.y(0)), (plot.right, plot.y(0))], palette.faint, 1.5)
    prices = _series(rng, price, 84, 0.14)
    plot.scale(prices, 0.3)
    points = plot.curve(prices, palette.text, fill=False)
    plot.canvas.dot(*points[-1], 6, palette.accent)
    return Drawing(
        plot.canvas.finish(FINISHED), f"Bars of {symbol} funding around zero, with the price drawn over them"
    )


def bars(rng: random.Random, symbol: str, _price: float) -> Drawing:
    """Daily net flows and their sum."""
    palette = rng.choice(PALETTES)
    what = rng.choice(("net flows", "new supply", "fees paid", "active accounts, change"))
    plot = Plot(rng, palette, f"{symbol} {what}", "daily, USD m · sum as line")
    values = [rng.gauss(12, 70) + 60 * math.sin(i / 6) for i in range(44)]
    plot.scale(values, 0.12)
    plot.grid(lambda value: f"{value:+.0f}")
    half = (plot.right - plot.left) / len(values) * 0.36
    for index, value in enumerate(values):
        x = plot.x(index, len(values))
        colour = palette.accent if value >= 0 else palette.second
        plot.canvas.box(x - half, plot.y(0), x + half, plot.y(value), colour, 230 if index > 37 else 150)
    total, sums = 0.0, []
    for value in values:
        total += value
        sums.append(total)
    plot.scale(sums, 0.2)
    plot.curve(sums, palette.text, fill=False, width=2)
    return Drawing(
        plot.canvas.finish(FINISHED), f"Bar chart of {symbol} {what} over 44 days, last day {values[-1]:+.0f} million"
    )
