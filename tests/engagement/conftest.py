"""What the tests of attention share: a browser that was shown something, and what it reports."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection

from planet.accounts.models import User
from planet.engagement import beacons, drain, impressions, readers, rollup, tallies, tokens
from planet.engagement.models import Place

SESSION, GUEST = b"session-cookie-of-the-reader", b"csrf-cookie-of-the-guest"
Items = list[tuple[UUID, UUID]]


def things(count: int, creator: UUID | None = None) -> Items:
    """So many contents of one creator."""
    creator = creator or uuid4()
    return [(uuid4(), creator) for _ in range(count)]


@dataclass
class Shown:
    """A page that was shown to somebody, and the browser that reports on it."""

    items: Items
    viewer: UUID | None = field(default_factory=uuid4)
    cookie: bytes = SESSION
    place: Place = Place.FEED
    served: float = field(default_factory=lambda: time.time() - 600)
    seq: int = 0

    def __post_init__(self) -> None:
        self.token = tokens.sign(
            self.items,
            key=impressions.key(),
            holder=self.cookie if self.viewer else GUEST,
            viewer=self.viewer,
            place=int(self.place),
            served=int(self.served),
        )

    def body(self, *seen: tuple[int, int], seq: int | None = None) -> bytes:
        """What the browser sends: the next report of this page."""
        self.seq = self.seq + 1 if seq is None else seq
        return json.dumps([[self.token, self.seq, [list(one) for one in seen]]]).encode()

    def report(self, *seen: tuple[int, int], now: float | None = None, seq: int | None = None) -> dict[str, int]:
        """Send it; what became of it."""
        visitor = beacons.Visitor(person=self.cookie, guest=GUEST, address=lambda: "192.0.2.7")
        body = self.body(*seen, seq=seq)
        return dict(beacons.receive(body, visitor=visitor, key=impressions.key(), now=now or time.time()))


def seen_by(viewer: User, items: Items, seconds: float, *, at: datetime | None = None) -> None:
    """`viewer` looked at all of these for so long, up to `at`; written and added up."""
    moment = (at or datetime.now(UTC)).timestamp()
    page = Shown(items, viewer=viewer.pk, served=moment - seconds - 60)
    assert page.report(*[(index, int(seconds * 1000)) for index in range(len(items))], now=moment) == {"taken": 1}
    written()


def written(now: datetime | None = None) -> int:
    """Drain, roll up, look up and tally, as the worker does."""
    count = drain.drain(now=now or datetime.now(UTC))
    rollup.roll_up()
    readers.link()
    rollup.look_up_dwell()
    tallies.tally()
    return count


def events() -> list[dict[str, Any]]:
    """Every raw event, in the order of writing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM engagement_event ORDER BY batch, at, dwell_ms")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """For tests that really commit: the raw events are no model, so nobody else empties them."""

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE engagement_event")

    empty()
    yield
    empty()


def session_of(browser: Any) -> bytes:
    """The session cookie of a test client."""
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value).encode()
