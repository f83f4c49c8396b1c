"""Trust levels: numbers in, a level out.

A level is earned by time, presence and work that stands; it is lost by strikes. All conditions of a level must hold:

| level | account age | days read | posts or comments | strikes in force |
| --- | --- | --- | --- | --- |
| 1 basic | 1 day | 1 | – | at most 1 |
| 2 member | 15 days | 10 | 10 | none |
| 3 regular | 60 days | 40 | 60, and the identity is verified | none |

Days read are days on which the person used Planet, so a script that posts everything in one afternoon stays where it
is, and a reader who never writes gets no further than basic.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from planet.accounts.models import TrustLevel

Counted = Literal["contributions", "strikes"]
Source = Callable[[Sequence[UUID]], dict[UUID, int]]


@dataclass(frozen=True)
class Record:
    """What is known about an account."""

    days_since_joined: int
    days_read: int
    contributions: int
    strikes: int
    verified: bool


@dataclass(frozen=True)
class _Rung:
    level: TrustLevel
    days_since_joined: int
    days_read: int
    contributions: int
    most_strikes: int
    verified: bool


_LADDER: Final = (
    _Rung(TrustLevel.REGULAR, 60, 40, 60, 0, True),
    _Rung(TrustLevel.MEMBER, 15, 10, 10, 0, False),
    _Rung(TrustLevel.BASIC, 1, 1, 0, 1, False),
)


def level(record: Record) -> TrustLevel:
    """The highest level whose conditions all hold."""
    for rung in _LADDER:
        if (
            record.days_since_joined >= rung.days_since_joined
            and record.days_read >= rung.days_read
            and record.contributions >= rung.contributions
            and record.strikes <= rung.most_strikes
            and record.verified >= rung.verified
        ):
            return rung.level
    return TrustLevel.NEW


_sources: dict[Counted, list[Source]] = {"contributions": [], "strikes": []}


def register_source(counted: Counted, source: Source) -> None:
    """Add, at start-up, something that counts for many people at once: posts, comments, strikes.

    Apps above accounts own those rows; planet.config wires them. A person a source leaves out has none.
    """
    if source not in _sources[counted]:
        _sources[counted].append(source)


def count(counted: Counted, user_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The sum over all sources, for everybody asked about."""
    totals = dict.fromkeys(user_ids, 0)
    for source in _sources[counted]:
        for user_id, number in source(user_ids).items():
            totals[user_id] += number
    return totals
