"""Transfers a second, among many people and all to one creator, beside pgbench writing the same rows unguarded.

    python -m bench.ledger
    python -m bench.ledger --seconds 20 --people 100000

Eight workers, synchronous commit. Ours is `planet.ledger.actions.move` from Python, one transfer a transaction. The
floor is pgbench on copies of the tables with their indexes, without triggers and foreign keys: one statement that
takes from the payer and writes a transfer and two legs, which is all that must be on the disk.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import report
from bench.web import Stores

WORKERS = 8
RICH = 10**12
# What a transfer writes, and nothing else.
FLOOR = """
\\set payer random(1, {people})
\\set payee {payee}
WITH a AS (
    UPDATE floor_account SET balance = balance - 1, number = number + 1 WHERE id = :payer RETURNING balance, number
), t AS (
    INSERT INTO floor_transfer (id, kind, key, body, memo, at)
    VALUES (gen_random_uuid(), 'tip', gen_random_uuid()::text, decode(repeat('ab', 32), 'hex'), '', now()) RETURNING id
)
INSERT INTO floor_leg (transfer_id, account_id, asset, units, at, number, balance)
SELECT t.id, :payer, 'USDT', -1, now(), a.number, a.balance FROM t, a
UNION ALL SELECT t.id, {people} + :payee, 'USDT', 1, now(), NULL, NULL FROM t;
"""


def main() -> None:
    """Make the accounts, measure both ways in turn, prove that the ledger is right, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--note", default="", help="a sentence for the report: what else the machine was doing")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory) as stores:
            stores.manage("migrate", "--no-input", "--verbosity", "0")
            rows = _measure(stores, options.people, options.seconds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    report.write(
        "Ledger",
        rows,
        note=f"{WORKERS} workers, {options.people:,} payers, {options.seconds:.0f} s each way, all on two cores, "
        f"synchronous commit. {options.note}",
    )


def _measure(stores: Stores, people: int, seconds: float) -> list[report.Row]:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    for process in stores.processes:  # nothing is measured apart here: the workers wait for the database
        subprocess.run(["taskset", "-acp", f"0-{(os.cpu_count() or 1) - 1}", str(process.pid)], check=True, stdout=-3)
    import django

    django.setup()
    from django.db import connections

    payers, payees = _accounts(people)
    _ours(payers, payees, 1.0)  # a ledger in use: its statistics are those of payments, not of how it was filled
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE ledger_transfer, ledger_leg, ledger_account")
    rows = []
    for name, payee, aim in (("random payees", f"random(1, {people})", 0), ("one creator", "1", 5_000)):
        floor = _pgbench(stores, FLOOR.format(people=people, payee=payee), seconds)
        ours, slow = _ours(payers, payees[:1] if aim else payees, seconds)
        rows += [
            report.Row(f"{name}: pgbench writing the same rows (floor)", f"{floor:,.0f} transfers/s", "1"),
            report.Row(
                f"{name}: planet.ledger.actions.move",
                f"{ours:,.0f} transfers/s, p99 {slow:.1f} ms",
                f"{ours / floor:.2f} × the floor",
                "≥ 0.6 × the floor" + (f", ≥ {aim:,}/s, p99 ≤ 5 ms" if aim else ""),
                ours >= 0.6 * floor and (not aim or (ours >= aim and slow <= 5)),
            ),
        ]
    return [*rows, *_afterwards(payees[0])]


def _accounts(people: int) -> tuple[list[int], list[int]]:
    """Payers who are rich, payees who have nothing, and the floor's copies of the same."""
    from django.db import connection
    from django.utils import timezone

    from planet.accounts.models import User
    from planet.ledger.actions import Move, account_of, fold, transfer
    from planet.ledger.assets import Asset
    from planet.ledger.kinds import DEPOSIT, AccountKind
    from planet.ledger.models import Account

    User.objects.bulk_create([User(email=f"{n}@bench.example", handle=f"bench{n}") for n in range(2 * people)])
    users = list(User.objects.filter(handle__startswith="bench").order_by("pk"))
    accounts = Account.objects.bulk_create(
        [Account(owner=user, kind=AccountKind.AVAILABLE, asset=Asset.USDT) for user in users]
    )
    outside = account_of(None, AccountKind.EXTERNAL, Asset.USDT)
    moves = [Move(account, RICH) for account in accounts[:people]]
    for start in range(0, people, 100):
        part = [*moves[start : start + 100]]
        part.append(Move(outside, -RICH * len(part)))
        transfer(kind=DEPOSIT, moves=part, key=f"rich-{start}", actor=None, now=timezone.now() - timedelta(days=1))
    for account in accounts[:people]:
        fold(account_id=account.pk)
    with connection.cursor() as cursor:
        for table in ("account", "transfer", "leg"):
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE ledger_{table} INCLUDING ALL)")
        cursor.execute(
            "INSERT INTO floor_account (id, kind, asset, owner_id, balance, number, created_at) OVERRIDING SYSTEM VALUE"
            " SELECT row_number() OVER (ORDER BY id), kind, asset, owner_id, balance, number, created_at"
            " FROM ledger_account WHERE owner_id IS NOT NULL"
        )
        cursor.execute("ANALYZE")
    return [account.pk for account in accounts[:people]], [account.pk for account in accounts[people:]]


def _pgbench(stores: Stores, script: str, seconds: float) -> float:
    """Transactions a second."""
    from planet.stack.postgres import programs

    path = stores.directory / "floor.sql"
    path.write_text(script)
    url = stores.environment["DATABASE_URL"]
    command = [str(programs() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={WORKERS}", "--jobs=2"]
    done = subprocess.run(
        [*command, f"--time={max(1, round(seconds))}", f"--file={path}", url],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split("tps = ")[1].split()[0])


def _ours(payers: list[int], payees: list[int], seconds: float) -> tuple[float, float]:
    """Transfers a second, and the milliseconds within which 99 of 100 were answered."""
    from django.db import connections

    connections.close_all()  # a fork that uses its parent's connection ends it for both
    fork = multiprocessing.get_context("fork")
    results: Any = fork.Queue()
    start = fork.Barrier(WORKERS)
    workers = [
        fork.Process(target=_worker, args=(number, payers, payees, seconds, start, results))
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=seconds + 60) for _ in workers]
    for worker in workers:
        worker.join()
    times = sorted(time for one in found for time in one)
    return len(times) / seconds, times[int(len(times) * 0.99)]


def _worker(  # noqa: PLR0917  # a process takes them in order
    number: int, payers: list[int], payees: list[int], seconds: float, start: Any, results: Any
) -> None:
    from django.utils import timezone

    from planet.ledger.actions import move
    from planet.ledger.kinds import TIP
    from planet.ledger.models import Account

    rng, times = random.Random(number), []
    mine = list(Account.objects.filter(pk__in=rng.sample(payers, min(len(payers), 500))))
    theirs = list(Account.objects.filter(pk__in=rng.sample(payees, min(len(payees), 500))))
    start.wait()
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    while began < until:
        source, target = rng.choice(mine), rng.choice(theirs)
        key = f"{number}-{began}"
        move(kind=TIP, source=source, target=target, units=1, key=key, actor=None, now=timezone.now())
        ended = time.perf_counter()
        times.append((ended - began) * 1000)
        began = ended
    results.put(times)


def _afterwards(hot: int) -> list[report.Row]:
    """What folding costs, and whether everything is right."""
    from planet.ledger import verify
    from planet.ledger.actions import fold

    began = time.perf_counter()
    many = fold(account_id=hot)
    folded = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    off = len(list(verify.findings()))
    seconds = time.perf_counter() - began
    return [
        report.Row(f"folding {many:,} credits of one account", f"{folded:,.0f} ms"),
        report.Row("ledger verify", f"{off} findings, {seconds:.1f} s", aim="0", holds=not off),
    ]


if __name__ == "__main__":
    main()
