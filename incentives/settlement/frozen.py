"""The frozen inputs of a week (FORMULAS, §3): a directory of four files, read strictly.

Whoever recomputes a week must come to the same bytes, so nothing is guessed here: what is not exactly as agreed is
refused, with the file and the line.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

FILES: Final = ("creators.csv", "policy.json", "units.csv", "viewers.csv")
VIEWERS: Final = b"viewer_id,value_nano,cluster_id"
CREATORS: Final = b"creator_id,standing_permille,cluster_id,accrued_units"
UNITS: Final = b"viewer_id,creator_id,content_id,dwell_seconds,liked,bookmarked,comments,shared,component"

NANO: Final = 10**9  # of one
ID: Final = 36  # characters of a UUID
LARGEST: Final = 10**18 - 1  # no figure of an input has more digits: a million millions of USDT
WHOLE: Final = 1000  # permille of a standing without strikes

_UUID: Final = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NUMBER: Final = rb"(0|[1-9][0-9]{0,17})"
_VIEWER: Final = re.compile(rb"(%b),%b,(%b)?" % (_UUID, _NUMBER, _UUID))
_CREATOR: Final = re.compile(rb"(%b),%b,(%b)?,%b" % (_UUID, _NUMBER, _UUID, _NUMBER))
_GIVEN: Final = re.compile(rb"([0-9]|[1-9][0-9]|1[0-7][0-9]|180),([01]),([01]),([0-3]),([01]),([01])")
_WEEK: Final = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class MalformedInput(ValueError):
    """An input that is not exactly as agreed; says where."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing that a viewer does with a content weighs, in nano."""

    minute: int
    like: int
    bookmark: int
    comment: int
    share: int
    component: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules and the pool of one week."""

    version: int
    week: str
    pool_units: int
    budget_nano: int
    cap_bp: int
    minimum_units: int
    weights: Weights


@dataclass(frozen=True, slots=True)
class Creator:
    """Who can be paid: standing, linked accounts, and what was too little to be paid before."""

    id: str
    standing_permille: int
    cluster: bytes | None
    accrued_units: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose attention counts, how much, and which creator (by place in the list) is the same person."""

    value_nano: int
    cluster: bytes | None
    own: int | None


@dataclass(frozen=True)
class Frozen:
    """A week's inputs. The units stay in their file: there may be many millions."""

    directory: Path
    policy: Policy
    creators: list[Creator]

    @cached_property
    def places(self) -> dict[bytes, int]:
        """A creator's id → its place in `creators`."""
        return {creator.id.encode(): place for place, creator in enumerate(self.creators)}

    @cached_property
    def viewers(self) -> dict[bytes, Viewer]:
        """Everybody in viewers.csv, which is read when it is first asked for; raises MalformedInput."""
        return dict(_viewers(self.directory, self.creators, self.places))


def inputs_hash(directory: Path) -> str:
    """SHA-256, as hex, over `name LF bytes` of the four files in order of name."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(name.encode() + b"\n")
        with opened(directory, name) as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def read(directory: Path) -> Frozen:
    """The policy and the creators of the frozen `directory`; raises MalformedInput."""
    return Frozen(directory, _policy(directory), list(_creators(directory)))


def opened(directory: Path, name: str) -> Any:
    """The file, to be read; raises MalformedInput."""
    try:
        return (directory / name).open("rb")
    except OSError as error:
        raise MalformedInput(name, 0, "cannot be read") from error


def lines(directory: Path, name: str, header: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines after the header with their numbers, each with its LF."""
    with opened(directory, name) as file:
        if file.readline() != header + b"\n":
            raise MalformedInput(name, 1, f"the header is not {header.decode()}")
        yield from enumerate(file, 2)


def _records(directory: Path, name: str, header: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in lines(directory, name, header):
        if not line.endswith(b"\n"):
            raise MalformedInput(name, number, "the line does not end with LF")
        yield number, line[:-1]


# --- the policy ---------------------------------------------------------------------------------------------------


def _policy(directory: Path) -> Policy:
    name = "policy.json"
    with opened(directory, name) as file:
        text = file.read()
    try:
        found = json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError) as error:  # not UTF-8 and not JSON are both ValueErrors
        raise MalformedInput(name, 1, f"is not the JSON that was agreed: {error}") from error
    try:
        fields = _exactly(found, {"version", "week", "weights_nano", *_NUMBERS})
        weights = _exactly(fields["weights_nano"], set(Weights.__slots__))
        return Policy(
            version=_number(fields, "version"),
            week=_week(fields["week"]),
            weights=Weights(**{key: _number(weights, key) for key in weights}),
            **{key: _number(fields, key, most) for key, most in _NUMBERS.items()},
        )
    except ValueError as error:
        raise MalformedInput(name, 1, str(error)) from error


_NUMBERS: Final = {"pool_units": LARGEST, "budget_nano": LARGEST, "cap_bp": 10_000, "minimum_units": LARGEST}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")


def _exactly(found: Any, keys: set[str]) -> dict[str, Any]:
    if not isinstance(found, dict) or set(found) != keys:
        raise ValueError(f"the keys are not {', '.join(sorted(keys))}")
    return found


def _number(found: dict[str, Any], key: str, most: int = LARGEST) -> int:
    value = found[key]
    # True is an int to Python, and 1 to nobody else.
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{key} is no whole number from 0 to {most}")
    return value


def _week(value: Any) -> str:
    if not isinstance(value, str) or not (match := _WEEK.fullmatch(value)):
        raise ValueError("week is not written like 2026-W47")
    date.fromisocalendar(int(match[1]), int(match[2]), 1)  # a ValueError when the year has no such week
    return value


# --- the people ---------------------------------------------------------------------------------------------------


def _creators(directory: Path) -> Iterator[Creator]:
    name, last = "creators.csv", b""
    for number, line in _records(directory, name, CREATORS):
        match = _CREATOR.fullmatch(line)
        if not match:
            raise MalformedInput(name, number, "is not creator, standing, cluster, accrued")
        key, standing, cluster, accrued = match.groups()
        if key <= last:
            raise MalformedInput(name, number, "is not sorted, or stands twice")
        if int(standing) > WHOLE:
            raise MalformedInput(name, number, f"the standing is above {WHOLE}")
        last = key
        yield Creator(key.decode(), int(standing), cluster, int(accrued))


def _viewers(directory: Path, creators: list[Creator], places: dict[bytes, int]) -> Iterator[tuple[bytes, Viewer]]:
    name, last = "viewers.csv", b""
    clusters: dict[bytes, bytes] = {}  # one object for each cluster, however many are in it
    for number, line in _records(directory, name, VIEWERS):
        match = _VIEWER.fullmatch(line)
        if not match:
            raise MalformedInput(name, number, "is not viewer, value, cluster")
        key, value, cluster = match.groups()
        if key <= last:
            raise MalformedInput(name, number, "is not sorted, or stands twice")
        last, own = key, places.get(key)
        if own is not None and creators[own].cluster != cluster:
            raise MalformedInput(name, number, "is in another cluster as a creator")
        yield key, Viewer(int(value), clusters.setdefault(cluster, cluster) if cluster else None, own)


# --- what they did ------------------------------------------------------------------------------------------------


def effect(given: bytes, weights: Weights) -> int | None:
    """Step 1: e of one content in nano, from `dwell_seconds,liked,…,component`; None when that is malformed."""
    match = _GIVEN.fullmatch(given)
    if not match:
        return None
    dwell, liked, bookmarked, comments, shared, component = map(int, match.groups())
    return (
        dwell * weights.minute // 60
        + liked * weights.like
        + bookmarked * weights.bookmark
        + comments * weights.comment
        + shared * weights.share
        + component * weights.component
    )


CONTENT: Final = re.compile(rb",%b," % _UUID)
