"""A market that exists nowhere: every price is a pure function of seed, instrument and second.

Any process, at any time, computes the same price and the same candle, without a table and without a network. Days form
a Brownian bridge that returns to the instrument's anchor every BLOCK days; part of every move is the whole market's.
A day is then drawn into its parts, top down: four hours, hours, quarters, …, five seconds. The parts of a candle begin
and end where it does, stay inside it, and one of them reaches its high and one its low: so a candle is exactly what its
parts make, at every interval, and a page of candles costs only what it shows.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from planet.markets.candles import Candle, Interval
from planet.markets.instruments import Instrument

SEED: Final = 6
BLOCK: Final = 256  # days; a power of two
MARKET_SHARE: Final = 0.62  # of an instrument's moves is the whole market's (a correlation; stable coins have none)
CALM: Final = 0.005  # volatility below which an instrument does not move with the market
# How a day is drawn into parts, and how long each part is.
SPLITS: Final = (6, 4, 4, 3, 5, 12)
LENGTHS: Final = (86_400, 14_400, 3_600, 900, 300, 60, 5)
_LEVELS: Final = {length: level for level, length in enumerate(LENGTHS)}
_REACH: Final = 1.6  # a random walk's range is about 1.6 times its standard deviation
_WICK: Final = 0.68
_LEAST_WICK: Final = 0.16  # a calm part is followed by a calm one, but not for ever
_STRETCH: Final = 1.5
_MASK: Final = (1 << 64) - 1


class Span(NamedTuple):
    """A stretch of time in logarithms of the price, and the turnover in whole USDT."""

    open: float
    high: float
    low: float
    close: float
    volume: int


class Simulated:
    """The simulated market."""

    source = "simulated"
    is_simulated = True

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed

    def price(self, instrument: Instrument, at: datetime) -> Decimal:
        """The price of the last tick; it ticks every five seconds."""
        day, second = divmod(int(at.timestamp()), LENGTHS[0])
        return _price(instrument, _tick(self.seed, instrument, day * LENGTHS[0] + second))

    def candles(self, instrument: Instrument, interval: Interval, start: datetime, end: datetime) -> Sequence[Candle]:
        """Candles from the one that `start` falls into up to `end`; the last is as it stood at `end`."""
        first, until = int(interval.floor(start).timestamp()), int(end.timestamp())
        return [
            _candle(instrument, begin, _until(self.seed, instrument, begin, min(begin + interval.seconds, until)))
            for begin in range(first, until, interval.seconds)
        ]


def _candle(instrument: Instrument, begin: int, span: Span) -> Candle:
    opened, high, low, close = (_price(instrument, value) for value in span[:4])
    return Candle(datetime.fromtimestamp(begin, UTC), opened, high, low, close, span.volume)


def _price(instrument: Instrument, logarithm: float) -> Decimal:
    return instrument.round(Decimal(math.exp(logarithm)))


# --- from whole days to ticks -------------------------------------------------------------------------------------


def _tick(seed: int, instrument: Instrument, second: int) -> float:
    level = len(LENGTHS) - 1
    return _span(seed, instrument, level, second // LENGTHS[level]).open


def _until(seed: int, instrument: Instrument, begin: int, end: int) -> Span:
    """What traded from `begin` to `end`, put together from the largest whole parts."""
    if (level := _LEVELS.get(end - begin)) is not None and begin % LENGTHS[level] == 0:
        return _span(seed, instrument, level, begin // LENGTHS[level])
    parts = [_span(seed, instrument, level, index) for level, index in _pieces(begin, end)]
    return Span(
        parts[0].open,
        max(part.high for part in parts),
        min(part.low for part in parts),
        parts[-1].close,
        sum(part.volume for part in parts),
    )


def _pieces(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Level and index of the parts that make `begin` to `end`; less than a tick is a tick."""
    at = begin
    while at < end:
        level = next(
            (
                level
                for level, length in enumerate(LENGTHS)
                if at % length == 0 and at + length <= end  # the largest that begins here and fits
            ),
            len(LENGTHS) - 1,
        )
        yield level, at // LENGTHS[level]
        at += LENGTHS[level]


def _span(seed: int, instrument: Instrument, level: int, index: int) -> Span:
    if level == 0:
        return _day(seed, instrument, index)
    above, place = divmod(index, SPLITS[level - 1])
    return _parts(seed, instrument, level - 1, above)[place]


@lru_cache(maxsize=16_384)
def _parts(seed: int, instrument: Instrument, level: int, index: int) -> tuple[Span, ...]:
    """A span of this level drawn into its parts."""
    whole = _span(seed, instrument, level, index)
    count = SPLITS[level]
    key = _mix(_root(seed, instrument.symbol) ^ _mix(level * 0x5851F42D + index))
    walk = _bridge(key, whole, count)
    local = (whole.high - whole.low) / _REACH / math.sqrt(count)
    tops = [max(walk[i], walk[i + 1]) for i in range(count)]
    bottoms = [min(walk[i], walk[i + 1]) for i in range(count)]
    highest, lowest = tops.index(max(tops)), bottoms.index(min(bottoms))
    highs, lows = [], []
    for i in range(count):
        up, down = (local * (_LEAST_WICK + _WICK * _uniform(key, n + i) ** 2) for n in (100, 200))
        highs.append(whole.high if i == highest else min(whole.high, tops[i] + up))
        lows.append(whole.low if i == lowest else max(whole.low, bottoms[i] - down))
    volumes = _shares(key, whole.volume, [high - low for high, low in zip(highs, lows, strict=True)])
    return tuple(Span(walk[i], highs[i], lows[i], walk[i + 1], volumes[i]) for i in range(count))


def _bridge(key: int, whole: Span, count: int) -> list[float]:
    """A random walk from the span's open to its close that stays between its low and its high, and gets near both."""
    deviation = (whole.high - whole.low) / _REACH
    walk = [whole.open]
    for i in range(1, count):
        left = count - i + 1
        here = walk[-1] + (whole.close - walk[-1]) / left
        walk.append(here + deviation * math.sqrt((left - 1) / (count * left)) * _normal(key, i))
    top, bottom = max(whole.open, whole.close), min(whole.open, whole.close)
    local = deviation / math.sqrt(count)
    # What strays beyond open and close is stretched, or pressed, towards a wick's length from the span's extremes.
    rise = _scale(max(walk) - top, whole.high - top - local * _uniform(key, 50))
    fall = _scale(bottom - min(walk), bottom - whole.low - local * _uniform(key, 51))
    walk = [top + (x - top) * rise if x > top else bottom - (bottom - x) * fall if x < bottom else x for x in walk]
    return [*walk, whole.close]


def _scale(strays: float, room: float) -> float:
    """By how much to stretch an excursion: always so that it fits, never so far that it would be another market."""
    return max(0.0, min(_STRETCH, room / strays)) if strays > 0 else 1.0


def _shares(key: int, volume: int, ranges: list[float]) -> list[int]:
    """The turnover split over the parts, more where the price moved more; the shares sum to the whole."""
    largest = max(ranges) or 1.0
    weights = [0.25 + 0.6 * _uniform(key, 300 + i) + reach / largest for i, reach in enumerate(ranges)]
    total, sofar, marks = sum(weights), 0.0, [0]
    for weight in weights:
        sofar += weight
        marks.append(round(volume * sofar / total))
    marks[-1] = volume
    return [after - before for before, after in itertools.pairwise(marks)]


# --- whole days ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _day(seed: int, instrument: Instrument, day: int) -> Span:
    key = _mix(_root(seed, instrument.symbol) ^ _mix(day))
    first, last = _close(seed, instrument, day), _close(seed, instrument, day + 1)
    mood = 0.55 + 0.9 * _uniform(key, 1)  # some days are wild
    above, below = (instrument.volatility * mood * abs(_normal(key, n)) * 0.55 for n in (2, 3))
    reach = (max(first, last) + above) - (min(first, last) - below)
    busy = 0.5 + 0.5 * _uniform(key, 4) + 0.6 * reach / (_REACH * instrument.volatility)
    return Span(
        first, max(first, last) + above, min(first, last) - below, last, int(instrument.turnover * min(busy, 4.0))
    )


def _close(seed: int, instrument: Instrument, day: int) -> float:
    """Where the price stands at the start of a day."""
    own = _bridged(_root(seed, instrument.symbol), day)
    if instrument.volatility >= CALM:
        own = MARKET_SHARE * _bridged(_root(seed, ""), day) + math.sqrt(1 - MARKET_SHARE**2) * own
    return math.log(instrument.anchor) + instrument.volatility * own


def _bridged(root: int, day: int) -> float:
    block, place = divmod(day, BLOCK)
    return _block(root, block)[place]


@lru_cache(maxsize=512)
def _block(root: int, block: int) -> tuple[float, ...]:
    """A Brownian bridge of unit steps from 0 to 0 over BLOCK days, made by halving (Lévy's construction)."""
    key = _mix(root ^ _mix(block ^ 0xB10C))
    values = [0.0] * (BLOCK + 1)
    step = BLOCK
    while step > 1:
        half, spread = step // 2, math.sqrt(step) / 2
        for middle in range(half, BLOCK, step):
            values[middle] = (values[middle - half] + values[middle + half]) / 2 + spread * _normal(key, middle)
        step = half
    return tuple(values)


# --- chance that is always the same -------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _root(seed: int, symbol: str) -> int:
    return int.from_bytes(blake2b(f"{seed}:{symbol}".encode(), digest_size=8).digest())


def _mix(value: int) -> int:
    """SplitMix64's finaliser: near inputs, far outputs."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


def _uniform(key: int, number: int) -> float:
    """From 0 to 1."""
    return _mix(key + number * 0xD1342543DE82EF95) / _MASK


def _normal(key: int, number: int) -> float:
    """About standard normal, never beyond ±3.5: four 16-bit draws summed (Irwin-Hall)."""
    bits = _mix(key ^ number * 0x9E3779B97F4A7C15 & _MASK)
    total = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (total / 0xFFFF - 2) * math.sqrt(3)
