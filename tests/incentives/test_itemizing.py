"""What each content brought, written down with the week."""

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from incentives.actions import itemizing
from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.checking import findings
from incentives.errors import Tampered
from incentives.models import Award, Earning, Settlement
from planet.engagement.models import Day
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool


def settled() -> Settlement:
    freeze(week=WEEK, now=CLOSED)
    return compute(week=WEEK, now=CLOSED)


def of(pool: Pool, name: str) -> dict[UUID | None, Earning]:
    return {one.content_id: one for one in Earning.objects.filter(award__creator=pool.people[name])}


def test_every_content_has_what_it_brought_and_they_add_up(week: Pool) -> None:
    """Bob gave Alice a minute more than before, Bea two; 100 USDT among Alice and Carol."""
    second = week.watched("bea", "alice", seconds=120)
    other = week.watched("bea", "carol", seconds=60)
    settlement = settled()
    alice, carol = of(week, "alice"), of(week, "carol")
    assert len(alice) == 2
    assert (alice[second].viewers, alice[second].seconds, alice[second].effect) == (1, 120, 2 * 10**9)
    assert carol[other].seconds == 60
    for name, found in (("alice", alice), ("carol", carol)):
        award = Award.objects.get(creator=week.people[name])
        assert sum(one.points for one in found.values()) == award.points_nano
        assert sum(one.amount_units for one in found.values()) == award.amount_units
    assert sum(one.amount_units for one in Earning.objects.all()) == 100 * USDT
    assert list(findings(settlement)) == []


def test_computing_twice_writes_once(week: Pool) -> None:
    settled()
    before = list(Earning.objects.values())
    assert compute(week=WEEK, now=CLOSED).state == "computed"
    assert list(Earning.objects.values()) == before != []


def test_a_content_that_nobody_knows_any_more_still_earned(week: Pool) -> None:
    freeze(week=WEEK, now=CLOSED)
    Day.objects.all().delete()
    compute(week=WEEK, now=CLOSED)
    (one,) = Earning.objects.all()
    assert (one.content_id, one.amount_units) == (None, 100 * USDT)


def test_a_check_notices_what_does_not_add_up(week: Pool) -> None:
    settlement = settled()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # or the table would refuse it
        cursor.execute("UPDATE incentives_earning SET amount_units = amount_units + 1")
        cursor.execute("SET LOCAL session_replication_role = origin")
    award = Award.objects.get()
    assert list(findings(settlement)) == [f"what the contents of award {award.pk} brought does not add up to it"]


def test_what_belongs_to_no_creator_of_the_week_is_noticed(week: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(week=WEEK, now=CLOSED)
    monkeypatch.setattr("incentives.actions.itemizing._WRITE", f"{itemizing._WRITE} WHERE false")
    with pytest.raises(Tampered):
        compute(week=WEEK, now=CLOSED)
    assert not Earning.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE incentives_earning SET amount_units = 0",
        "DELETE FROM incentives_earning",
        "TRUNCATE incentives_earning",
        """INSERT INTO incentives_earning SELECT id + 1, viewers, effect, felt, worth, budget, mutual, linked, standing,
           points, amount_units, gen_random_uuid(), NULL, seconds, likes, bookmarks, comments, shares, components,
           award_id FROM incentives_earning""",
    ],
)
def test_what_was_written_is_kept(week: Pool, sql: str) -> None:
    settled()
    before: list[Any] = list(Earning.objects.values())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            cursor.execute(sql)
    assert list(Earning.objects.values()) == before
