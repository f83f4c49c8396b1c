"""Trust is earned slowly and lost at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planet.accounts import actions, trust
from planet.accounts.models import ActiveDay, TrustLevel, User
from planet.accounts.trust import Record, level
from tests.cast import Cast
from tests.factories import make_post

REGULAR = Record(days_since_joined=60, days_read=40, contributions=60, strikes=0, verified=True)
MEMBER = Record(days_since_joined=15, days_read=10, contributions=10, strikes=0, verified=False)
BASIC = Record(days_since_joined=1, days_read=1, contributions=0, strikes=1, verified=False)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("record", "expected"), [(REGULAR, 3), (MEMBER, 2), (BASIC, 1)])
def test_at_the_threshold_the_level_is_reached(record: Record, expected: int) -> None:
    assert level(record) == expected


@pytest.mark.parametrize(
    ("record", "missing", "expected"),
    [
        (REGULAR, {"days_since_joined": 59}, 2),
        (REGULAR, {"days_read": 39}, 2),
        (REGULAR, {"contributions": 59}, 2),
        (REGULAR, {"verified": False}, 2),
        (REGULAR, {"strikes": 1}, 1),
        (REGULAR, {"strikes": 2}, 0),
        (MEMBER, {"days_since_joined": 14}, 1),
        (MEMBER, {"days_read": 9}, 1),
        (MEMBER, {"contributions": 9}, 1),
        (BASIC, {"days_since_joined": 0}, 0),
        (BASIC, {"days_read": 0}, 0),
        (BASIC, {"strikes": 2}, 0),
    ],
)
def test_just_below_it_is_not(record: Record, missing: dict[str, Any], expected: int) -> None:
    assert level(replace(record, **missing)) == expected


def test_everything_in_one_afternoon_counts_for_little() -> None:
    assert level(Record(0, 1, 10_000, 0, verified=True)) == TrustLevel.NEW


def test_posts_comments_and_days_are_counted_from_the_database(cast: Cast) -> None:
    alice = cast.alice.user
    User.objects.filter(pk=alice.pk).update(date_joined=NOW - timedelta(days=20))
    ActiveDay.objects.bulk_create([ActiveDay(user=alice, day=NOW.date() - timedelta(days=n)) for n in range(10)])
    posts = [make_post(cast.alice) for _ in range(10)]
    actions.recompute_trust(user_ids=[alice.pk, cast.bob.pk], now=NOW)
    assert User.objects.get(pk=alice.pk).trust_level == TrustLevel.MEMBER
    assert User.objects.get(pk=cast.bob.pk).trust_level == TrustLevel.NEW
    posts[0].deleted_at = NOW
    posts[0].save()
    assert actions.recompute_trust(user_ids=[alice.pk], now=NOW) == 1
    assert User.objects.get(pk=alice.pk).trust_level == TrustLevel.BASIC


def test_strikes_take_trust_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=cast.bob.pk).update(trust_level=2, date_joined=NOW - timedelta(days=90))
    monkeypatch.setitem(trust._sources, "strikes", [lambda user_ids: dict.fromkeys(user_ids, 2)])
    actions.recompute_trust(user_ids=[cast.bob.pk], now=NOW)
    assert User.objects.get(pk=cast.bob.pk).trust_level == TrustLevel.NEW


def test_queries_do_not_grow_with_people(cast: Cast, django_assert_num_queries: Any) -> None:
    everybody = list(User.objects.values_list("pk", flat=True))
    with django_assert_num_queries(3):  # the people, their posts, their comments
        actions.recompute_trust(user_ids=everybody[:1], now=NOW - timedelta(days=1))
    with django_assert_num_queries(3):
        actions.recompute_trust(user_ids=everybody, now=NOW - timedelta(days=1))
