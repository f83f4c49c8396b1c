"""A drawing surface in logical units, smooth by drawing at twice the size, and the palettes of the demo's pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont, ImageOps

Point = tuple[float, float]
Colour = str | tuple[int, int, int] | tuple[int, int, int, int]
OVERSAMPLING = 2


@dataclass(frozen=True)
class Palette:
    """The colours of one picture."""

    ground: str
    panel: str
    grid: str
    text: str
    faint: str
    up: str
    down: str
    accent: str
    second: str


PALETTES = (
    Palette("#0B0E14", "#111722", "#1C2433", "#D5DCE8", "#6B7890", "#17B978", "#F0445A", "#8C7DFF", "#4CC9F0"),
    Palette("#0B0E14", "#111722", "#1C2433", "#D5DCE8", "#6B7890", "#17B978", "#F0445A", "#8C7DFF", "#4CC9F0"),
    Palette("#0B0E14", "#111722", "#1C2433", "#D5DCE8", "#6B7890", "#17B978", "#F0445A", "#8C7DFF", "#4CC9F0"),
    Palette("#0B0E14", "#111722", "#1C2433", "#D5DCE8", "#6B7890", "#17B978", "#F0445A", "#8C7DFF", "#4CC9F0"),
    Palette("#130F22", "#1B1630", "#2A2345", "#E4DEF7", "#8579A8", "#36D399", "#FB7185", "#A78BFA", "#F0ABFC"),
    Palette("#07130F", "#0C1D17", "#17322A", "#D3EBDF", "#6A9585", "#4ADE80", "#F87171", "#5EEAD4", "#FDE68A"),
    Palette("#FBFAF7", "#F3F0E9", "#E4DFD3", "#26221C", "#8A8170", "#15803D", "#B91C1C", "#5B4BE0", "#B45309"),
    Palette("#FFFFFF", "#F5F7FA", "#E6EAF0", "#101828", "#7A8699", "#0B8F5A", "#D92D45", "#5B4BE0", "#0E7490"),
    Palette("#161310", "#1F1A15", "#322A21", "#EFE6D8", "#93846F", "#8BC34A", "#E4572E", "#F5A524", "#E0A458"),
)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own face: the same on every machine."""
    return ImageFont.load_default(size)


def rgb(colour: str, alpha: int | None = None) -> tuple[int, ...]:
    """`#rrggbb` as numbers, with an alpha if one is given."""
    parts = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return parts if alpha is None else (*parts, alpha)


def gradient(size: tuple[int, int], start: str, end: str, angle: int = 35) -> Image.Image:
    """A linear gradient from `start` (top left) to `end`; `angle` between 0 (across) and 90 (down)."""
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    steps = [(x * across + y * down) / (across + down) for y in range(64) for x in range(64)]
    ramp = Image.new("L", (64, 64))
    ramp.putdata([round(step / 63 * 255) for step in steps])
    ramp = ramp.resize(size, Image.Resampling.BICUBIC)
    return ImageOps.colorize(ramp, start, end)


class Canvas:
    """A picture being drawn; coordinates and sizes are those of the finished picture."""

    def __init__(self, width: int, height: int, ground: str | Image.Image) -> None:
        self.width, self.height = width, height
        size = (width * OVERSAMPLING, height * OVERSAMPLING)
        self.image = ground.resize(size) if isinstance(ground, Image.Image) else Image.new("RGB", size, ground)
        self._draw = ImageDraw.Draw(self.image, "RGBA")

    def line(self, points: Sequence[Point], colour: str, width: float = 2, alpha: int = 255) -> None:
        """A line through the points, with round joints."""
        scaled = [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]
        self._draw.line(scaled, rgb(colour, alpha), round(width * OVERSAMPLING), joint="curve")

    def dashes(self, y: float, left: float, right: float, colour: str, dash: float = 6) -> None:
        """A dashed horizontal."""
        x = left
        while x < right:
            self.line([(x, y), (min(x + dash, right), y)], colour, 1.5)
            x += dash * 2

    def area(self, points: Sequence[Point], colour: str, alpha: int) -> None:
        """A filled polygon."""
        scaled = [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]
        self._draw.polygon(scaled, rgb(colour, alpha))

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, alpha: int = 255) -> None:
        """A filled rectangle; corners may come in any order."""
        left, right = sorted((left, right))
        top, bottom = sorted((top, bottom))
        k = OVERSAMPLING
        self._draw.rectangle((left * k, top * k, right * k - 1, max(bottom * k - 1, top * k)), rgb(colour, alpha))

    def pill(self, left: float, top: float, right: float, bottom: float, colour: str, radius: float = 6) -> None:
        """A filled rectangle with round corners."""
        k = OVERSAMPLING
        self._draw.rounded_rectangle((left * k, top * k, right * k, bottom * k), radius * k, rgb(colour))

    def dot(self, x: float, y: float, radius: float, colour: str, alpha: int = 255) -> None:
        """A filled circle."""
        k = OVERSAMPLING
        box = ((x - radius) * k, (y - radius) * k, (x + radius) * k, (y + radius) * k)
        self._draw.ellipse(box, rgb(colour, alpha))

    def ring(self, x: float, y: float, across: float, down: float, colour: str, width: float, alpha: int = 255) -> None:
        """An ellipse's outline with these radii."""
        k = OVERSAMPLING
        box = ((x - across) * k, (y - down) * k, (x + across) * k, (y + down) * k)
        self._draw.ellipse(box, None, rgb(colour, alpha), round(width * k))

    def text(self, x: float, y: float, text: str, colour: str, size: int = 15, anchor: str = "lm") -> None:
        """Text at a point; `anchor` is Pillow's (left/middle/right, then top/middle/baseline)."""
        place = (x * OVERSAMPLING, y * OVERSAMPLING)
        self._draw.text(place, text, rgb(colour), _font(size * OVERSAMPLING), anchor)

    def finish(self, width: int | None = None) -> Image.Image:
        """The finished picture, `width` pixels wide (its own width unless given)."""
        width = width or self.width
        return self.image.resize((width, round(width * self.height / self.width)), Image.Resampling.BOX)
