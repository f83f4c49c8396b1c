"""From raw events to days of viewers, hours of content, and the dwell before each deed."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planet.engagement import actions, drain, queries, rollup, tasks
from planet.engagement.models import Day, Hour, Interaction, Kind, Place, Progress
from planet.engagement.partitions import week_of
from tests.engagement.conftest import Shown, events, seen_by, things, written
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
MIDDAY = NOW.replace(hour=12, minute=30, second=0, microsecond=0)


def looked(items: list[tuple[UUID, UUID]], viewer: UUID, at: datetime, ms: int, place: Place = Place.FEED) -> None:
    """One page, reported once."""
    page = Shown(items, viewer=viewer, served=at.timestamp() - 300, place=place)
    assert page.report((0, ms), now=at.timestamp()) == {"taken": 1}


def test_a_viewers_day_is_the_sum_of_what_was_reported() -> None:
    items, viewer = things(1), UUID(int=7)
    page = Shown(items, viewer=viewer, served=MIDDAY.timestamp() - 300)
    page.report((0, 4000), now=MIDDAY.timestamp())
    page.report((0, 2500), now=MIDDAY.timestamp() + 10)
    looked(items, viewer, MIDDAY + timedelta(hours=2), 1000)
    written()

    day = Day.objects.get()
    assert (day.content_id, day.creator_id) == items[0]
    assert (day.viewer_id, day.day, day.is_guest) == (viewer, MIDDAY.date(), False)
    assert (day.impressions, day.dwell_ms) == (2, 7500)
    assert day.hours == 1 << 12 | 1 << 14


def test_hours_say_where_content_was_shown() -> None:
    items = things(1)
    looked(items, UUID(int=1), MIDDAY, 1000, Place.FEED)
    looked(items, UUID(int=2), MIDDAY, 2000, Place.TOPIC)
    looked(items, UUID(int=3), MIDDAY, 3000, Place.DIRECT)
    looked(items, UUID(int=3), MIDDAY + timedelta(hours=1), 500, Place.OTHER)
    written()
    first, second = Hour.objects.order_by("hour")
    assert first.hour == MIDDAY.replace(minute=0)
    assert (first.impressions, first.dwell_ms) == (3, 6000)
    assert (first.feed, first.profile, first.topic, first.search, first.direct, first.other) == (1, 0, 1, 0, 1, 0)
    assert (second.impressions, second.other) == (1, 1)


def test_what_is_added_later_adds_up_and_nothing_is_added_twice() -> None:
    items, viewer = things(1), UUID(int=7)
    for step in range(3):
        looked(items, viewer, MIDDAY + timedelta(minutes=step), 1000)
        written()
        assert rollup.roll_up() == 0
    assert (Day.objects.get().dwell_ms, Hour.objects.get().impressions) == (3000, 3)


def test_looking_at_what_is_ones_own_is_no_attention() -> None:
    creator = UUID(int=7)
    looked(things(1, creator), creator, MIDDAY, 5000)
    written()
    assert len(events()) == 1
    assert not Day.objects.exists()
    assert not Hour.objects.exists()


def test_midnight_divides_the_days_of_the_world_not_of_the_viewer() -> None:
    items, midnight = things(1), NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    looked(items, UUID(int=7), midnight - timedelta(milliseconds=1), 1000)
    looked(items, UUID(int=7), midnight, 2000)
    written()
    assert dict(Day.objects.order_by("day").values_list("day", "dwell_ms")) == {
        (midnight - timedelta(days=1)).date(): 1000,
        midnight.date(): 2000,
    }


def test_a_roll_up_that_fails_is_done_again_from_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    looked(things(1), UUID(int=7), MIDDAY, 1000)
    drain.drain(now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Progress, "save", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rollup.roll_up()
    assert not Day.objects.exists()
    assert rollup.roll_up() == 1
    assert Day.objects.get().dwell_ms == 1000


def test_of_each_deed_it_is_known_how_long_was_looked_before() -> None:
    bob, (item,) = make_user("bob"), things(1)
    at = NOW - timedelta(minutes=5)
    looked([item], bob.pk, at - timedelta(days=1), 1500)  # yesterday
    looked([item], bob.pk, at, 2000)  # just before
    looked([item], bob.pk, at + timedelta(seconds=60), 30_000)  # afterwards: of no account
    actions.record(Kind.LIKE, actor=bob, content_id=item[0], creator_id=item[1], at=at + timedelta(seconds=2))
    written()
    deed = Interaction.objects.get()
    assert (deed.dwell_ms, deed.is_served) == (3500, True)


def test_who_was_shown_nothing_has_seen_nothing() -> None:
    bob, (item,) = make_user("bob"), things(1)
    actions.record(Kind.LIKE, actor=bob, content_id=item[0], creator_id=item[1], at=NOW - timedelta(minutes=5))
    written()
    deed = Interaction.objects.get()
    assert (deed.dwell_ms, deed.is_served) == (0, False)


def test_a_deed_waits_until_its_beacons_are_certainly_written() -> None:
    bob, (item,) = make_user("bob"), things(1)
    actions.record(Kind.LIKE, actor=bob, content_id=item[0], creator_id=item[1], at=NOW)
    written(NOW + timedelta(seconds=5))
    assert Interaction.objects.get().dwell_ms is None
    written(NOW + timedelta(seconds=16))
    assert Interaction.objects.get().dwell_ms == 0


def test_a_week_is_complete_once_nothing_of_it_waits() -> None:
    bob, (item,) = make_user("bob"), things(1)
    last_week = NOW - timedelta(days=7)
    assert not queries.is_complete(last_week)
    written(NOW)
    assert queries.is_complete(last_week)
    actions.record(Kind.LIKE, actor=bob, content_id=item[0], creator_id=item[1], at=last_week)
    assert not queries.is_complete(last_week)
    written(NOW)
    assert queries.is_complete(last_week)
    assert not queries.is_complete(NOW)


def test_what_waits_of_the_week_that_runs_holds_up_no_week_before_it() -> None:
    end = week_of(NOW)
    waits = Progress.objects.create(pk=1, drained_at=end + timedelta(hours=2), fresh_since=end)
    assert queries.is_complete(end - timedelta(days=7))
    waits.fresh_since = end - timedelta(microseconds=1)
    waits.save()
    assert not queries.is_complete(end - timedelta(days=7))


def test_the_task_does_all_of_it() -> None:
    bob, items = make_user("bob"), things(2)
    looked(items, bob.pk, NOW, 2000)
    assert tasks.write_down() == 1
    assert Day.objects.count() == 1


def test_the_nightly_task_makes_partitions_and_forgets_guests_and_old_events() -> None:
    long_ago = NOW - timedelta(days=100)
    looked(things(1), UUID(int=7), long_ago, 1000)
    page = Shown(things(1), viewer=None, served=long_ago.timestamp() - 100)
    page.report((0, 1000), now=long_ago.timestamp())
    written()
    assert len(events()) == 2
    tasks.keep_partitions()
    assert events() == []
    assert [day.is_guest for day in Day.objects.all()] == [False], "what people gave is kept"
    assert Hour.objects.count() == 2
    seen_by(make_user("bob"), things(1), 4)
    assert len(events()) == 1


def test_a_deed_again_after_it_was_undone_is_looked_up_anew() -> None:
    bob, (item,) = make_user("bob"), things(1)
    like = partial(actions.record, Kind.LIKE, actor=bob, content_id=item[0], creator_id=item[1])
    like(at=NOW - timedelta(hours=2))
    written(NOW)
    like(at=NOW)
    assert Interaction.objects.get().dwell_ms == 0, "doing it twice is doing it once"
    actions.undo(Kind.LIKE, actor_id=bob.pk, content_id=item[0])
    like(at=NOW)
    deed = Interaction.objects.get()
    assert (deed.at, deed.dwell_ms, deed.removed_at) == (NOW, None, None)


def test_the_queries_of_a_roll_up_do_not_grow_with_the_events() -> None:
    counts = []
    for many in (1, 200):
        for number in range(many):
            looked(things(1), UUID(int=number + 1), NOW, 1000)
        drain.drain(now=NOW)
        with CaptureQueriesContext(connection) as asked:
            rollup.roll_up()
            rollup.look_up_dwell()
        counts.append(len(asked))
    assert counts[0] == counts[1]
