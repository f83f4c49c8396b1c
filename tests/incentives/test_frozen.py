"""What is not exactly as agreed is refused, with the file and the line."""

import json
from pathlib import Path
from typing import Any

import pytest

from incentives.settlement.frozen import MalformedInput
from incentives.settlement.statement import settle
from tests.incentives.weeks import DEFAULTS, Week, uid

A, B, C = sorted(uid(name) for name in ("alice", "bob", "carol"))
VIEWERS = "viewer_id,value_nano,cluster_id\n"
CREATORS = "creator_id,standing_permille,cluster_id,accrued_units\n"
UNITS = "viewer_id,creator_id,content_id,dwell_seconds,liked,bookmarked,comments,shared,component\n"
GOOD = {
    "viewers.csv": f"{VIEWERS}{A},5,\n{B},7,\n",
    "creators.csv": f"{CREATORS}{B},1000,,0\n{C},1000,,0\n",
    "units.csv": f"{UNITS}{A},{B},{A},60,0,0,0,0,0\n{A},{C},{A},60,0,0,0,0,0\n",
    "policy.json": json.dumps(DEFAULTS),
}


def refused(tmp_path: Path, name: str, content: str | bytes) -> str:
    for file, text in GOOD.items():
        (tmp_path / file).write_bytes(text.encode())
    settle(tmp_path)  # everything else is right
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(MalformedInput) as caught:
        settle(tmp_path)
    assert (caught.value.file, str(caught.value)) == (name, f"{name}:{caught.value.line}: {caught.value.reason}")
    return f"{caught.value.line}: {caught.value.reason}"


@pytest.mark.parametrize(
    "value",
    [
        *("-1", "-0", "NaN", "nan", "Infinity", "-Infinity", "inf", "1e9", "1e400", "1.0", "0.0", "+1", "+0", "01"),
        *(" 1", "", "1" * 19, "9" * 400, "٣", "1_000", "0x10", ":", "1:", "None"),
    ],
    ids=ascii,
)
def test_numbers_are_whole_and_bounded(tmp_path: Path, value: str) -> None:
    assert refused(tmp_path, "viewers.csv", f"{VIEWERS}{A},{value},\n") == "2: is not viewer, value, cluster"
    assert refused(tmp_path, "creators.csv", f"{CREATORS}{A},1000,,{value}\n").startswith("2: is not creator")
    assert refused(tmp_path, "units.csv", f"{UNITS}{A},{B},{A},{value},0,0,0,0,0\n").startswith("2: what was done")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (f"{A},5,\n{A},5,\n", "3: is not sorted, or stands twice"),
        (f"{B},5,\n{A},5,\n", "3: is not sorted, or stands twice"),
        (f"{A.upper()},5,\n", "2: is not viewer, value, cluster"),
        (f"{A},5,red\n", "2: is not viewer, value, cluster"),
        (f"{A},5,,\n", "2: is not viewer, value, cluster"),
        (f"{A},5,\r\n", "2: is not viewer, value, cluster"),
        ("\n", "2: is not viewer, value, cluster"),
        (f"{A},5,", "2: the line does not end with LF"),
        (f"{A},5,\n{B},5,{C}\n", "3: is in another cluster as a creator"),
    ],
    ids=["twice", "unsorted", "upper", "cluster", "columns", "crlf", "blank", "cut", "two clusters"],
)
def test_a_bad_viewer_is_refused(tmp_path: Path, lines: str, reason: str) -> None:
    assert refused(tmp_path, "viewers.csv", VIEWERS + lines) == reason


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (f"{B},1001,,0\n", "2: the standing is above 1000"),
        (f"{B},1000,,0\n{B},1000,,0\n", "3: is not sorted, or stands twice"),
        (f"{B},1000,0\n", "2: is not creator, standing, cluster, accrued"),
    ],
    ids=["standing", "twice", "columns"],
)
def test_a_bad_creator_is_refused(tmp_path: Path, lines: str, reason: str) -> None:
    assert refused(tmp_path, "creators.csv", CREATORS + lines) == reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{A},{C},{B},181,0,0,0,0,0", "what was done is not within the caps"),
        (f"{A},{C},{B},60,2,0,0,0,0", "what was done is not within the caps"),
        (f"{A},{C},{B},60,0,0,4,0,0", "what was done is not within the caps"),
        (f"{A},{C},{B},60,0,0,0,0", "what was done is not within the caps"),
        (f"{A},{C},{B},60,0,0,0,0,0,0", "what was done is not within the caps"),
        (f"{A},{C},{A},60,0,0,0,0,0", "is not sorted, or stands twice"),
        (f"{A},{B},{A},60,0,0,0,0,0", "is not sorted, or stands twice"),
        (f"{A},{C},{'z' * 36},60,0,0,0,0,0", "the content is no UUID in lower case"),
        (f"{A},{C},{B};60,0,0,0,0,0", "the content is no UUID in lower case"),
        (f"{C},{C},{B},60,0,0,0,0,0", "the viewer is not in viewers.csv"),
        (f"{B},{A},{B},60,0,0,0,0,0", "the creator is not in creators.csv"),
        (f"{B};{C},{B},60,0,0,0,0,0", "the viewer is not in viewers.csv"),
        ("", "is not sorted, or stands twice"),
    ],
    ids=[
        *("dwell", "flag", "comments", "short", "long", "twice", "unsorted"),
        *("content", "separator", "viewer", "creator", "comma", "blank"),
    ],
)
def test_a_bad_unit_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    assert refused(tmp_path, "units.csv", f"{GOOD['units.csv']}{line}\n") == f"4: {reason}"


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "units.csv", GOOD["units.csv"][:-1]) == "3: the line does not end with LF"


@pytest.mark.parametrize("name", ["viewers.csv", "creators.csv", "units.csv"])
def test_a_wrong_header_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, name, "\ufeff" + GOOD[name]).startswith("1: the header is not ")
    assert refused(tmp_path, name, "").startswith("1: the header is not ")


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    for file in GOOD.keys() - {name}:
        (tmp_path / file).write_text(GOOD[file])

    with pytest.raises(MalformedInput, match=f"{name}:0: cannot be read"):
        settle(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pool_units", -1),
        ("pool_units", 1.5),
        ("pool_units", 10**18),
        ("pool_units", float("nan")),
        ("pool_units", float("inf")),
        ("pool_units", float("-inf")),
        ("pool_units", -0.0),
        ("pool_units", True),
        ("pool_units", "5"),
        ("budget_nano", None),
        ("cap_bp", 10_001),
        ("week", "2026-W54"),
        ("week", "2026-47"),
        ("week", 202_647),
        ("weights_nano", {"minute": 1}),
        ("weights_nano", [1, 2]),
        ("weights_nano", {**DEFAULTS["weights_nano"], "like": -1}),
        ("more", 1),
    ],
    ids=str,
)
def test_a_bad_policy_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    assert refused(tmp_path, "policy.json", json.dumps({**DEFAULTS, key: value})).startswith("1: ")


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"[]", b"\xff\xfe", b'{"version": 1, "version": 2}', b"[" * 100_000),
        json.dumps(DEFAULTS).replace('"pool_units": 0', '"pool_units": 1e400').encode(),
        json.dumps(DEFAULTS).replace('"pool_units": 0', f'"pool_units": {"9" * 5000}').encode(),
    ],
    ids=["empty", "cut", "list", "no utf-8", "a key twice", "deep", "infinite", "endless"],
)
def test_what_is_no_policy_is_refused(tmp_path: Path, text: bytes) -> None:
    assert refused(tmp_path, "policy.json", text).startswith("1: ")


def test_the_year_with_53_weeks_has_its_last(tmp_path: Path) -> None:
    directory = Week(policy={"week": "2026-W53"}).frozen(tmp_path)

    assert settle(directory).policy.week == "2026-W53"
