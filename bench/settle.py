"""The settlement of a week: the pure computation over a frozen directory, against a naive loop and the floor.

    python -m bench.settle
    python -m bench.settle --units 15000000 --viewers 1000000   # a section of its own

Every tenth viewer is linked, every creator is a viewer too. The floor is PostgreSQL that has the units in a table and
adds up their effect for each pair, in one process: step 1 alone. All is CPU time, each in a process of its own.
"""

import argparse
import csv
import json
import multiprocessing
import os
import random
import resource
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from math import isqrt
from pathlib import Path
from uuid import UUID

import psycopg

from bench import report
from bench.web import Stores
from incentives.settlement.statement import recompute

NANO = 10**9
USUAL = 1_500_000  # units
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


SCAN = """
SELECT count(*) FROM (
    SELECT viewer_id, creator_id, sum(dwell_seconds * 1000000000::bigint / 60 + (liked + bookmarked) * 500000000::bigint
        + comments * 3000000000 + shared * 2000000000 + component * 1000000000::bigint) AS effect
    FROM units GROUP BY viewer_id, creator_id
) pairs
"""


def floor(url: str, directory: Path) -> float:
    """Seconds of the database's CPU for one scan that groups by pair; the table is there and warm."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE units (viewer_id uuid, creator_id uuid, content_id uuid, dwell_seconds int, liked int,"
            " bookmarked int, comments int, shared int, component int)"
        )
        with (
            (directory / "units.csv").open("rb") as file,
            cursor.copy("COPY units FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute("ANALYZE units; SET max_parallel_workers_per_gather = 0; SET work_mem = '1GB'")
        cursor.execute("SELECT count(*) FROM units")  # from now on its pages are known to be visible
        process = connection.info.backend_pid
        began = _seconds(process)
        cursor.execute(SCAN)
        return _seconds(process) - began


def _seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def apart(run: Callable[[Path], object], directory: Path) -> tuple[float, int]:
    """Seconds of CPU, and the most megabytes, of a run in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (run, directory))


def _measured(run: Callable[[Path], object], directory: Path) -> tuple[float, int]:
    began = time.process_time()
    run(directory)
    return time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=USUAL)
    parser.add_argument("--viewers", type=int, default=100_000)
    parser.add_argument("--creators", type=int, default=20_000)
    parser.add_argument("--note", default="", help="a sentence for the report: what else the machine was doing")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        fill(directory, units=options.units, viewers=options.viewers, creators=options.creators)
        with Stores(directory / "stores") as stores:
            scan = floor(stores.environment["DATABASE_URL"], directory)
        ours, most = apart(recompute, directory)
        if options.units == USUAL:  # ten times as much would be dictionaries of six gigabytes
            slow, slow_most = apart(naive, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    aim = options.units / USUAL if options.units <= USUAL else options.units / (2 * USUAL)
    rows = [
        report.Row("PostgreSQL, one scan that groups by pair (floor: step 1 alone)", f"{scan:.2f} s of CPU", "1"),
        report.Row(
            "settlement: files checked, steps 1 to 10, statement and root",
            f"{ours:.2f} s of CPU",
            f"{ours / scan:.1f} × the floor",
            f"≤ {aim:.1f} s",
            ours <= aim,
        ),
        report.Row("its memory at most", f"{most} MB", aim="≤ 300 MB", holds=most <= 300),
    ]
    if options.units == USUAL:
        rows.append(
            report.Row(
                "csv and dictionaries, steps 1 to 3, nothing checked (naive)",
                f"{slow:.2f} s of CPU, {slow_most} MB",
                f"{slow / scan:.1f} × the floor",
            )
        )
    report.write(
        "Settlement of a week" if options.units == USUAL else "Settlement of a larger week",
        rows,
        note=f"{options.units:,} units of {options.viewers:,} viewers for {options.creators:,} creators, "
        f"each in one process. {options.note}",
    )


if __name__ == "__main__":
    main()
