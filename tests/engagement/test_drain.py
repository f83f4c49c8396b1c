"""From the stream into the table: every event, once, whoever dies on the way."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django_redis import get_redis_connection

from planet.config.env import ROOT
from planet.engagement import drain, partitions, stream
from planet.engagement.models import Place, Progress
from tests.engagement.conftest import Shown, events, things, written
from tests.waiting import until

NOW = datetime.now(UTC)


def fill(pages: int, items: int = 5) -> int:
    """Reports of so many pages wait in the stream; how many events they are."""
    for _ in range(pages):
        assert Shown(things(items)).report(*[(index, 2000) for index in range(items)]) == {"taken": 1}
    return pages * items


@pytest.mark.django_db
def test_what_was_reported_is_written_as_it_was() -> None:
    shown = Shown(things(2), place=Place.SEARCH)
    before = datetime.now(UTC)
    shown.report((1, 4321))

    assert drain.drain(now=datetime.now(UTC)) == 1
    (event,) = events()
    content, creator = shown.items[1]
    assert (event["content_id"], event["creator_id"], event["viewer_id"]) == (content, creator, shown.viewer)
    assert (event["dwell_ms"], event["place"], event["is_guest"], event["is_first"]) == (4321, 4, False, True)
    assert before - timedelta(milliseconds=2) <= event["at"] <= datetime.now(UTC)
    assert stream.waiting() == 0


@pytest.mark.django_db
def test_a_guest_is_written_under_a_pseudonym() -> None:
    Shown(things(1), viewer=None).report((0, 4000))
    drain.drain(now=NOW)
    (event,) = events()
    assert event["is_guest"]
    assert isinstance(event["viewer_id"], UUID)


@pytest.mark.django_db
def test_more_than_a_batch_is_written_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "ENTRIES", 3)
    total = fill(10)
    assert drain.drain(now=NOW) == total
    assert len(events()) == total
    assert drain.drain(now=NOW) == 0


@pytest.mark.django_db
def test_the_drain_says_until_when_everything_is_written() -> None:
    fill(1)
    drain.drain(now=NOW)
    assert Progress.objects.get().drained_at == NOW


@pytest.mark.django_db
def test_a_redis_that_lost_everything_begins_anew_and_nothing_is_skipped() -> None:
    """After a flush new entries may have smaller ids than the cursor: a clock may have gone back."""
    fill(1)
    drain.drain(now=NOW)
    Progress.objects.update(stream_id="99999999999999-0")
    get_redis_connection("default").flushdb()
    total = fill(2)
    assert drain.drain(now=NOW) == total
    assert len(events()) == total + 5


@pytest.mark.django_db
def test_what_was_written_but_not_yet_removed_from_the_stream_is_not_written_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    total = fill(4)
    with monkeypatch.context() as patch:
        patch.setattr(stream, "forget", lambda _stream_id: None)
        drain.drain(now=NOW)
    assert stream.waiting() == 4
    assert drain.drain(now=NOW) == 0
    assert len(events()) == total


@pytest.mark.django_db
def test_the_stream_is_bounded_while_nobody_drains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_WAITING", 100)
    fill(400, items=1)
    assert stream.waiting() <= 200  # Redis trims whole nodes of its own


@pytest.mark.django_db
def test_the_queries_of_a_drain_do_not_grow_with_the_events() -> None:
    partitions.ensure(NOW, NOW)
    fill(1)
    drain.drain(now=NOW)
    fill(100)
    with CaptureQueriesContext(connection) as many:
        drain.drain(now=NOW)
    fill(1)
    with CaptureQueriesContext(connection) as one:
        drain.drain(now=NOW)
    assert len(many) == len(one)


@pytest.mark.concurrency
def test_of_several_drains_at_once_each_event_is_written_by_one(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "ENTRIES", 5)
    total = fill(200, items=2)
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        for _ in range(30):
            drain.drain(now=NOW)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain.drain(now=NOW)
    assert len(events()) == total


# A drain that stops at a place, tells that it is there, and waits to be killed.
_DYING = """
import sys, time, pathlib, django
django.setup()
from django.utils import timezone
from planet.engagement import drain, stream
from planet.engagement.models import Progress
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}

def stop(*args, **kwargs):
    pathlib.Path({mark!r}).touch()
    time.sleep(600)

{patch}
drain.ENTRIES = 20
drain.drain(now=timezone.now())
"""
PLACES = {
    "after the copy, before the commit": "Progress.save = stop",
    "after the commit, before the stream is trimmed": "stream.forget = stop",
    "before anything is written": "drain._write = stop",
}


@pytest.mark.faults
@pytest.mark.parametrize("place", PLACES)
def test_a_drain_killed_in_the_middle_loses_nothing_and_writes_nothing_twice(
    committed: None, tmp_path: Path, place: str
) -> None:
    total = fill(50)
    mark = tmp_path / "there"
    code = _DYING.format(database=connection.settings_dict["NAME"], mark=str(mark), patch=PLACES[place])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "planet.config.settings"}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment) as dying:
        until(lambda: mark.exists() or dying.poll() is not None, within=60)
        assert mark.exists()
        dying.send_signal(signal.SIGKILL)
    connection.close()

    def drained() -> bool:
        """The dead one's lock falls with its connection, a moment later."""
        written(datetime.now(UTC))
        return stream.waiting() == 0

    until(drained, within=30)
    assert len(events()) == total
    assert len({(event["page"], event["content_id"]) for event in events()}) == total


@pytest.mark.django_db
def test_partitions_are_iso_weeks() -> None:
    sunday, monday = datetime(2026, 12, 27, 23, 59, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)
    assert partitions.name_of(sunday) == "engagement_event_2026w52"
    assert partitions.name_of(monday) == "engagement_event_2026w53"
    assert partitions.name_of(datetime(2027, 1, 3, tzinfo=UTC)) == "engagement_event_2026w53"
    assert partitions.week_of(sunday) == datetime(2026, 12, 21, tzinfo=UTC)


@pytest.mark.django_db
def test_partitions_are_made_ahead_once_and_dropped_when_their_week_is_over() -> None:
    start = datetime(2031, 3, 3, tzinfo=UTC)
    made = partitions.ensure(start, start + 3 * partitions.WEEK)
    assert len(made) == 4
    assert partitions.ensure(start, start + 3 * partitions.WEEK) == []
    fill_one = "INSERT INTO engagement_event SELECT %s, 1, %s, %s, %s, 1, 1, 1, false, true"
    with connection.cursor() as cursor:
        for week in range(4):
            nobody = UUID(int=1)
            cursor.execute(fill_one, [start + week * partitions.WEEK + timedelta(days=6.9), nobody, nobody, nobody])
    dropped = partitions.drop(before=start + 2 * partitions.WEEK)
    assert dropped == made[:2]
    assert len(events()) == 2


@pytest.mark.django_db
def test_every_partition_has_the_indexes_of_the_table() -> None:
    (name,) = partitions.ensure(datetime(2032, 1, 5, tzinfo=UTC), datetime(2032, 1, 5, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = %s::text::regclass", [name])
        assert cursor.fetchone() == (2,)
