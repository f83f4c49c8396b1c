"""Weeks: ISO, Monday 00:00 UTC up to the next. Everywhere in this room a week is the date of its Monday."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

WEEK: Final = timedelta(days=7)
FREEZE_AFTER: Final = timedelta(hours=2)  # what was done in the last minutes has been looked up by then
DISPUTABLE: Final = timedelta(days=7)
_NAME: Final = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


def week_of(at: datetime) -> date:
    """The Monday of the week that is running at that moment."""
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def name_of(week: date) -> str:
    """As people write it: 2026-W47."""
    year, number, _ = week.isocalendar()
    return f"{year}-W{number:02}"


def parse(name: str) -> date:
    """The Monday of 2026-W47. Raises ValueError for anything that is no week."""
    if not (match := _NAME.fullmatch(name)):
        raise ValueError(f"{name!r} is not written like 2026-W47")
    return date.fromisocalendar(int(match[1]), int(match[2]), 1)


def begin(week: date) -> datetime:
    """Its first moment."""
    return datetime.combine(week, time(), UTC)


def end(week: date) -> datetime:
    """The first moment of the next one."""
    return begin(week) + WEEK


def freezes_at(week: date) -> datetime:
    """When its inputs may be frozen."""
    return end(week) + FREEZE_AFTER
