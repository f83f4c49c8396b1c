"""The settlement of a week: the pure computation over a frozen directory, against a naive loop and the floor.

The week has UNITS rows of VIEWERS for CREATORS; every tenth viewer is linked, every creator is a viewer too. The floor
reads the same file once and adds up one column for each pair, in Python, without checking anything.
"""

import argparse
import csv
import json
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from math import isqrt
from pathlib import Path
from uuid import UUID

from incentives.settlement.statement import recompute

NANO = 10**9
POLICY = {
    "version": 1,
    "week": "2026-W47",
    "pool_units": 50_000 * 10**6,
    "budget_nano": 12 * NANO,
    "cap_bp": 1000,
    "minimum_units": 10**6,
    "weights_nano": {
        "minute": NANO,
        "like": NANO // 2,
        "bookmark": NANO // 2,
        "comment": 3 * NANO,
        "share": 2 * NANO,
        "component": NANO,
    },
}


def fill(directory: Path, *, units: int, viewers: int, creators: int) -> None:
    """A frozen week of that size."""
    chance = random.Random(1)
    people = sorted(str(UUID(int=chance.getrandbits(128))) for _ in range(viewers))
    paid = sorted(chance.sample(people, creators))
    linked = {person: str(UUID(int=n // 10)) for n, person in enumerate(people[::10])}
    (directory / "policy.json").write_text(json.dumps(POLICY))
    with (directory / "viewers.csv").open("w", newline="") as file:
        file.write("viewer_id,value_nano,cluster_id\n")
        file.writelines(
            f"{one},{chance.choice((500, 800, 1000, 1200)) * 10**6},{linked.get(one, '')}\n" for one in people
        )
    with (directory / "creators.csv").open("w", newline="") as file:
        file.write("creator_id,standing_permille,cluster_id,accrued_units\n")
        file.writelines(f"{one},1000,{linked.get(one, '')},0\n" for one in paid)
    with (directory / "units.csv").open("w", newline="") as file:
        file.write("viewer_id,creator_id,content_id,dwell_seconds,liked,bookmarked,comments,shared,component\n")
        for viewer in people:
            keys = {
                f"{viewer},{paid[int(creators * chance.random() ** 2)]},{UUID(int=chance.getrandbits(128))}"
                for _ in range(units // viewers)
            }
            file.writelines(
                f"{key},{chance.randrange(3, 181)},{chance.randrange(2)},0,{int(chance.random() < 0.1)},0,0\n"
                for key in sorted(keys)
            )


def naive(directory: Path) -> int:
    """Steps 1 to 3 as most would write them: csv, dictionaries of strings, everything in memory."""
    with (directory / "viewers.csv").open(newline="") as file:
        values = {row["viewer_id"]: int(row["value_nano"]) for row in csv.DictReader(file)}
    weights = POLICY["weights_nano"]
    assert isinstance(weights, dict)
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    with (directory / "units.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            pairs[row["viewer_id"], row["creator_id"]] += (
                int(row["dwell_seconds"]) * weights["minute"] // 60
                + int(row["liked"]) * weights["like"]
                + int(row["bookmarked"]) * weights["bookmark"]
                + int(row["comments"]) * weights["comment"]
                + int(row["shared"]) * weights["share"]
                + int(row["component"]) * weights["component"]
            )
    points: dict[str, int] = defaultdict(int)
    for (viewer, creator), total in pairs.items():
        points[creator] += values[viewer] * isqrt(NANO * total) // NANO
    return len(points)


def floor(directory: Path) -> int:
    """One scan that groups by pair."""
    pairs: dict[bytes, int] = defaultdict(int)
    with (directory / "units.csv").open("rb") as file:
        next(file)
        for line in file:
            pairs[line[:73]] += 1
    return len(pairs)


def timed(what: str, run: Callable[[Path], object], directory: Path) -> None:
    """Run it once and say how much of a processor it took."""
    began = time.process_time()
    run(directory)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:12} {time.process_time() - began:6.2f} s of CPU, {peak} MB at most so far")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_500_000)
    parser.add_argument("--viewers", type=int, default=100_000)
    parser.add_argument("--creators", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        fill(directory, units=options.units, viewers=options.viewers, creators=options.creators)
        timed("settlement", recompute, directory)
        timed("floor", floor, directory)
        timed("naive", naive, directory)


if __name__ == "__main__":
    main()
