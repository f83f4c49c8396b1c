"""How the demo planet talks: templates with choices and slots, and the facts that fill them.

A template is a sentence or a few. `[a|b]` is a choice (it may hold others), `{slot}` a fact. Facts are drawn once per
post and then remembered, so that a comment on the post speaks of the same coin, level and hour.
"""

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

NBSP = "\u00a0"
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")

# What a unit costs "today"; the past is a smooth walk around it.
PRICES = {
    "BTC": 118_420.5,
    "ETH": 4_286.44,
    "SOL": 214.36,
    "BNB": 892.1,
    "XRP": 2.614,
    "DOGE": 0.2214,
    "HYPE": 41.848,
    "SUI": 3.874,
    "LINK": 22.41,
    "AVAX": 31.22,
    "TON": 3.018,
    "ARB": 0.5122,
    "OP": 0.7816,
    "AAVE": 298.6,
    "UNI": 10.44,
    "PENDLE": 5.121,
    "ENA": 0.6603,
    "ONDO": 1.024,
    "TIA": 1.942,
    "NEAR": 2.884,
    "INJ": 13.61,
    "JUP": 0.5217,
    "LDO": 1.183,
    "TAO": 412.7,
    "PYTH": 0.1622,
    "MKR": 1_842.0,
    "ATOM": 4.512,
    "STX": 0.7311,
}
MAJORS = ("BTC", "ETH", "SOL")
LIQUID = ("BTC", "ETH", "SOL", "BNB", "XRP", "HYPE", "SUI", "DOGE", "LINK", "AVAX")
ALL = tuple(PRICES)


def price_at(symbol: str, hours_ago: float) -> float:
    """A price that moves smoothly: the same hour always answers the same."""
    phase = sum(ord(letter) * (place + 1) for place, letter in enumerate(symbol))
    move = (
        0.055 * math.sin(hours_ago / 140 + phase)
        + 0.021 * math.sin(hours_ago / 37 + phase * 2.1)
        + 0.008 * math.sin(hours_ago / 9 + phase * 3.7)
        - 0.00021 * hours_ago
    )
    zero = 0.055 * math.sin(phase) + 0.021 * math.sin(phase * 2.1) + 0.008 * math.sin(phase * 3.7)
    return PRICES[symbol] * math.exp(move - zero)


def money(value: float) -> str:
    """A price with as many digits as a trader would type."""
    if value >= 10_000:
        return f"{value:,.0f}"
    if value >= 100:
        return f"{value:,.1f}"
    return f"{value:.2f}" if value >= 5 else f"{value:.3f}" if value >= 1 else f"{value:.4f}"


def round_level(value: float) -> str:
    """The round number nearest to `value`: what people put orders at."""
    step = 10 ** (math.floor(math.log10(value)) - 1)
    rounded = round(value / step * 2) / 2 * step
    return f"{rounded:,.6f}".rstrip("0").rstrip(".")


@dataclass
class Facts:
    """What one post is about. `say` fills templates with it; a slot asked twice answers the same."""

    rng: random.Random
    symbol: str
    other: str
    hours_ago: float
    topic: str
    someone: str
    known: dict[str, str] = field(default_factory=dict)

    def say(self, template: str) -> str:
        """The template with its choices made and its slots filled."""
        text = template
        while found := _CHOICE.search(text):
            text = text[: found.start()] + self.rng.choice(found[1].split("|")) + text[found.end() :]
        return re.sub(r" +", " ", _SLOT.sub(lambda slot: self.slot(slot[1]), text)).strip()

    def slot(self, name: str) -> str:
        """The fact called `name`; drawn at the first question."""
        if name not in self.known:
            self.known[name] = SLOTS[name](self)
        return self.known[name]

    @property
    def price(self) -> float:
        """What the coin cost when this was written."""
        return price_at(self.symbol, self.hours_ago)

    def level(self, low: float, high: float) -> str:
        """A round level between `low` and `high` per cent away."""
        return round_level(self.price * (1 + self.rng.uniform(low, high) / 100))

    def percent(self, low: float, high: float, digits: int = 0) -> str:
        """A percentage, with the unit kept on the line."""
        return f"{self.rng.uniform(low, high):.{digits}f}{NBSP}%"


def _usd(facts: Facts) -> str:
    return f"${facts.rng.choice((3, 6, 9, 12, 18, 24, 31, 38, 46, 58, 74, 90, 120, 165, 210, 290, 340))}M"


def _clock(facts: Facts) -> str:
    return f"{facts.rng.randrange(24):02}:{facts.rng.choice(('00', '15', '30', '45'))} UTC"


SLOTS: dict[str, Callable[[Facts], str]] = {
    "A": lambda f: f"${f.symbol}",
    "B": lambda f: f"${f.other}",
    "a": lambda f: f.symbol,
    "T": lambda f: f"#{f.topic}",
    "who": lambda f: f"@{f.someone}",
    "px": lambda f: money(f.price),
    "up": lambda f: f.level(1.5, 4),
    "up2": lambda f: f.level(6, 11),
    "dn": lambda f: f.level(-4, -1.5),
    "dn2": lambda f: f.level(-11, -6),
    "strike": lambda f: f.level(-6, 9),
    "pct": lambda f: f.percent(3, 19),
    "small": lambda f: f.percent(0.2, 2.6, 1),
    "half": lambda f: f.percent(22, 68),
    "apr": lambda f: f.percent(6, 31),
    "apy": lambda f: f.percent(3.2, 9.8, 1),
    "iv": lambda f: f"{f.rng.randrange(34, 78)}",
    "rv": lambda f: f"{f.rng.randrange(24, 58)}",
    "bp": lambda f: f"{f.rng.randrange(3, 46)} bp",
    "usd": _usd,
    "usd2": _usd,
    "bn": lambda f: f"${f.rng.uniform(1.1, 9.8):.1f}B",
    "h": lambda f: str(f.rng.randrange(2, 19)),
    "d": lambda f: str(f.rng.randrange(3, 22)),
    "w": lambda f: str(f.rng.randrange(2, 9)),
    "n": lambda f: str(f.rng.randrange(4, 41)),
    "n2": lambda f: str(f.rng.randrange(3, 18)),
    "big": lambda f: f"{f.rng.randrange(21, 980) * 100:,}",
    "ms": lambda f: str(f.rng.choice((4, 9, 14, 22, 38, 60, 85, 140))),
    "x": lambda f: f.rng.choice(("2×", "3×", "4×", "5×")),
    "r": lambda f: f"{f.rng.uniform(1.4, 4.2):.1f}",
    "gwei": lambda f: f"{f.rng.uniform(0.6, 9.5):.1f} gwei",
    "clock": _clock,
    "wd": lambda f: f.rng.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "the weekend")),
    "mo": lambda f: f.rng.choice(("March", "May", "June", "August", "September", "October")),
    "zwd": lambda f: f.rng.choice(("周一", "周二", "周三", "周四", "周五", "周末")),
}


# Slots that a question may bring up itself; any other figure must stand in the post.
_OWN = {"A", "B", "a", "T", "who", "wd", "zwd", "mo", "clock"}
_COMMENT = re.compile(r"([?!+])(?:\(([^)]*)\))? (.+?)(?: => (.+))?")


@dataclass(frozen=True)
class Line:
    """Something to say under a post.

    `act` is what it does: `?` asks, `!` disagrees, `+` adds. It fits a post that has one of the `words` in it (any post
    when there are none), and the author may answer it with `answer`.
    """

    act: str
    words: tuple[str, ...]
    text: str
    answer: str = ""

    @classmethod
    def parse(cls, written: str) -> "Line":
        """From `?(word|word) the question => the answer`."""
        match = _COMMENT.fullmatch(written)
        if not match:
            raise ValueError(written)
        return cls(match[1], tuple(match[2].lower().split("|")) if match[2] else (), match[3], match[4] or "")

    def fits(self, template: str) -> bool:
        """Whether this can be said under a post made from `template`."""
        said = template.lower()
        if self.words and not any(word in said for word in self.words):
            return False
        return self.act != "?" or all(f"{{{slot}}}" in template for slot in set(_SLOT.findall(self.text)) - _OWN)


@dataclass(frozen=True)
class Theme:
    """Something people write about. `comments` are `Line`s as written, `pictures` the drawings that may go with it."""

    name: str
    assets: tuple[str, ...]
    topics: tuple[str, ...]
    posts: tuple[str, ...]
    comments: tuple[str, ...]
    pictures: tuple[str, ...] = ()
    language: str = "en"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The comments, read."""
        return tuple(map(Line.parse, self.comments))
