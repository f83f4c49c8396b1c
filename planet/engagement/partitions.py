"""The weekly partitions of the raw events: made ahead of time, dropped when their time is over.

A week is ISO: Monday 00:00 UTC to the next. Dropping a table is how a week is forgotten: no row is deleted one by one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from psycopg import sql

TABLE: Final = "engagement_event"
WEEK: Final = timedelta(days=7)
WEEKS_AHEAD: Final = 4
_LOCK: Final = 7_305_001  # of makers of partitions among themselves; any number nobody else uses


def week_of(at: datetime) -> datetime:
    """The Monday 00:00 UTC on which the week of `at` begins."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def name_of(at: datetime) -> str:
    """The partition that holds `at`."""
    year, week, _ = at.astimezone(UTC).isocalendar()
    return f"{TABLE}_{year}w{week:02}"


def weeks(first: datetime, last: datetime) -> Iterator[datetime]:
    """The beginning of each week from that of `first` to that of `last`."""
    start = week_of(first)
    while start <= last:
        yield start
        start += WEEK


def ensure(first: datetime, last: datetime) -> list[str]:
    """Make the partitions for that time, where they are missing. Returns those that were made.

    A partition is made as a table of its own and attached: that asks for a lock which neither readers nor the drain
    wait for, while `CREATE TABLE … PARTITION OF` would stop both.
    """
    wanted = {name_of(start): start for start in weeks(first, last)}
    if wanted.keys() <= existing():
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        made = sorted(wanted.keys() - existing())
        for name in made:
            cursor.execute(
                sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(sql.Identifier(name), sql.Identifier(TABLE))
            )
            cursor.execute(
                sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
                    sql.Identifier(TABLE),
                    sql.Identifier(name),
                    sql.Literal(wanted[name].isoformat()),
                    sql.Literal((wanted[name] + WEEK).isoformat()),
                )
            )
    return made


def existing() -> set[str]:
    """The names of all partitions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::text::regclass",
            [TABLE],
        )
        return {name for (name,) in cursor.fetchall()}


def drop(*, before: datetime) -> list[str]:
    """Drop every partition whose week ended before that time; returns which."""
    gone = sorted(name for name in existing() if _end(name) <= before)
    with connection.cursor() as cursor:
        for name in gone:
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    return gone


def _end(name: str) -> datetime:
    year, week = name.removeprefix(f"{TABLE}_").split("w")
    return datetime.fromisocalendar(int(year), int(week), 1).replace(tzinfo=UTC) + WEEK
