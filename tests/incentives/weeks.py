"""Frozen weeks for tests: people by name, and what they did, written as the freeze writes them."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from incentives.settlement.frozen import Policy, Weights

DEFAULTS: dict[str, Any] = {
    "version": 1,
    "week": "2026-W47",
    "pool_units": 0,
    "budget_nano": 12_000_000_000,
    "cap_bp": 1000,
    "minimum_units": 1_000_000,
    "weights_nano": {
        "minute": 10**9,
        "like": 10**9 // 2,
        "bookmark": 10**9 // 2,
        "comment": 3 * 10**9,
        "share": 2 * 10**9,
        "component": 10**9,
    },
}
Done = tuple[int, int, int, int, int, int]  # dwell seconds, liked, bookmarked, comments, shared, component


@cache
def uid(name: str) -> str:
    """The id of somebody or something with that name."""
    return str(uuid5(NAMESPACE_DNS, name))


@dataclass
class Week:
    """A week; money in USDT only where a scenario says so, everywhere else in base units."""

    policy: dict[str, Any] = field(default_factory=dict)
    viewers: dict[str, tuple[int, str]] = field(default_factory=dict)  # value in nano, cluster
    creators: dict[str, tuple[int, str, int]] = field(default_factory=dict)  # standing, cluster, accrued
    units: dict[tuple[str, str, str], Done] = field(default_factory=dict)  # viewer, creator, content

    def viewer(self, name: str, value: int = 10**9, cluster: str = "") -> None:
        """Somebody whose attention counts."""
        self.viewers[name] = value, cluster

    def creator(self, name: str, standing: int = 1000, cluster: str = "", accrued: int = 0) -> None:
        """Somebody who can be paid."""
        self.creators[name] = standing, cluster, accrued

    def did(self, viewer: str, creator: str, content: str = "post", **done: int) -> None:
        """What `viewer` did with one content of `creator`."""
        self.units[viewer, creator, content] = (
            done.get("seconds", 0),
            done.get("liked", 0),
            done.get("bookmarked", 0),
            done.get("comments", 0),
            done.get("shared", 0),
            done.get("component", 0),
        )

    def files(self) -> dict[str, str]:
        """The four files."""
        return {
            "policy.json": json.dumps({**DEFAULTS, **self.policy}),
            "viewers.csv": _table(
                "viewer_id,value_nano,cluster_id",
                [(uid(name), value, _cluster(cluster)) for name, (value, cluster) in self.viewers.items()],
            ),
            "creators.csv": _table(
                "creator_id,standing_permille,cluster_id,accrued_units",
                [(uid(name), x, _cluster(cluster), y) for name, (x, cluster, y) in self.creators.items()],
            ),
            "units.csv": _table(
                "viewer_id,creator_id,content_id,dwell_seconds,liked,bookmarked,comments,shared,component",
                [(*(uid(name) for name in key), *done) for key, done in self.units.items()],
            ),
        }

    def frozen(self, directory: Path) -> Path:
        """`directory`, with the four files in it."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in self.files().items():
            (directory / name).write_bytes(text.encode())
        return directory


def policy_of(**changed: int) -> Policy:
    """The usual policy, but for this."""
    values = {**DEFAULTS, **changed}
    weights = Weights(**values.pop("weights_nano"))
    return Policy(**values, weights=weights)


def _cluster(name: str) -> str:
    return uid(name) if name else ""


def _table(header: str, rows: list[tuple[Any, ...]]) -> str:
    return "".join(f"{line}\n" for line in [header, *sorted(",".join(map(str, row)) for row in rows)])
