"""Reads of the record: what a week's settlement starts from, what ranks content, and what a creator sees of theirs."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from planet.engagement import sql
from planet.engagement.partitions import WEEK, week_of
from planet.web.prepared import fetch

READ_MS: Final = 3000  # in view on one day makes a reader
CHUNK: Final = 10_000
KINDS: Final = ("like", "bookmark", "comment", "share", "component")

# --- settlement ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """What one viewer effectively gave one content in a week; capped (FORMULAS, §3, units.csv)."""

    viewer_id: UUID
    creator_id: UUID
    content_id: UUID
    dwell_seconds: int
    liked: int
    bookmarked: int
    comments: int
    shared: int
    component: int


def units(week: datetime) -> Iterator[Unit]:
    """Every unit of the week that contains `week`, sorted by viewer, creator, content; read in chunks, however many.

    The same at every call once the week is over and its last interactions have been looked up (queries.is_complete).
    """
    start = week_of(week)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql.UNITS, {"since": start, "until": start + WEEK})
        while rows := cursor.fetchmany(CHUNK):
            yield from (Unit(*row) for row in rows)


def write_units(table: str, *, week: datetime) -> int:
    """Put the same rows into a table of the caller's that has Unit's columns, inside the database; how many."""
    start = week_of(week)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {connection.ops.quote_name(table)} {sql.UNITS}"
        cursor.execute(statement, {"since": start, "until": start + WEEK})
        return int(cursor.rowcount)


def write_contents(table: str, *, week: datetime) -> int:
    """Put the ids of all content to which anything of that week belongs into a table of the caller's; how many."""
    start = week_of(week)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {connection.ops.quote_name(table)} {sql.CONTENTS}"
        cursor.execute(statement, {"since": start, "until": start + WEEK})
        return int(cursor.rowcount)


def is_complete(week: datetime) -> bool:
    """Whether nothing of that week waits to be written, rolled up or looked up any more."""
    end = week_of(week) + WEEK
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM engagement_progress WHERE drained_at > %(end)s
                               AND (fresh_since IS NULL OR fresh_since >= %(end)s))
                  AND NOT EXISTS (SELECT FROM engagement_interaction WHERE dwell_ms IS NULL AND at < %(end)s)""",
            {"end": end},
        )
        return bool(cursor.fetchone()[0])


# --- ranking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Engagers:
    """How many people of one trust level effectively did one thing with a content."""

    content_id: UUID
    kind: str
    trust_level: int
    people: int


def engagers(content_ids: Collection[UUID]) -> list[Engagers]:
    """Who did what with these, of all time, as far as it counts; each person once for each kind. One query."""
    values: dict[str, Any] = {"contents": list(content_ids), "since": "-infinity", "until": "infinity"}
    with connection.cursor() as cursor:
        cursor.execute(sql.ENGAGERS, values)
        return [Engagers(*row) for row in cursor.fetchall()]


def pending(content_ids: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Those of these with which something was done since then of which nobody knows yet whether it counts."""
    with connection.cursor() as cursor:
        cursor.execute(sql.PENDING, {"contents": list(content_ids), "since": since})
        return {row[0] for row in cursor.fetchall()}


# --- the creator's centre -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """A stretch of time that ends with the running hour, and the equally long one before it."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, hours: int, now: datetime) -> "Window":
        """The last so many hours."""
        until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return cls(until - timedelta(hours=hours), until)

    @property
    def before(self) -> datetime:
        """Where the window before this one begins."""
        return self.since - (self.until - self.since)

    @property
    def hours(self) -> int:
        """How long it is."""
        return round((self.until - self.since) / timedelta(hours=1))


@dataclass(frozen=True)
class Change:
    """A figure of the window, and of the one before it."""

    now: int = 0
    before: int = 0

    @property
    def delta(self) -> int:
        """How much more it is."""
        return self.now - self.before


@dataclass(frozen=True)
class Sources:
    """Impressions by where the content was shown."""

    feed: int = 0
    profile: int = 0
    topic: int = 0
    search: int = 0
    direct: int = 0
    other: int = 0


@dataclass(frozen=True)
class Figures:
    """What became of a creator's content in a window; interactions are other people's, whether they count or not."""

    impressions: Change
    readers: Change
    dwell_ms: Change
    sources: Sources
    done: dict[str, Change]

    @property
    def interactions(self) -> Change:
        """Of all kinds together."""
        return Change(sum(one.now for one in self.done.values()), sum(one.before for one in self.done.values()))


@dataclass(frozen=True)
class Point:
    """What happened in the hour that begins at `hour`."""

    hour: datetime
    impressions: int
    dwell_ms: int


@dataclass(frozen=True)
class Followers:
    """How a creator's followers changed."""

    gained: Change
    lost: Change

    @property
    def net(self) -> Change:
        """Won less lost."""
        return Change(self.gained.now - self.lost.now, self.gained.before - self.lost.before)


@dataclass(frozen=True)
class OfContent:
    """What became of one content in a window."""

    id: UUID
    impressions: int
    dwell_ms: int
    readers: int
    likes: int
    bookmarks: int
    comments: int
    shares: int
    components: int

    @property
    def interactions(self) -> int:
        """Of all kinds together."""
        return self.likes + self.bookmarks + self.comments + self.shares + self.components


def figures(*, creator_id: UUID, window: Window, content_id: UUID | None = None) -> Figures:
    """The sums of a creator's content, or of one content of theirs. Three queries."""
    values = _values(creator_id, window, content_id)
    sums = {is_now: numbers for is_now, *numbers in fetch(sql.SUMS_OF_CONTENT if content_id else sql.SUMS, values)}
    now, before = sums.get(True, [0] * 8), sums.get(False, [0] * 8)
    ((readers, readers_before),) = fetch(sql.READERS, values | {"subject": content_id or creator_id})
    done = dict.fromkeys(KINDS, Change())
    for kind, verdict, many, many_before in fetch(sql.TALLIES, values):
        if verdict != "own":
            done[kind] = Change(done[kind].now + many, done[kind].before + many_before)
    return Figures(
        impressions=Change(now[0], before[0]),
        readers=Change(readers, readers_before),
        dwell_ms=Change(now[1], before[1]),
        sources=Sources(*now[2:]),
        done=done,
    )


def series(*, creator_id: UUID, window: Window, content_id: UUID | None = None) -> list[Point]:
    """The hours of the window in which anything happened, in order."""
    values = _values(creator_id, window, content_id) | {"before": window.since}
    return [Point(*row) for row in fetch(sql.SERIES_OF_CONTENT if content_id else sql.SERIES, values)]


def reasons(*, creator_id: UUID, window: Window, content_id: UUID | None = None) -> dict[str, dict[str, int]]:
    """How many interactions of each kind count, under the key "", and how many do not, under the reason why.

    By what is known now of each: a report upheld or an identity confirmed later changes it, whenever it happened.
    """
    values = _values(creator_id, window, content_id) | {"before": window.since}
    found: dict[str, dict[str, int]] = {}
    for kind, reason, many, _ in fetch(sql.TALLIES, values):
        if many:
            found.setdefault(kind, {})[reason] = many
    return found


def followers(*, creator_id: UUID, window: Window) -> Followers:
    """How many people began and ceased to follow."""
    values = _values(creator_id, window, None)
    ((gained, lost, gained_before, lost_before),) = fetch(sql.FOLLOWERS, values)
    return Followers(Change(gained, gained_before), Change(lost, lost_before))


def of_contents(ids: Sequence[UUID], *, creator_id: UUID, window: Window) -> list[OfContent]:
    """The sums of each of these of one creator's, in this order, in one query."""
    if not ids:
        return []
    rows = fetch(sql.OF_CONTENTS, _values(creator_id, window, None) | {"ids": list(ids)})
    return [OfContent(*row) for row in rows]


def _values(creator_id: UUID, window: Window, content_id: UUID | None) -> dict[str, Any]:
    return {
        "creator": creator_id,
        "content": content_id,
        "before": window.before,
        "since": window.since,
        "until": window.until,
    }
