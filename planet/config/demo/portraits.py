"""Avatars and banners of the demo's people: gradients and a few plain shapes."""

import math
import random
from collections.abc import Callable

from PIL import Image

from planet.config.demo.canvas import Canvas, gradient

# (start, end, figure): a ground that goes dark, and what stands on it.
TONES = (
    ("#6C5CE7", "#211A5A", "#8CF0D4"),
    ("#D0533F", "#34141A", "#FFC2A6"),
    ("#7C8698", "#2A303B", "#E6EAF1"),
    ("#3C7D6E", "#14262E", "#E7C98B"),
    ("#6B7A3A", "#262D10", "#E4F0B4"),
    ("#B84A78", "#431429", "#FFC9DF"),
    ("#8A4FE0", "#2B1452", "#E2CFFF"),
    ("#2F6FB7", "#0E2440", "#BFE3FF"),
    ("#C98A2B", "#4A2C0A", "#FFE7B5"),
    ("#1F8A8C", "#0B2E38", "#B9F5EA"),
    ("#4C5BD4", "#171C4D", "#FFB4C8"),
    ("#93503C", "#2E1510", "#F7D9C4"),
)
SIZE = 400


def _planet(canvas: Canvas, rng: random.Random, figure: str) -> None:
    canvas.dot(200, 208, 84, figure)
    canvas.ring(200, 208, 150, 40, figure, 14, 170)
    canvas.dot(rng.choice((96, 304)), 96, 13, figure, 200)


def _waves(canvas: Canvas, rng: random.Random, figure: str) -> None:
    phase = rng.uniform(0, 6)
    for place, alpha in enumerate((70, 120, 235)):
        height = 165 + place * 62
        top = [(x, height + math.sin(x / 62 + phase + place) * 30) for x in range(-10, 420, 10)]
        canvas.area([*top, (410, 410), (-10, 410)], figure, alpha)


def _person(canvas: Canvas, rng: random.Random, figure: str) -> None:
    canvas.dot(200, 168, 70, figure)
    canvas.area([(50, 410), *_arc(200, 410, 150, 160), (350, 410)], figure, 255)
    style = rng.randrange(3)
    if style == 0:  # hair
        canvas.area([*_arc(200, 165, 76, 88), (262, 176), (200, 128), (138, 176)], "#000000", 110)
    elif style == 1:  # glasses
        canvas.ring(170, 166, 24, 22, "#000000", 7, 150)
        canvas.ring(230, 166, 24, 22, "#000000", 7, 150)
        canvas.line([(194, 164), (206, 164)], "#000000", 7, 150)
    else:  # scarf
        canvas.area([(120, 262), (280, 262), (262, 312), (138, 312)], "#000000", 80)


def _arc(x: float, y: float, across: float, up: float) -> list[tuple[float, float]]:
    return [(x - across * math.cos(a * math.pi / 24), y - up * math.sin(a * math.pi / 24)) for a in range(25)]


def _ridge(canvas: Canvas, rng: random.Random, figure: str) -> None:
    peaks = [(0, 300), (110, rng.randrange(150, 190)), (190, 240), (270, rng.randrange(120, 170)), (400, 310)]
    canvas.area([*peaks, (400, 410), (0, 410)], figure, 235)
    canvas.dot(rng.choice((90, 320)), 92, 28, figure, 235)


def _rings(canvas: Canvas, rng: random.Random, figure: str) -> None:
    x, y = rng.choice(((200, 400), (0, 400), (400, 0), (200, 200)))
    for place in range(5):
        canvas.ring(x, y, 70 + place * 70, 70 + place * 70, figure, 22, 255 - place * 38)


def _gem(canvas: Canvas, rng: random.Random, figure: str) -> None:
    height = rng.randrange(112, 140)
    canvas.area([(200, 200 - height), (300, 200), (200, 200 + height), (100, 200)], figure, 255)
    canvas.area([(200, 200 - height), (200, 200 + height), (100, 200)], "#000000", 56)


def _candles(canvas: Canvas, rng: random.Random, figure: str) -> None:
    for place in range(4):
        x, top = 86 + place * 76, rng.randrange(90, 190)
        canvas.line([(x, top - 34), (x, top + 170)], figure, 8, 150)
        canvas.box(x - 23, top, x + 23, top + rng.randrange(80, 140), figure, 255 if place % 2 else 170)


def _grid(canvas: Canvas, rng: random.Random, figure: str) -> None:
    half = [[rng.random() < 0.55 for _ in range(3)] for _ in range(5)]
    for row, cells in enumerate(half):
        for column in range(5):
            if cells[min(column, 4 - column)]:
                x, y = 75 + column * 50, 75 + row * 50
                canvas.box(x, y, x + 50, y + 50, figure, 240)


FIGURES: tuple[Callable[[Canvas, random.Random, str], None], ...] = (
    _planet, _waves, _person, _ridge, _person, _rings, _gem, _candles, _grid,
)  # fmt: skip


def avatar(rng: random.Random, number: int) -> Image.Image:
    """A square portrait; neighbouring numbers share neither tone nor figure."""
    start, end, figure = TONES[number * 5 % len(TONES)]
    canvas = Canvas(SIZE, SIZE, gradient((SIZE, SIZE), start, end, rng.choice((20, 35, 55))))
    FIGURES[number * 4 % len(FIGURES)](canvas, rng, figure)
    return canvas.finish()


def banner(rng: random.Random, number: int) -> Image.Image:
    """A wide 3:1 picture in the tones of the avatar with the same number."""
    start, end, figure = TONES[number * 5 % len(TONES)]
    width, height = 1500, 500
    canvas = Canvas(width, height, gradient((width, height), end, start, rng.choice((15, 40, 70))))
    (_hills, _orbits, _skyline, _strands)[number % 4](canvas, rng, figure)
    return canvas.finish(1200)


def _hills(canvas: Canvas, rng: random.Random, figure: str) -> None:
    for place in range(5):
        phase, height = rng.uniform(0, 6), 190 + place * 58
        top = [
            (x, height + math.sin(x / 190 + phase) * 44 + math.sin(x / 71 + phase * 2) * 16) for x in range(0, 1520, 20)
        ]
        canvas.area([*top, (1500, 520), (0, 520)], figure, 18 + place * 14)
    canvas.dot(rng.randrange(900, 1350), 120, 46, figure, 190)


def _orbits(canvas: Canvas, rng: random.Random, figure: str) -> None:
    x, y = rng.randrange(1000, 1250), rng.randrange(180, 320)
    for place in range(7):
        across = 120 + place * 115
        canvas.ring(x, y, across, across * 0.36, figure, 2.5, 150 - place * 18)
        angle = rng.uniform(0, math.tau)
        canvas.dot(x + across * math.cos(angle), y + across * 0.36 * math.sin(angle), 7 + place, figure, 210)
    canvas.dot(x, y, 62, figure, 235)


def _skyline(canvas: Canvas, rng: random.Random, figure: str) -> None:
    value = 300.0
    for x in range(10, 1500, 22):
        opened = value
        value = min(430, max(90, value + rng.gauss(-0.9, 26)))
        high, low = min(opened, value) - rng.random() * 22, max(opened, value) + rng.random() * 22
        alpha = 190 if value < opened else 90
        canvas.line([(x, high), (x, low)], figure, 2, alpha)
        canvas.box(x - 7, min(opened, value), x + 7, max(opened, value) + 2, figure, alpha)


def _strands(canvas: Canvas, rng: random.Random, figure: str) -> None:
    phase = rng.uniform(0, 6)
    for line in range(18):
        share = line / 17
        points = [
            (x, 250 + math.sin(x / 170 + phase + share * 1.8) * (150 - share * 240)) for x in range(-10, 1520, 12)
        ]
        canvas.line(points, figure, 2, 50 + int(share * 130))


def sheet(seed: int = 7) -> Image.Image:
    """Thirty avatars and eight banners on one sheet: to look at while changing them."""
    rng = random.Random(seed)
    page = Image.new("RGB", (1500, 900))
    for number in range(30):
        page.paste(avatar(rng, number).resize((96, 96)), (number % 15 * 100, number // 15 * 100))
    for number in range(8):
        page.paste(banner(rng, number).resize((500, 166)), (number % 3 * 500, 210 + number // 3 * 176))
    return page
