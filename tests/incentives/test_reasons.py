"""Why a week came to what it did: the parts are never more or less than the whole."""

from itertools import groupby
from pathlib import Path

import pytest

from incentives.settlement import frozen, reasons
from incentives.settlement.points import points
from incentives.settlement.reasons import Item, divided
from tests.incentives.test_settlement import random_week
from tests.incentives.weeks import Week, uid

ONE = 10**9


def one(week: Week, directory: Path, creator: str = "alice", content: str = "post") -> Item:
    found = reasons.items(frozen.read(week.frozen(directory)))
    return found[f"{uid(creator)},{uid(content)}".encode()]


def alone(standing: int = 1000) -> Week:
    """Alice makes, Bob looks for a minute."""
    week = Week()
    week.creator("alice", standing)
    week.viewer("bob")
    week.did("bob", "alice", seconds=60)
    return week


@pytest.mark.parametrize("seed", range(40))
def test_items_add_up_to_the_points_of_the_week(tmp_path: Path, seed: int) -> None:
    inputs = frozen.read(random_week(seed).frozen(tmp_path))
    found, whole = reasons.items(inputs), reasons.creators(inputs)

    earned = dict(zip([one.id.encode() for one in inputs.creators], points(inputs), strict=True))
    assert {creator: item.points for creator, item in whole.items()} == {key: earned[key] for key in whole}
    assert all(not mine for creator, mine in earned.items() if creator not in whole)
    for item in [*found.values(), *whole.values()]:
        assert min(getattr(item, name) for name in Item.__slots__) >= 0
        assert item.worth - item.budget - item.mutual - item.linked - item.standing == item.points
    for creator, keys in groupby(found, key=lambda key: key[:36]):
        mine = [found[key] for key in keys]
        for name in Item.__slots__[1:]:  # a viewer of two contents is one viewer
            assert sum(getattr(item, name) for item in mine) == getattr(whole[creator], name), name
    assert list(found) == sorted(found)


def test_what_was_done_is_counted(tmp_path: Path) -> None:
    week = alone()
    week.viewer("carol", 2 * ONE)
    week.did("carol", "alice", seconds=30, liked=1, bookmarked=1, comments=2, shared=1, component=1)
    found = one(week, tmp_path)
    assert (found.viewers, found.seconds, found.likes, found.bookmarks) == (2, 90, 1, 1)
    assert (found.comments, found.shares, found.components) == (2, 1, 1)
    assert found.effect == ONE + 10_500_000_000
    assert (found.felt, found.worth) == (ONE + 3_240_370_349, ONE + 6_480_740_698)


def test_each_step_says_what_it_took(tmp_path: Path) -> None:
    full = one(alone(), tmp_path / "full")
    assert (full.worth, full.points) == (ONE, ONE)

    halved = one(alone(standing=500), tmp_path / "standing")
    assert (halved.standing, halved.points) == (ONE // 2, ONE // 2)

    short = alone()
    short.policy["budget_nano"] = ONE // 4
    assert (one(short, tmp_path / "budget").budget, one(short, tmp_path / "again").points) == (750_000_000, ONE // 4)

    back = alone()
    back.creator("bob")
    back.viewer("alice")
    back.did("alice", "bob", seconds=60)
    assert (one(back, tmp_path / "mutual").mutual, one(back, tmp_path / "both").points) == (800_000_000, 200_000_000)


def test_linked_viewers_share_and_those_linked_to_the_creator_give_nothing(tmp_path: Path) -> None:
    week = Week()
    week.creator("alice", cluster="hers")
    week.viewer("alt", cluster="hers")
    for name in ("one", "two"):
        week.viewer(name, cluster="ring")
        week.did(name, "alice", seconds=60)
    week.did("alt", "alice", "other", seconds=60)
    found = one(week, tmp_path / "ring")
    assert (found.points, found.linked) == (1_414_213_562, 2 * ONE - 1_414_213_562)
    assert (one(week, tmp_path / "own", content="other").linked, found.viewers) == (ONE, 2)


def test_what_somebody_gives_themselves_is_nothing(tmp_path: Path) -> None:
    week = alone()
    week.viewer("alice")
    week.did("alice", "alice", "own", seconds=60)
    assert (one(week, tmp_path, content="own").linked, one(week, tmp_path / "x", content="own").points) == (ONE, 0)


def test_dividing_loses_nothing() -> None:
    assert list(divided(10, [1, 1, 1])) == [3, 3, 4]
    assert list(divided(7, [0, 0])) == [7, 0]
    assert list(divided(7, [0, 5, 2])) == [0, 5, 2]
    assert list(divided(0, [])) == []
