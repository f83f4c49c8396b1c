"""By columns it is what the rows say, to the nano; and where columns cannot be certain they leave it to the rows."""

import random
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incentives.settlement import columns, frozen, points, wholesale
from incentives.settlement.exact import Doubtful, fitting, quotients, roots
from incentives.settlement.fields import Ids
from incentives.settlement.frozen import LARGEST, NANO
from incentives.settlement.statement import settle
from tests.incentives.naive import naive_points, naive_statement, rows
from tests.incentives.test_settlement import FEW, random_week
from tests.incentives.weeks import DEFAULTS, Week, uid

ROOM = 1 << 62  # 64 bits hold it, and its double
GREAT = 1 << 50  # no quotient comes so far
SIZES = st.one_of(st.integers(0, 3), st.integers(0, 10**10), st.integers(ROOM - 10**10, ROOM - 1))


MANY = settings(FEW, max_examples=200)


def column(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def naive(directory: Path, policy: dict[str, Any]) -> list[int]:
    people = (rows(directory, f"{name}.csv") for name in ("viewers", "creators", "units"))
    return list(naive_points({**DEFAULTS, **policy}, *people).values())


def by_column(directory: Path) -> list[int]:
    return wholesale.points_by_column(frozen.read(directory))


# --- the arithmetic -----------------------------------------------------------------------------------------------


@MANY
@given(st.lists(SIZES, min_size=1))
def test_roots_are_exact(totals: list[int]) -> None:
    assert roots(column(*totals)).tolist() == [isqrt(NANO * one) for one in totals]


@MANY
@given(st.integers(0, 67_000_000_000), st.integers(-1, 1))
def test_roots_are_exact_beside_a_square(root: int, beside: int) -> None:
    one = max(root * root // NANO + beside, 0)

    assert roots(column(one)).tolist() == [isqrt(NANO * one)]


@MANY
@given(st.lists(st.tuples(SIZES, SIZES, SIZES), min_size=1))
def test_quotients_are_exact_or_doubtful(cases: list[tuple[int, int, int]]) -> None:
    for one, other, divisor in cases:
        expected = one * other // (divisor or 1)
        try:
            found = quotients(column(one), column(other), column(divisor or 1)).tolist()
        except Doubtful:
            assert expected >= GREAT - 1
        else:
            assert (found, expected < GREAT) == ([expected], True)


@MANY
@given(st.integers(1, ROOM - 1), st.integers(0, GREAT - 2), st.integers(-1, 1))
def test_quotients_are_exact_beside_a_whole(divisor: int, whole: int, beside: int) -> None:
    one = min(max(divisor * whole + beside, 0), (1 << 63) - 1)

    assert quotients(column(one), 1, divisor).tolist() == [one // divisor]


def test_what_64_bits_may_not_hold_is_doubtful() -> None:
    assert fitting(column(ROOM - 1)) == ROOM - 1
    assert fitting(column()) == 0
    assert quotients(column(), column(), column()).tolist() == []
    assert quotients(column(5), 1, ROOM - 1).tolist() == [0]
    for numbers in (column(ROOM), column(ROOM // 2, 0)):
        with pytest.raises(Doubtful):
            fitting(numbers)
    with pytest.raises(Doubtful):
        quotients(column(5), 1, ROOM)
    with pytest.raises(Doubtful):
        quotients(column(GREAT), 1, 1)


# --- the weeks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_columns_say_what_rows_say(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    week = random_week(seed)
    directory = week.frozen(tmp_path)
    expected = points.points(frozen.read(directory))

    if week.viewers and week.creators:
        assert by_column(directory) == expected == naive(directory, week.policy)
        monkeypatch.setattr(columns, "_BLOCK", random.Random(seed).randint(1, 2000))
        assert by_column(directory) == expected
    else:
        with pytest.raises(Doubtful):
            by_column(directory)
    assert wholesale.points(frozen.read(directory)) == expected


NASTY = st.sampled_from([0, 1, 2, 59, 60, 61, NANO - 1, NANO, NANO + 1, 3_600_000_000, 10**12])
BEYOND = st.sampled_from([10**15, 1 << 50, LARGEST - 1, LARGEST])


@st.composite
def nasty_weeks(draw: st.DrawFn, sizes: st.SearchStrategy[int] = NASTY) -> Week:
    """Few people who all know each other, so that ties, ways back and clusters are in every week."""
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    weights = {name: draw(sizes) for name in DEFAULTS["weights_nano"]}
    week = Week(policy={"budget_nano": draw(sizes), "pool_units": draw(sizes), "weights_nano": weights})
    clusters = {name: draw(st.sampled_from(["", "red", "blue"])) for name in names}
    for name in names:
        week.viewer(name, draw(sizes), clusters[name])
        if name == names[0] or draw(st.booleans()):
            week.creator(name, draw(st.sampled_from([0, 1, 500, 1000])), clusters[name])
    for _ in range(draw(st.integers(0, 30))):
        week.did(
            draw(st.sampled_from(names)),
            draw(st.sampled_from(list(week.creators))),
            draw(st.sampled_from(["one", "two"])),
            seconds=draw(st.sampled_from([0, 1, 9, 10, 59, 99, 100, 180])),
            liked=draw(st.integers(0, 1)),
            comments=draw(st.integers(0, 3)),
            component=draw(st.integers(0, 1)),
        )
    return week


@FEW
@given(week=nasty_weeks())
def test_columns_say_what_the_slow_way_says(tmp_path: Path, week: Week) -> None:
    directory = week.frozen(tmp_path)

    assert by_column(directory) == naive(directory, week.policy)
    assert settle(directory).statement().decode() == naive_statement(directory)


@FEW
@given(week=nasty_weeks(st.one_of(NASTY, BEYOND)))
def test_beyond_all_sense_it_is_still_what_the_slow_way_says(tmp_path: Path, week: Week) -> None:
    directory = week.frozen(tmp_path)

    assert settle(directory).statement().decode() == naive_statement(directory)


def test_an_ordinary_week_is_worked_out_by_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = random_week(5).frozen(tmp_path)
    expected = naive_statement(directory)
    monkeypatch.setattr(points, "points", None)

    assert settle(directory).statement().decode() == expected


def test_the_greatest_sums_are_left_to_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything fits but what all together hand out, from block to block."""
    monkeypatch.setattr(columns, "_BLOCK", 100_000)
    week = Week(policy={"budget_nano": LARGEST, "weights_nano": {**DEFAULTS["weights_nano"], "minute": 10**12}})
    week.creator("alice")
    for number in range(5000):
        week.viewer(f"viewer {number}", 35 * 10**12)
        week.did(f"viewer {number}", "alice", seconds=60)
    directory = week.frozen(tmp_path)

    with pytest.raises(Doubtful):
        by_column(directory)
    assert wholesale.points(frozen.read(directory)) == [5000 * (35 * isqrt(10**21) * 1000)]


@pytest.mark.parametrize("name", DEFAULTS["weights_nano"])
def test_a_weight_that_could_not_be_added_up_is_left_to_the_rows(tmp_path: Path, name: str) -> None:
    week = Week(policy={"weights_nano": {**DEFAULTS["weights_nano"], name: LARGEST}})
    week.creator("alice")
    week.viewer("bob")
    for post in map(str, range(12)):
        week.did("bob", "alice", post, seconds=180, liked=1, bookmarked=1, comments=3, shared=1, component=1)
    directory = week.frozen(tmp_path)

    with pytest.raises(Doubtful):
        by_column(directory)
    assert wholesale.points(frozen.read(directory)) == naive(directory, week.policy)


def test_roots_of_squares_are_exact_where_a_float_is_not(tmp_path: Path) -> None:
    week = Week(policy={"budget_nano": LARGEST})
    week.creator("alice")
    for number in range(121):
        week.viewer(f"viewer {number}", 1_000_000_000_000_001, "red")
        week.did(f"viewer {number}", "alice", seconds=60)

    assert by_column(week.frozen(tmp_path)) == [11 * 1_000_000_000_000_001]  # odd, and above 2⁵³


# --- the files ----------------------------------------------------------------------------------------------------


def test_a_viewer_of_too_many_units_is_left_to_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    week = Week()
    for name in ("alice", "bob"):
        week.creator(name)
        week.viewer(name)
    for number in range(20):
        week.did("bob", "alice", f"post {number}", seconds=60)
    directory = week.frozen(tmp_path)
    monkeypatch.setattr(columns, "_BLOCK", 500)
    assert by_column(directory) == naive(directory, {})

    monkeypatch.setattr(columns, "_WEEK", 1000)
    with pytest.raises(Doubtful):
        by_column(directory)
    assert wholesale.points(frozen.read(directory)) == naive(directory, {})


def test_a_viewer_who_comes_again_is_noticed_from_block_to_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = Week()
    for name in ("alice", "bob", "carol"):
        week.creator(name)
        week.viewer(name)
        for post in "xyz":
            week.did(name, "alice", post, seconds=60)
    directory = week.frozen(tmp_path)
    header, *units = (directory / "units.csv").read_bytes().splitlines(keepends=True)
    (directory / "units.csv").write_bytes(b"".join([header, *units, units[0]]))

    for size in range(1, 1500, 50):
        monkeypatch.setattr(columns, "_BLOCK", size)
        with pytest.raises(Doubtful):
            by_column(directory)
    with pytest.raises(frozen.MalformedInput, match=r"units.csv:11: is not sorted"):
        settle(directory)


@pytest.mark.parametrize("lines", [(0, 1, 2, 3, 3), (0, 1, 2, 2, 3), (0, 1, 3, 2), (1, 0, 2, 3)], ids=str)
def test_the_order_is_looked_at_in_every_viewers_week(tmp_path: Path, lines: tuple[int, ...]) -> None:
    week = Week()
    week.creator("alice")
    for name in ("bob", "carol"):
        week.viewer(name)
        for post in "xy":
            week.did(name, "alice", post, seconds=60)
    directory = week.frozen(tmp_path)
    header, *units = (directory / "units.csv").read_bytes().splitlines(keepends=True)
    (directory / "units.csv").write_bytes(b"".join([header, *(units[line] for line in lines)]))

    with pytest.raises(Doubtful):
        by_column(directory)


def test_ids_are_found_whoever_shares_their_slot() -> None:
    # What their slots are made of is the same for all of them; the first and the last of the order are missing.
    names = sorted(f"{number:04x}0000-0000-4000-8000-000000000000" for number in range(1, 300, 2))
    ids = Ids(np.array(names, "S36"))
    asked = np.array([*names, *(f"{n:04x}0000-0000-4000-8000-000000000000" for n in (0, 2, 300))], "S36")

    places, there = ids.find(asked)

    assert places[:150].tolist() == list(range(150))
    assert there.tolist() == [True] * 150 + [False] * 3
    with pytest.raises(Doubtful):
        ids.places(asked)


@pytest.mark.parametrize("order", [(), (0, 0), (1, 0), (0, 2, 1)], ids=str)
def test_ids_that_are_none_or_not_in_order_are_doubtful(order: tuple[int, ...]) -> None:
    names = sorted(uid(name) for name in ("alice", "bob", "carol"))

    with pytest.raises(Doubtful):
        Ids(np.array([names[place] for place in order], "S36"))


@pytest.mark.parametrize("cluster", ["", "red"])
@pytest.mark.parametrize("value", [0, 9, 10, 10**16, 10**17 - 1, 10**17, LARGEST])
def test_values_are_read_whole_with_a_cluster_and_without(tmp_path: Path, value: int, cluster: str) -> None:
    week = Week()
    week.creator("alice")
    week.viewer("bob", value, cluster)

    found = columns.people(frozen.read(week.frozen(tmp_path)))

    assert (found.values.tolist(), found.clusters.tolist()[0] == columns.NOBODY) == ([value], not cluster)


def test_a_block_is_some_viewers_whole_weeks_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    week = Week()
    week.creator("alice")
    for number in range(40):
        week.viewer(f"viewer {number}")
        for post in "xyz":
            week.did(f"viewer {number}", "alice", post, seconds=60)
    inputs = frozen.read(week.frozen(tmp_path))
    monkeypatch.setattr(columns, "_BLOCK", 1000)  # bytes: two viewers with three units of 123, and what was left over

    found = [some.viewers.tolist() for some in columns.units(inputs, columns.people(inputs))]

    assert [viewer for viewers in found for viewer in viewers] == [viewer for viewer in range(40) for _ in "xyz"]
    assert {len(viewers) for viewers in found} <= {3, 6, 9}
