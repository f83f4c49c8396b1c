"""Bars for charts that the server draws: numbers in, geometry out. No Django, no database.

A chart is an SVG that is stretched to the width it finds, so nothing in it may be round or be a letter: words stand
beside it, in HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 100.0
GAP: Final = 0.22  # of a bar's place, left empty
LEAST: Final = 1.5  # so that a little differs from nothing
_STEPS: Final = (1, 2, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart in its own units, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: int
    label: str
    is_marked: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars from left to right in a box of `width` by HEIGHT; `top` is what a bar of full height stands for."""

    bars: Sequence[Bar]
    width: int
    top: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.value for bar in self.bars)


def chart(points: Sequence[tuple[str, int]], *, marked: int | None = None) -> Chart:
    """A chart of (label, value) pairs, values not negative; the bar at `marked` stands out."""
    top = ceiling(max((value for _, value in points), default=0))
    bars = [_bar(place, value, top, label, is_marked=place == marked) for place, (label, value) in enumerate(points)]
    return Chart(bars, max(1, len(points)), top)


def _bar(place: int, value: int, top: int, label: str, *, is_marked: bool) -> Bar:
    height = max(LEAST, round(value / top * HEIGHT, 2)) if value else 0.0
    return Bar(
        x=round(place + GAP / 2, 3),
        y=round(HEIGHT - height, 2),
        width=round(1 - GAP, 3),
        height=height,
        value=value,
        label=label,
        is_marked=is_marked,
    )


def ceiling(most: int) -> int:
    """The next round number that is not below `most`: where an axis ends."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= most:
                return step * power
        power *= 10
