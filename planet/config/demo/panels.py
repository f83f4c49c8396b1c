"""The pictures with more surface than line: heatmaps, books, smiles, flows, networks, waves."""

import math
import random
from collections.abc import Callable
from itertools import pairwise

from PIL import Image

from planet.config.demo import charts
from planet.config.demo.canvas import PALETTES, Canvas, gradient, rgb
from planet.config.demo.charts import FINISHED, WIDE, Drawing, Plot
from planet.config.demo.grammar import money

Draw = Callable[[random.Random, str, float], Drawing]
_HEAT = ("#0B1026", "#16245A", "#1F4E8C", "#1F8A8C", "#4DB58A", "#A8CF5A", "#E9E35A", "#FFF7B0")
_EMBER = ("#120910", "#3A1030", "#6E1D4A", "#A52F4E", "#D9573F", "#F08C3A", "#F8C45A", "#FFF3C4")


def _heat(scale: tuple[str, ...], value: float) -> str:
    place = min(max(value, 0.0), 0.999) * (len(scale) - 1)
    low, high = rgb(scale[int(place)]), rgb(scale[int(place) + 1])
    share = place % 1
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(low, high, strict=True))


def heatmap(rng: random.Random, symbol: str, price: float) -> Drawing:
    """Resting orders over time, with the price walking through them."""
    scale = rng.choice((_HEAT, _HEAT, _EMBER))
    plot = Plot(rng, PALETTES[0], f"{symbol} liquidity", "resting size by level · price in white")
    columns, rows = 64, 30
    prices = charts.walk(rng, columns, noise=0.7)
    plot.scale(prices, 0.55)
    walls = [
        (rng.randrange(rows), rng.randrange(columns), rng.randrange(8, 40), rng.uniform(0.45, 1)) for _ in range(16)
    ]
    width, height = (plot.right - plot.left) / columns, (plot.bottom - plot.top) / rows
    for column in range(columns):
        at = (prices[column] - plot.low) / (plot.high - plot.low) * rows
        for row in range(rows):
            near = math.exp(-(((row - at) / 9) ** 2)) * 0.25
            value = near * rng.random() + sum(
                strength * math.exp(-abs(row - level) * 1.3)
                for level, start, length, strength in walls
                if start <= column < start + length and abs(row - at) > 1
            )
            x, y = plot.left + column * width, plot.bottom - (row + 1) * height
            plot.canvas.box(x, y, x + width, y + height, _heat(scale, value))
    plot.canvas.line([(plot.x(i, columns), plot.y(v)) for i, v in enumerate(prices)], "#FFFFFF", 3)
    for row in range(5):
        value = price * (1 + (row - 2) * 0.012)
        y = plot.bottom - (row + 0.5) * (plot.bottom - plot.top) / 5
        plot.canvas.text(plot.right + 12, y, money(value), PALETTES[0].faint, 20)
    return Drawing(
        plot.canvas.finish(FINISHED),
        f"Heatmap of resting {symbol} orders by price over time; bright bands above and below",
    )


def depth(rng: random.Random, symbol: str, price: float) -> Drawing:
    """An order book as two staircases."""
    palette = rng.choice(PALETTES)
    plot = Plot(rng, palette, f"{symbol} book depth", "cumulative size, 2 % each side")
    plot.low, plot.high = 0, 110
    plot.grid(lambda value: f"{value:.0f}", 4)
    middle = (plot.left + plot.right) / 2
    for side, colour in ((-1, palette.up), (1, palette.down)):
        total, x = 0.0, middle + side * 6
        stairs = [(x, float(plot.bottom))]
        while abs(x - middle) < (plot.right - plot.left) / 2 - 14:
            total += rng.expovariate(1 / 3.2) * (4 if rng.random() < 0.07 else 1)
            stairs.append((x, plot.y(min(total, 108))))
            x += side * 14
            stairs.append((x, plot.y(min(total, 108))))
        plot.canvas.area([*stairs, (x, plot.bottom)], colour, 70)
        plot.canvas.line(stairs, colour, 2.5)
    plot.canvas.line([(middle, plot.top), (middle, plot.bottom)], palette.faint, 1)
    plot.canvas.pill(middle - 70, plot.top - 6, middle + 70, plot.top + 28, palette.panel)
    plot.canvas.text(middle, plot.top + 11, money(price), palette.text, 22, "mm")
    return Drawing(
        plot.canvas.finish(FINISHED),
        f"Order book of {symbol} around {money(price)}: bids on the left, offers on the right",
    )


def surface(rng: random.Random, symbol: str, price: float) -> Drawing:
    """Volatility smiles by expiry."""
    palette = rng.choice(PALETTES)
    plot = Plot(rng, palette, f"{symbol} implied volatility", "by strike, seven expiries · nearest brightest")
    skew, smiles = rng.uniform(-0.5, 0.2), []
    for tenor in range(7):
        base = 46 + tenor * rng.uniform(0.6, 2.2)
        smiles.append([base + (k / 10) ** 2 * (17 / (1 + tenor * 0.6)) + skew * k for k in range(-20, 21)])
    plot.scale([v for smile in smiles for v in smile])
    plot.grid(lambda value: f"{value:.0f} %")
    for tenor, smile in reversed(list(enumerate(smiles))):
        points = [(plot.x(i, len(smile)), plot.y(v)) for i, v in enumerate(smile)]
        plot.canvas.line(points, palette.accent if tenor < 3 else palette.second, 3.2 - tenor * 0.25, 255 - tenor * 28)
    plot.canvas.dashes(plot.y(smiles[0][20]), plot.left, plot.right, palette.faint)
    return Drawing(
        plot.canvas.finish(FINISHED), f"Volatility smiles of {symbol} for seven expiries around {money(price)}"
    )


def flow(rng: random.Random, symbol: str, _price: float) -> Drawing:
    """Where the money went: ribbons from left to right."""
    palette = rng.choice(PALETTES)
    canvas = Canvas(*WIDE, palette.ground)
    canvas.text(
        36, 34, rng.choice((f"{symbol}: where it went", "Money in, money out", "Path of the funds")), palette.text, 24
    )
    colours = (palette.accent, palette.second, palette.up, palette.down)
    sources = [rng.uniform(0.6, 2) for _ in range(rng.randrange(3, 5))]
    targets = rng.randrange(3, 6)
    unit = 470 / sum(sources)
    gap, y_left = 24.0, 100.0
    shares = [[rng.uniform(0.1, 1) for _ in range(targets)] for _ in sources]
    sizes = [[size * part / sum(row) * unit for part in row] for size, row in zip(sources, shares, strict=True)]
    tops: list[float] = []
    y_right = 100.0
    for target in range(targets):
        tops.append(y_right)
        height = sum(row[target] for row in sizes)
        canvas.pill(1000, y_right, 1016, y_right + height, palette.text, 3)
        canvas.text(1028, y_right + height / 2, f"{height * 0.7:.0f}M", palette.faint, 20)
        y_right += height + gap * 0.8
    for index, row in enumerate(sizes):
        canvas.pill(96, y_left, 112, y_left + sum(row), colours[index % 4], 3)
        canvas.text(84, y_left + sum(row) / 2, f"{sum(row) * 0.7:.0f}M", palette.faint, 20, "rm")
        for target, height in enumerate(row):
            _ribbon(canvas, (112, y_left), (1000, tops[target]), height, colours[index % 4])
            y_left += height
            tops[target] += height
        y_left += gap
    return Drawing(
        canvas.finish(FINISHED),
        f"Flow diagram: {len(sources)} sources on the left, {targets} destinations on the right",
    )


def _ribbon(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], height: float, colour: str) -> None:
    upper, lower = [], []
    for step in range(33):
        share = step / 32
        ease = share * share * (3 - 2 * share)
        x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * ease
        upper.append((x, y))
        lower.append((x, y + height))
    canvas.area([*upper, *reversed(lower)], colour, 92)


def network(rng: random.Random, symbol: str, _price: float) -> Drawing:
    """Accounts and what passed between them."""
    palette = rng.choice(PALETTES[3:6])
    canvas = Canvas(*WIDE, gradient(WIDE, palette.ground, palette.panel, 20))
    hubs = [
        (x + rng.uniform(-90, 90), y + rng.uniform(-60, 60), rng.choice((palette.accent, palette.second, palette.up)))
        for x, y in ((270, 250), (560, 480), (820, 230), (930, 540))
    ]
    for here, there in pairwise(hubs):
        canvas.line([here[:2], there[:2]], palette.text, 2, 120)
    for x, y, colour in hubs:
        for _ in range(rng.randrange(16, 34)):
            angle, away = rng.uniform(0, math.tau), rng.gammavariate(3, 34)
            to = (x + math.cos(angle) * away, y + math.sin(angle) * away * 0.8)
            canvas.line([(x, y), to], colour, 1, 110)
            canvas.dot(*to, rng.uniform(2, 7), colour, 220)
        canvas.dot(x, y, 26, colour, 60)
        canvas.dot(x, y, 14, colour)
    canvas.text(
        36, 34, rng.choice((f"{symbol}: who sent to whom", "The cluster", "Four hubs, many leaves")), palette.text, 24
    )
    return Drawing(canvas.finish(FINISHED), "Network of accounts: four hubs, each with many small accounts around it")


def waves(rng: random.Random, _symbol: str, _price: float) -> Drawing:
    """A family of lines; for days when there is nothing to measure."""
    palette = rng.choice(PALETTES)
    canvas = Canvas(*WIDE, gradient(WIDE, palette.ground, palette.panel, rng.randrange(0, 90)))
    phase, pitch = rng.uniform(0, 6), rng.uniform(0.006, 0.011)
    for line in range(22):
        share = line / 21
        points = [
            (
                x,
                350
                + math.sin(x * pitch + phase + share * 1.4) * (210 - share * 330)
                + math.sin(x * 0.003 + phase) * 60,
            )
            for x in range(-10, WIDE[0] + 20, 10)
        ]
        canvas.line(points, palette.accent if line % 5 else palette.second, 2, 60 + int(share * 170))
    return Drawing(canvas.finish(FINISHED), "Abstract drawing: a family of curved lines crossing in the middle")


DRAWINGS: dict[str, Draw] = {
    "candles": charts.candles,
    "range": charts.range_box,
    "curve": charts.curve,
    "funding": charts.funding,
    "bars": charts.bars,
    "heatmap": heatmap,
    "depth": depth,
    "surface": surface,
    "flow": flow,
    "network": network,
    "waves": waves,
}


def sheet(seed: int = 7) -> Image.Image:
    """Every drawing once, small, on one sheet: to look at while changing them."""
    rng = random.Random(seed)
    page = Image.new("RGB", (4 * 560, 3 * 350))
    for index, draw in enumerate(DRAWINGS.values()):
        small = draw(rng, "SOL", 214.36).image.resize((560, 350))
        page.paste(small, (index % 4 * 560, index // 4 * 350))
    return page
