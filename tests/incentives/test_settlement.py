"""Whatever the week: exact to the unit, the same from any order, the same as the slow way."""

import json
import random
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.settlement import frozen, merkle
from incentives.settlement.pool import shared
from incentives.settlement.statement import HEADER, STATEMENT, TOTALS, recompute, settle
from tests.incentives.naive import naive_amounts, naive_statement
from tests.incentives.weeks import DEFAULTS, Week, policy_of, uid

EMPTY = """{
  "week": "2026-W47",
  "policy_version": 1,
  "inputs_sha256": "%(inputs_sha256)s",
  "statement_sha256": "%(statement_sha256)s",
  "merkle_root": null,
  "creators": 0,
  "points_nano": "0",
  "pool_units": "77",
  "accrued_before_units": "0",
  "amount_units": "0",
  "paid_units": "0",
  "accrued_units": "0",
  "rolled_over_units": "77"
}
"""
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def random_week(seed: int) -> Week:
    """A small planet where people are viewers and creators, linked and not, with weights and money of any size."""
    chance = random.Random(seed)
    policy = {
        "pool_units": chance.choice([0, 1, 7, 999, 10**6, 123_456_789, 10**15]),
        "budget_nano": chance.choice([0, 10**9, 3 * 10**9, 12 * 10**9]),
        "cap_bp": chance.choice([0, 1, 500, 1000, 3333, 10_000]),
        "minimum_units": chance.choice([0, 1, 10**6, 10**8]),
    }
    week = Week(policy=policy)
    people = [f"person {number}" for number in range(chance.randint(1, 14))]
    clusters = {name: chance.choice(["", "", "", "red", "blue"]) for name in people}
    for name in people:
        if chance.random() < 0.8:
            week.viewer(name, chance.choice([0, 1, 5 * 10**8, 10**9, 3_600_000_000]), clusters[name])
        if chance.random() < 0.6:
            week.creator(name, chance.choice([1000, 1000, 500, 0]), clusters[name], chance.choice([0, 1, 999_999]))
    if week.viewers and week.creators:
        for number in range(chance.randint(0, 60)):
            week.did(
                chance.choice(list(week.viewers)),
                chance.choice(list(week.creators)),
                f"post {number % 5}",
                seconds=chance.randint(0, 180),
                liked=chance.randint(0, 1),
                bookmarked=chance.randint(0, 1),
                comments=chance.randint(0, 3),
                shared=chance.randint(0, 1),
                component=chance.randint(0, 1),
            )
    return week


@pytest.mark.parametrize("seed", range(60))
def test_it_is_what_the_slow_way_says_and_no_unit_is_lost(tmp_path: Path, seed: int) -> None:
    week = random_week(seed)
    directory = week.frozen(tmp_path)

    found = settle(directory)

    assert found.statement().decode() == naive_statement(directory)
    paid = sum(line.paid_units for line in found.lines)
    accrued = sum(line.accrued_units for line in found.lines)
    assert paid + accrued + found.rolled_over == found.policy.pool_units + found.accrued_before
    assert min([found.rolled_over, *(min(line.amount_units, line.accrued_units) for line in found.lines)]) >= 0


@FEW
@given(
    points=st.lists(st.integers(0, 10**13), min_size=1, max_size=12),
    pool=st.integers(0, 10**12),
    cap_bp=st.integers(0, 10_000),
)
def test_any_points_share_any_pool_to_the_unit(points: list[int], pool: int, cap_bp: int) -> None:
    ids = [uid(f"creator {number}") for number in range(len(points))]

    amounts, rolled_over = shared(policy_of(pool_units=pool, cap_bp=cap_bp), ids, points)

    assert sum(amounts) + rolled_over == pool
    assert max(amounts) <= pool * cap_bp // 10_000 + 1  # a unit of rounding comes after the cap
    slow, slow_over = naive_amounts(
        {**DEFAULTS, "pool_units": pool, "cap_bp": cap_bp}, dict(zip(ids, points, strict=True))
    )
    assert (amounts, rolled_over) == ([slow[creator] for creator in ids], slow_over)


@FEW
@given(order=st.permutations(range(6)))
def test_it_does_not_matter_who_came_first(order: list[int]) -> None:
    """Who stands where in the list decides nothing, not even between equals."""
    ids = [uid(f"creator {number}") for number in range(6)]
    points = [7, 7, 7, 5, 5, 1]
    policy = policy_of(pool_units=1000, cap_bp=2500)

    straight, _ = shared(policy, ids, points)
    amounts, _ = shared(policy, [ids[n] for n in order], [points[n] for n in order])

    assert amounts == [straight[n] for n in order]


def test_everybody_at_the_cap_and_the_rest_rolls_over(tmp_path: Path) -> None:
    week = Week(policy={"pool_units": 1000, "cap_bp": 3000, "minimum_units": 0})
    for number in range(3):
        week.creator(f"creator {number}")
        week.viewer(f"reader {number}")
        week.did(f"reader {number}", f"creator {number}", seconds=60)

    found = settle(week.frozen(tmp_path))

    assert [line.amount_units for line in found.lines] == [300, 300, 300]
    assert found.rolled_over == 100


def test_a_pool_smaller_than_its_creators_gives_each_a_unit_at_most() -> None:
    ids = [uid(f"creator {number}") for number in range(5000)]

    amounts, rolled_over = shared(policy_of(pool_units=1234), ids, [1] * 5000)

    assert (sorted(amounts), rolled_over) == ([0] * (5000 - 1234) + [1] * 1234, 0)


def test_nobody_engages_with_themselves_for_money(tmp_path: Path) -> None:
    week = Week(policy={"pool_units": 1000})
    week.viewer("alice")
    week.creator("alice")
    week.did("alice", "alice", seconds=180, comments=3)

    found = settle(week.frozen(tmp_path))

    assert (found.lines[0].points_nano, found.rolled_over) == (0, 1000)


# --- the files ----------------------------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    week = random_week(5)
    one, other = week.frozen(tmp_path / "one"), week.frozen(tmp_path / "other")

    recompute(one)
    recompute(other)
    first = (one / STATEMENT).read_bytes()
    recompute(one)  # once more, with its own results beside the inputs

    assert (one / STATEMENT).read_bytes() == (other / STATEMENT).read_bytes() == first
    assert (one / TOTALS).read_bytes() == (other / TOTALS).read_bytes()
    assert sorted(path.name for path in one.iterdir()) == sorted([*frozen.FILES, STATEMENT, TOTALS])


def test_the_totals_say_what_was_computed_from_what(tmp_path: Path) -> None:
    week = Week(policy={"pool_units": 10**9, "cap_bp": 2500})
    week.viewer("bob")
    week.creator("alice", accrued=5)
    week.did("bob", "alice", seconds=60)
    directory = week.frozen(tmp_path)

    recompute(directory)

    totals = json.loads((directory / TOTALS).read_text())
    root = merkle.Tree([merkle.leaf("2026-W47", uid("alice"), 250_000_000)]).root
    assert totals == {
        "week": "2026-W47",
        "policy_version": 1,
        "inputs_sha256": frozen.inputs_hash(directory),
        "statement_sha256": totals["statement_sha256"],
        "merkle_root": f"0x{root.hex()}",
        "creators": 1,
        "points_nano": "1000000000",
        "pool_units": "1000000000",
        "accrued_before_units": "5",
        "amount_units": "250000000",
        "paid_units": "250000005",
        "accrued_units": "0",
        "rolled_over_units": "750000000",
    }
    assert (directory / STATEMENT).read_text().splitlines()[1] == f"{uid('alice')},1000000000,250000000,250000005,0"


def test_a_planet_without_creators_rolls_over_and_has_no_root(tmp_path: Path) -> None:
    directory = Week(policy={"pool_units": 77}).frozen(tmp_path)

    recompute(directory)

    # To the byte: whoever recomputes the week compares files.
    found = {"inputs_sha256": frozen.inputs_hash(directory), "statement_sha256": sha256(HEADER.encode()).hexdigest()}
    assert (directory / TOTALS).read_text() == EMPTY % found


def test_a_changed_byte_changes_the_hash_of_the_inputs(tmp_path: Path) -> None:
    directory = random_week(5).frozen(tmp_path)
    before = frozen.inputs_hash(directory)

    (directory / "policy.json").write_bytes((directory / "policy.json").read_bytes() + b"\n")

    assert frozen.inputs_hash(directory) != before


def test_the_command_needs_nothing_but_the_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No database: this test has no mark that would let it near one."""
    directory = random_week(5).frozen(tmp_path)

    call_command("settlement", "recompute", str(directory))

    assert frozen.inputs_hash(directory) in capsys.readouterr().out
    assert (directory / STATEMENT).read_text() == naive_statement(directory)


def test_the_command_says_what_is_wrong_and_writes_nothing(tmp_path: Path) -> None:
    directory = random_week(5).frozen(tmp_path)
    (directory / "viewers.csv").write_bytes(b"viewer_id,value_nano,cluster_id\nbob,1,\n")

    with pytest.raises(CommandError, match=r"viewers\.csv:2: is not viewer, value, cluster"):
        call_command("settlement", "recompute", str(directory))

    assert not (directory / STATEMENT).exists()
