"""Quiet hours and mornings, in the time zone of the person. No ORM: times in, times out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

MORNING = time(8)
WEEK = 7


@cache
def zones() -> tuple[str, ...]:
    """The names of places, as the IANA knows them, in order; without the aliases of old."""
    outdated = ("Etc/", "SystemV/", "US/", "posix", "right")
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith(outdated)))


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone of this name; UTC for one that the machine does not know (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@dataclass(frozen=True)
class Hours:
    """From a time of day up to another, past midnight where the second is the smaller."""

    begin: time
    end: time

    def contain(self, moment: time) -> bool:
        """Whether a time of day is among them. The same time twice is the whole day."""
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


def after_quiet(now: datetime, hours: Hours | None, zone_name: str) -> datetime:
    """`now`, or when the quiet hours that `now` is in are over.

    A day whose clock skips the end (in spring) ends them when the clock has jumped; one that has it twice (in autumn)
    at the first.
    """
    if hours is None:
        return now
    place = zone(zone_name)
    local = now.astimezone(place)
    if not hours.contain(local.time()):
        return now
    day = local.date() + timedelta(days=1 if local.time() >= hours.end else 0)
    return at(day, hours.end, place)


def at(day: date, moment: time, place: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a local clock shows this time."""
    return datetime.combine(day, moment, place).astimezone(UTC)


def next_morning(now: datetime, zone_name: str, *, weekly: bool) -> datetime:
    """The next eight o'clock (of a Monday, if weekly) that is later than `now`."""
    place = zone(zone_name)
    day = now.astimezone(place).date()
    if weekly:
        day += timedelta(days=-day.weekday() % WEEK)
    step = timedelta(days=WEEK if weekly else 1)
    while (morning := at(day, MORNING, place)) <= now:
        day += step
    return morning


def period(now: datetime, zone_name: str, *, weekly: bool) -> date:
    """The local day, or the Monday of the local week, that a digest sent now is for."""
    day = now.astimezone(zone(zone_name)).date()
    return day - timedelta(days=day.weekday()) if weekly else day
