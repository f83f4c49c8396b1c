"""Distinct readers of any window are the ones that looking at every day of every viewer finds."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from planet.engagement import queries, readers
from planet.engagement.models import Day, Reader, Return
from planet.engagement.queries import Change, Window
from tests.engagement.conftest import Shown, written

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def found(window: Window, *, creator: UUID, content: UUID | None = None) -> Change:
    """By definition: three seconds in view on a day, and of the first and last day only the hours inside."""

    def among(since: datetime, until: datetime) -> int:
        seen = set()
        for day in Day.objects.filter(creator_id=creator, dwell_ms__gte=3000):
            midnight = datetime.combine(day.day, datetime.min.time(), UTC)
            hours = [midnight + timedelta(hours=hour) for hour in range(24) if day.hours >> hour & 1]
            if content in (None, day.content_id) and any(since <= hour < until for hour in hours):
                seen.add(day.viewer_id)
        return len(seen)

    return Change(among(window.since, window.until), among(window.before, window.since))


@pytest.mark.parametrize("seed", range(6))
def test_readers_of_every_window_are_those_of_the_definition(seed: int) -> None:
    dice = random.Random(seed)
    creator, contents, viewers = uuid4(), [uuid4(), uuid4(), uuid4()], [uuid4() for _ in range(7)]
    for _ in range(3):  # later rounds bring days between those that are known
        for _ in range(30):
            at = NOW - timedelta(hours=dice.choice([3, 26, 70, 400, 1400]) * dice.random())
            viewer = dice.choice([*viewers, None])
            page = Shown([(dice.choice(contents), creator)], viewer=viewer, served=at.timestamp() - 100)
            page.report((0, dice.choice([1000, 2000, 9000])), now=at.timestamp())
        written()
        for hours in (24, 48, 7 * 24, 30 * 24):
            for ago in (0, 5, 30):
                window = Window.of(hours, NOW - timedelta(hours=ago))
                assert queries.figures(creator_id=creator, window=window).readers == found(window, creator=creator)
                listed = queries.of_contents(contents, creator_id=creator, window=window)
                for content, line in zip(contents, listed, strict=True):
                    expected = found(window, creator=creator, content=content)
                    of = queries.figures(creator_id=creator, window=window, content_id=content)
                    assert of.readers == expected
                    assert line.readers == expected.now


def test_filling_and_linking_in_batches_finds_the_same_as_the_roll_up(monkeypatch: pytest.MonkeyPatch) -> None:
    dice, items = random.Random(1), [(uuid4(), UUID(int=1)), (uuid4(), UUID(int=2))]
    for _ in range(60):
        at = NOW - timedelta(hours=500 * dice.random())
        page = Shown([dice.choice(items)], viewer=UUID(int=dice.randrange(5) + 10), served=at.timestamp() - 100)
        page.report((0, 5000), now=at.timestamp())
        written()
    returns = Return.objects.filter(many__gt=0).count()
    window = Window.of(240, NOW)
    before = [queries.figures(creator_id=creator, window=window) for _, creator in items]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE engagement_reader, engagement_return, engagement_creatorhour")
    monkeypatch.setattr(readers, "AT_ONCE", 7)
    readers.fill()
    assert not Reader.objects.filter(prev=None).exists()
    assert [queries.figures(creator_id=creator, window=window) for _, creator in items] == before
    assert Return.objects.filter(many__gt=0).count() == returns
