"""FORMULAS, §3, once more: as slowly and as literally as it can be written, to compare with."""

import csv
import hashlib
import json
from collections import defaultdict
from math import isqrt
from pathlib import Path
from typing import Any

NANO = 10**9
Rows = list[dict[str, str]]


def rows(directory: Path, name: str) -> Rows:
    with (directory / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def naive_points(policy: dict[str, Any], viewers: Rows, creators: Rows, units: Rows) -> dict[str, int]:
    weights = policy["weights_nano"]
    effects: dict[tuple[str, str], int] = defaultdict(int)
    for unit in units:
        one = int(unit["dwell_seconds"]) * weights["minute"] // 60
        for column, weight in (("liked", "like"), ("bookmarked", "bookmark"), ("comments", "comment")):
            one += int(unit[column]) * weights[weight]
        one += int(unit["shared"]) * weights["share"] + int(unit["component"]) * weights["component"]
        effects[unit["viewer_id"], unit["creator_id"]] += one
    felt = {pair: isqrt(NANO * e) for pair, e in effects.items()}
    given = {}
    for viewer in viewers:
        mine = {creator: p for (u, creator), p in felt.items() if u == viewer["viewer_id"]}
        for creator, p in mine.items():
            w = int(viewer["value_nano"]) * p // NANO
            if sum(mine.values()) > policy["budget_nano"]:
                w = w * policy["budget_nano"] // sum(mine.values())
            given[viewer["viewer_id"], creator] = w
    kept = {}
    for (u, c), w in given.items():
        back = given.get((c, u), 0)
        kept[u, c] = w - 8 * w * min(w, back) // (10 * max(w, back)) if w and back else w
    clusters = {viewer["viewer_id"]: viewer["cluster_id"] or viewer["viewer_id"] for viewer in viewers}
    found = {}
    for row in creators:
        own = {row["creator_id"], row["cluster_id"]}
        squares: dict[str, int] = defaultdict(int)
        for (u, c), w in kept.items():
            if c == row["creator_id"] and u != c and clusters[u] not in own:
                squares[clusters[u]] += w * w
        points = sum(map(isqrt, squares.values()))
        found[row["creator_id"]] = points * int(row["standing_permille"]) // 1000
    return found


def naive_amounts(policy: dict[str, Any], points: dict[str, int]) -> tuple[dict[str, int], int]:
    cap = policy["pool_units"] * policy["cap_bp"] // 10000
    amounts = dict.fromkeys(points, 0)
    active, left = {creator for creator, mine in points.items() if mine}, policy["pool_units"]
    while active:
        total = sum(points[creator] for creator in active)
        over = {creator for creator in active if left * points[creator] // total > cap}
        if not over:
            break
        for creator in over:
            amounts[creator] = cap
        active, left = active - over, left - cap * len(over)
    if not active:
        return amounts, left
    for creator in active:
        amounts[creator] = left * points[creator] // total
    ranked = sorted(
        active,
        key=lambda creator: (
            -(left * points[creator] % total),
            hashlib.sha256(f"{policy['week']}{creator}".encode()).hexdigest(),
        ),
    )
    for creator in ranked[: left - sum(amounts[creator] for creator in active)]:
        amounts[creator] += 1
    return amounts, 0


def naive_statement(directory: Path) -> str:
    policy = json.loads((directory / "policy.json").read_text())
    creators = rows(directory, "creators.csv")
    points = naive_points(policy, rows(directory, "viewers.csv"), creators, rows(directory, "units.csv"))
    amounts, _ = naive_amounts(policy, points)
    text = "creator_id,points_nano,amount_units,paid_units,accrued_units\n"
    for creator in sorted(creators, key=lambda row: row["creator_id"]):
        key = creator["creator_id"]
        owed = int(creator["accrued_units"]) + amounts[key]
        paid = owed if owed >= policy["minimum_units"] else 0
        text += f"{key},{points[key]},{amounts[key]},{paid},{owed - paid}\n"
    return text
