"""How a trade idea went: a pure function of the idea and of the market's minutes. Imports no ORM.

- It is entered in the first minute that trades at the entry.
- The position is taken off in equal parts, one at each target. What is left goes at the stop, or at the last price when
  the horizon ends. The result is in R, units of the risk: one R is the way from the entry to the stop.
- A minute tells how far the price went, not in which order. Where the order matters the worse one is taken: in the
  minute of the entry a stop counts and a target does not; in a minute that touches both, the stop was first.
- A price that was jumped over was traded at: an idea is a plan on paper, and is scored at its own levels.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from planet.markets.candles import Candle

PLACES: Final = Decimal("0.0001")
_MINUTE: Final = timedelta(minutes=1)


class Status(StrEnum):
    """Where an idea stands. The first two are not the end."""

    WAITING = "waiting"  # not entered yet
    OPEN = "open"
    TARGET = "target"  # all targets hit
    STOPPED = "stopped"
    EXPIRED = "expired"  # the horizon ended while it was open
    MISSED = "missed"  # the horizon ended before the entry was reached


@dataclass(frozen=True)
class Idea:
    """What was said: a long has stop < entry < targets, a short the other way round."""

    is_long: bool
    entry: Decimal
    targets: tuple[Decimal, ...]
    stop: Decimal
    ends_at: datetime

    @property
    def risk(self) -> Decimal:
        """From the entry to the stop: one R."""
        return abs(self.entry - self.stop)

    def worth(self, price: Decimal) -> Fraction:
        """What the whole position gains from the entry to a price, in R."""
        way = Fraction(price) - Fraction(self.entry)
        return (way if self.is_long else -way) / Fraction(self.risk)

    def result(self, hits: int, rest: Decimal) -> Decimal:
        """The result in R, to four places, when `hits` targets were reached and the rest is worth the price `rest`."""
        share = Fraction(1, len(self.targets))
        taken = sum((self.worth(target) for target in self.targets[:hits]), Fraction(0)) * share
        total = taken + self.worth(rest) * (1 - hits * share)
        return (Decimal(total.numerator) / Decimal(total.denominator)).quantize(PLACES, ROUND_HALF_EVEN)

    def reached(self, candle: Candle, price: Decimal) -> bool:
        """Whether a minute traded as far as a target."""
        return candle.high >= price if self.is_long else candle.low <= price

    def stopped(self, candle: Candle) -> bool:
        """Whether a minute traded as far as the stop."""
        return candle.low <= self.stop if self.is_long else candle.high >= self.stop


@dataclass(frozen=True)
class Run:
    """How far it is followed, and what happened until then. Times are the beginnings of the minutes."""

    followed_to: datetime
    status: Status = Status.WAITING
    entered_at: datetime | None = None
    hits: tuple[datetime, ...] = ()
    ended_at: datetime | None = None
    exit: Decimal | None = None  # where what was left went
    result: Decimal | None = None
    last: Decimal | None = None  # the last price seen

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen."""
        return self.status not in (Status.WAITING, Status.OPEN)


def advance(idea: Idea, run: Run, minutes: Iterable[Candle]) -> Run:
    """Follow the idea through whole minutes, oldest first; those that were followed before are passed over."""
    for candle in minutes:
        if run.is_over:
            break
        if candle.at < run.followed_to:
            continue
        if candle.at >= idea.ends_at:
            return _end(idea, run)
        run = replace(_through(idea, run, candle), followed_to=candle.at + _MINUTE, last=candle.close)
    return _end(idea, run) if not run.is_over and run.followed_to >= idea.ends_at else run


def _through(idea: Idea, run: Run, candle: Candle) -> Run:
    """One minute."""
    if run.status is Status.WAITING:
        if not _touches(run, candle, idea.entry):
            return run
        run = replace(run, status=Status.OPEN, entered_at=candle.at)
        return _close(idea, run, Status.STOPPED, candle.at, idea.stop) if idea.stopped(candle) else run
    if idea.stopped(candle):
        return _close(idea, run, Status.STOPPED, candle.at, idea.stop)
    hits = len(run.hits)
    while hits < len(idea.targets) and idea.reached(candle, idea.targets[hits]):
        hits += 1
    run = replace(run, hits=run.hits + (candle.at,) * (hits - len(run.hits)))
    if hits == len(idea.targets):
        return _close(idea, run, Status.TARGET, candle.at, idea.targets[-1])
    return run


def _touches(run: Run, candle: Candle, price: Decimal) -> bool:
    """Whether a minute traded at a price, or jumped over it from where the last one ended."""
    before = run.last if run.last is not None else candle.open
    return min(before, candle.low) <= price <= max(before, candle.high)


def _close(idea: Idea, run: Run, status: Status, at: datetime, price: Decimal) -> Run:
    return replace(run, status=status, ended_at=at, exit=price, result=idea.result(len(run.hits), price))


def _end(idea: Idea, run: Run) -> Run:
    """The horizon is reached."""
    if run.status is Status.WAITING or run.last is None:
        return replace(run, status=Status.MISSED, ended_at=idea.ends_at)
    return _close(idea, run, Status.EXPIRED, idea.ends_at, run.last)
