"""Worked weeks of the pool, by hand, in USDT (FORMULAS, §3). One USDT is 1,000,000 units.

A viewer who gives one content a full three minutes, and nothing else, gives it e = 3. What all contents of one creator
got from one viewer counts by its square root: four times the attention is twice the points.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from incentives.settlement.statement import Settlement, settle
from tests.incentives.weeks import Week, uid

ONE = 10**6  # units of a USDT
UNCAPPED = 10_000  # of ten thousand: a creator may have all of the pool


def usdt(text: str) -> int:
    return int(Decimal(text) * ONE)


class Books:
    """What a week came to, by name."""

    def __init__(self, settlement: Settlement) -> None:
        self.lines = {line.creator_id: line for line in settlement.lines}
        self.rolled_over = settlement.rolled_over
        paid = sum(line.paid_units for line in settlement.lines)
        accrued = sum(line.accrued_units for line in settlement.lines)
        assert paid + accrued + settlement.rolled_over == settlement.policy.pool_units + settlement.accrued_before

    def points(self, name: str) -> int:
        return self.lines[uid(name)].points_nano

    def amount(self, name: str) -> int:
        return self.lines[uid(name)].amount_units

    def paid(self, name: str) -> int:
        return self.lines[uid(name)].paid_units

    def accrued(self, name: str) -> int:
        return self.lines[uid(name)].accrued_units


def week(pool: str, *, cap_bp: int = UNCAPPED, **policy: int) -> Week:
    return Week(policy={"pool_units": usdt(pool), "cap_bp": cap_bp, **policy})


def test_one_viewer_and_one_creator(tmp_path: Path) -> None:
    """A pool of 100. Bob reads a post of Alice for three minutes, likes it and comments once.

    e = 3 · 1 + 0.5 + 3 = 6.5 and p = √6.5 = 2.549509756. Bob's value is 1 and he is within his budget of 12.
    Alice has all points, and so all of the pool.
    """
    books = week("100")
    books.viewer("bob")
    books.creator("alice")
    books.did("bob", "alice", seconds=180, liked=1, comments=1)

    found = Books(settle(books.frozen(tmp_path)))

    assert found.points("alice") == 2_549_509_756
    assert found.paid("alice") == usdt("100")
    assert found.rolled_over == 0


def test_no_creator_gets_more_than_the_cap_and_what_is_over_rolls_over(tmp_path: Path) -> None:
    """A pool of 100 with a cap of 10 %: the only creator gets 10, and 90 go into the next week's pool."""
    books = week("100", cap_bp=1000)
    books.viewer("bob")
    books.creator("alice")
    books.did("bob", "alice", seconds=180)

    found = Books(settle(books.frozen(tmp_path)))

    assert found.paid("alice") == usdt("10")
    assert found.rolled_over == usdt("90")


def test_what_the_cap_takes_from_one_goes_to_the_others(tmp_path: Path) -> None:
    """A pool of 100 with a cap of 40 %. √ of e gives 4, 1 and 1 points: shares of 66.67, 16.67 and 16.67.

    Alice gets the cap of 40. What is left, 60, is shared by Carol and Dave in equal parts: 30 each.
    """
    books = week("100", cap_bp=4000)
    books.creator("alice")
    for name in ("carol", "dave"):
        books.creator(name)
        books.viewer(f"reader of {name}")
        books.did(f"reader of {name}", name, seconds=60)
    for reader in range(4):
        books.viewer(f"reader {reader}")
        books.did(f"reader {reader}", "alice", seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert [found.paid(name) for name in ("alice", "carol", "dave")] == [usdt("40"), usdt("30"), usdt("30")]
    assert found.rolled_over == 0


def test_when_all_are_at_the_cap_what_is_left_rolls_over(tmp_path: Path) -> None:
    """A pool of 100 with a cap of 30 %. Alice has 3 readers of a minute each, Bob 2, Carol 1: 50, 33.33 and 16.67.

    Alice and Bob get the cap of 30. What is left, 40, would all be Carol's: she gets the cap as well, and 10 roll over.
    """
    books = week("100", cap_bp=3000)
    for name, readers in (("alice", 3), ("bob", 2), ("carol", 1)):
        books.creator(name)
        for reader in range(readers):
            books.viewer(f"reader {reader} of {name}")
            books.did(f"reader {reader} of {name}", name, seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert [found.paid(name) for name in ("alice", "bob", "carol")] == [usdt("30")] * 3
    assert found.rolled_over == usdt("10")


def test_one_account_can_only_hand_out_so_much(tmp_path: Path) -> None:
    """A pool of 26. Whale gives one minute each to 24 creators: Σ p = 24, above the budget of 12, so each w = ½.

    Bob gives one minute to Alice: w = 1. The points are 24 · ½ + 1 = 13, so half a point is worth 1, and Alice gets 2.
    """
    books = week("26")
    books.viewer("whale")
    books.viewer("bob")
    books.creator("alice")
    books.did("bob", "alice", seconds=60)
    for number in range(24):
        books.creator(f"creator {number}")
        books.did("whale", f"creator {number}", seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert found.paid("alice") == usdt("2")
    assert {found.paid(f"creator {number}") for number in range(24)} == {usdt("1")}


def test_two_who_only_engage_with_each_other_keep_a_fifth(tmp_path: Path) -> None:
    """A pool of 7. Alice and Bob give each other a minute: w = 1 both ways, each keeps 1 − 0.8 · 1/1 = 0.2.

    Dave gives a minute to Carol, who gives nothing back: 1 point. Of 1.4 points Alice and Bob have 0.2 each.
    """
    books = week("7")
    for name in ("alice", "bob", "dave"):
        books.viewer(name)
    for name in ("alice", "bob", "carol"):
        books.creator(name)
    books.did("alice", "bob", seconds=60)
    books.did("bob", "alice", seconds=60)
    books.did("dave", "carol", seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert found.points("alice") == found.points("bob") == 200_000_000
    assert [found.paid(name) for name in ("alice", "bob", "carol")] == [usdt("1"), usdt("1"), usdt("5")]


def test_an_uneven_exchange_is_discounted_by_how_even_it_is(tmp_path: Path) -> None:
    """Alice gives Bob √4 = 2 and gets √1 = 1: both are discounted by 0.8 · ½ = 40 %."""
    books = week("9", minimum_units=0)
    for name in ("alice", "bob"):
        books.viewer(name)
        books.creator(name)
    books.did("alice", "bob", seconds=180, component=1)
    books.did("bob", "alice", seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert (found.points("alice"), found.points("bob")) == (600_000_000, 1_200_000_000)
    assert (found.paid("alice"), found.paid("bob")) == (usdt("3"), usdt("6"))


def test_a_hundred_linked_accounts_count_as_ten(tmp_path: Path) -> None:
    """A pool of 11. A farm of 100 accounts gives Mallory a minute each: √(100 · 1²) = 10 points, not 100.

    One unlinked reader gives Alice a minute: 1 point.
    """
    books = week("11")
    books.creator("alice")
    books.creator("mallory")
    books.viewer("bob")
    books.did("bob", "alice", seconds=60)
    for number in range(100):
        books.viewer(f"farm {number}", cluster="farm")
        books.did(f"farm {number}", "mallory", seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert (found.paid("alice"), found.paid("mallory")) == (usdt("1"), usdt("10"))


def test_linked_accounts_give_nothing_to_a_creator_of_their_own(tmp_path: Path) -> None:
    books = week("11")
    books.creator("alice")
    books.creator("mallory", cluster="farm")
    for name, cluster in (("bob", ""), ("farm 1", "farm"), ("farm 2", "farm")):
        books.viewer(name, cluster=cluster)
    books.did("bob", "alice", seconds=60)
    for name in ("farm 1", "farm 2"):
        books.did(name, "mallory", seconds=180, comments=3, shared=1)

    found = Books(settle(books.frozen(tmp_path)))

    assert (found.paid("alice"), found.paid("mallory")) == (usdt("11"), 0)


def test_a_strike_halves_and_two_take_all(tmp_path: Path) -> None:
    """Three creators with one point each: 1, ½ and 0 after standing. A pool of 6 is shared 4 : 2 : 0."""
    books = week("6")
    for name, standing in (("alice", 1000), ("bob", 500), ("carol", 0)):
        books.creator(name, standing)
        books.viewer(f"reader of {name}")
        books.did(f"reader of {name}", name, seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert [found.paid(name) for name in ("alice", "bob", "carol")] == [usdt("4"), usdt("2"), 0]


def test_a_week_without_attention_rolls_over_whole(tmp_path: Path) -> None:
    books = week("100")
    books.creator("alice", accrued=usdt("0.25"))

    found = Books(settle(books.frozen(tmp_path)))

    assert (found.paid("alice"), found.accrued("alice")) == (0, usdt("0.25"))
    assert found.rolled_over == usdt("100")


def test_what_is_below_the_minimum_is_carried_and_paid_later(tmp_path: Path) -> None:
    """The minimum is 1. Alice earns 0.60 in each of two weeks: nothing after the first, 1.20 after the second."""
    first, second = (week("0.6") for _ in range(2))
    for books in (first, second):
        books.viewer("bob")
        books.did("bob", "alice", seconds=60)
    first.creator("alice")

    found = Books(settle(first.frozen(tmp_path / "first")))

    assert (found.amount("alice"), found.paid("alice"), found.accrued("alice")) == (usdt("0.6"), 0, usdt("0.6"))

    second.creator("alice", accrued=found.accrued("alice"))
    found = Books(settle(second.frozen(tmp_path / "second")))

    assert (found.amount("alice"), found.paid("alice"), found.accrued("alice")) == (usdt("0.6"), usdt("1.2"), 0)


def test_exactly_the_minimum_is_paid(tmp_path: Path) -> None:
    books = week("1")
    books.viewer("bob")
    books.creator("alice")
    books.did("bob", "alice", seconds=60)

    assert Books(settle(books.frozen(tmp_path))).paid("alice") == usdt("1")


@pytest.mark.parametrize(("pool", "units"), [(10, [3, 3, 4]), (11, [3, 4, 4])], ids=["one over", "two over"])
def test_units_that_cannot_be_divided_go_one_each(tmp_path: Path, pool: int, units: list[int]) -> None:
    """Three creators with equal points and 10 units: 3 each, and the one that is over goes to one of them."""
    books = Week(policy={"pool_units": pool, "cap_bp": UNCAPPED, "minimum_units": 0})
    for name in ("alice", "bob", "carol"):
        books.creator(name)
        books.viewer(f"reader of {name}")
        books.did(f"reader of {name}", name, seconds=60)

    found = Books(settle(books.frozen(tmp_path)))

    assert sorted(found.paid(name) for name in ("alice", "bob", "carol")) == units
