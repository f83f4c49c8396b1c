"""Attention in: beacons through the real view against a bare XADD, and the drain against a bare COPY.

    python -m bench.beacons
    python -m bench.beacons --beacons 20000

The view runs in granian on one core with all of Planet's middleware; Redis, PostgreSQL and the load share the other.
"A core" is what the CPU time of the measured process says, which a neighbour on the machine does not change.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench import report
from bench.load import LOAD_CORE, SERVER_CORE
from bench.web import Stores, Web, granian, visit

EVENTS = 20  # in a beacon: a page of cards, each seen for a moment
ROUNDS = 3
CONNECTIONS = 4


@dataclass(frozen=True)
class Rate:
    """So many events in so much of our CPU and of the clock."""

    events: int
    cpu: float
    seconds: float

    @property
    def per_core(self) -> float:
        """Events a second of CPU."""
        return self.events / self.cpu

    def __str__(self) -> str:
        return f"{self.per_core:,.0f} events/s a core ({self.events / self.seconds:,.0f}/s by the clock)"


def main() -> None:
    """Measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beacons", type=int, default=12_000, help="in each round")
    count = parser.parse_args().beacons
    directory = Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory) as stores:
            stores.manage("migrate", "--no-input", "--verbosity", "0")
            stores.manage("collectstatic", "--no-input", "--verbosity", "0")
            os.sched_setaffinity(0, {LOAD_CORE})
            import django

            django.setup()
            rows = [*_view(stores, count), *_drain(count)]
            report.write("Beacons", rows, note=f"A beacon reports {EVENTS} items of one page; each is an event.")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


# --- the view -----------------------------------------------------------------------------------------------------


def _view(stores: Stores, count: int) -> list[report.Row]:
    log = stores.directory / "web.log"
    measured: dict[str, list[Rate]] = {"hello": [], "view": [], "xadd": []}
    for _ in range(ROUNDS):  # contenders take turns, so that a noisy minute hits all of them
        requests = _requests(count + count // 10)
        with granian("bench.web:hello", log) as web:
            measured["hello"].append(_post(web, [_plain(request) for request in requests], count))
        with granian("planet.config.wsgi:application", log) as web:
            before = _waiting()
            measured["view"].append(_post(web, requests, count))
            if _waiting() - before != len(requests):
                raise RuntimeError("not every beacon was taken")
        measured["xadd"].append(_xadd(count))
        _forget()
    hello, view, xadd = (_middle(measured[name]) for name in ("hello", "view", "xadd"))
    return [
        report.Row("floor: the same bytes by XADD, one entry a beacon, from a loop", str(xadd), "1 ×"),
        report.Row(
            "Django's hello-world, no middleware, posted to", str(hello), f"{hello.per_core / xadd.per_core:.2f} ×"
        ),
        report.Row(
            "beacon view: signature, age, replay, rate, stream",
            str(view),
            f"{view.per_core / xadd.per_core:.2f} × XADD, {view.per_core / hello.per_core:.2f} × hello",
            "≥ 50,000 events/s",
            view.per_core >= 50_000,
        ),
    ]


def _middle(rates: Sequence[Rate]) -> Rate:
    return sorted(rates, key=lambda rate: rate.per_core)[len(rates) // 2]


def _requests(count: int) -> list[bytes]:
    """Beacons of as many different pages, most of them of different people; each can be sent once."""
    from planet.engagement import impressions, tokens

    items = [(uuid4(), uuid4()) for _ in range(500)]
    served = int(time.time()) - 300
    people = [uuid4() for _ in range(max(1, count // 50))]
    made = []
    for number in range(count):
        session = f"session{number % len(people):024}"
        start = number * 7 % (len(items) - EVENTS)
        token = tokens.sign(
            items[start : start + EVENTS],
            key=impressions.key(),
            holder=session.encode(),
            viewer=people[number % len(people)],
            place=1,
            served=served,
        )
        body = json.dumps([[token, 1, [[index, 4000 + index] for index in range(EVENTS)]]]).encode()
        head = (
            "POST /beacon/ HTTP/1.1\r\nHost: planet.example\r\nX-Forwarded-Proto: https\r\n"
            f"X-Forwarded-For: 192.0.2.7\r\nCookie: sessionid={session}; csrftoken={'c' * 32}\r\n"
            f"Content-Type: text/plain\r\nAccept-Language: en\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def _plain(request: bytes) -> bytes:
    """The same request to the root, where hello-world answers."""
    return request.replace(b"POST /beacon/", b"POST /", 1)


def _post(web: Web, requests: Sequence[bytes], count: int) -> Rate:
    """The first tenth warms up, the others are measured."""
    warm = len(requests) - count
    asyncio.run(visit(web.port, requests[:warm], warm, CONNECTIONS))
    cpu, began = web.cpu_seconds(), time.perf_counter()
    asyncio.run(visit(web.port, requests[warm:], count, CONNECTIONS))
    return Rate(count * EVENTS, web.cpu_seconds() - cpu, time.perf_counter() - began)


def _entry() -> bytes:
    """What the view appends for one beacon."""
    from planet.engagement import stream

    head = stream.HEADER.pack(int(time.time() * 1000), 1, uuid4().bytes, 1, 0, EVENTS)
    return head + b"".join(stream.REPORT.pack(index, 4000, uuid4().bytes * 2) for index in range(EVENTS))


def _xadd(count: int) -> Rate:
    """As fast as one process can append one entry at a time."""
    from django_redis import get_redis_connection

    redis, entry = get_redis_connection("default"), _entry()
    os.sched_setaffinity(0, {SERVER_CORE})
    cpu, began = time.process_time(), time.perf_counter()
    for _ in range(count):
        redis.xadd("floor", {"e": entry, "f": 0})
    rate = Rate(count * EVENTS, time.process_time() - cpu, time.perf_counter() - began)
    os.sched_setaffinity(0, {LOAD_CORE})
    redis.delete("floor")
    return rate


def _waiting() -> int:
    from planet.engagement import stream

    return stream.waiting()


def _forget() -> None:
    from django_redis import get_redis_connection

    get_redis_connection("default").flushdb()


# --- the drain ----------------------------------------------------------------------------------------------------


def _drain(count: int) -> list[report.Row]:
    from planet.engagement import drain, partitions, rollup

    now = datetime.now(UTC)
    partitions.ensure(now, now)
    drained, copied, rolled = [], [], []
    for _ in range(ROUNDS):
        events = _fill(count)
        drained.append(_timed(events, lambda: drain.drain(now=now)))
        rolled.append(_timed(events, rollup.roll_up))
        copied.append(_copy(events))
        _empty()
    ours, floor, added = (_by_clock(rates) for rates in (drained, copied, rolled))
    return [
        report.Row("floor: COPY of the same rows, made before, one transaction", f"{floor:,.0f} rows/s", "1 ×"),
        report.Row("drain: stream → rows → COPY → cursor", f"{ours:,.0f} rows/s", f"{ours / floor:.2f} ×"),
        report.Row("roll-up into days and hours, all new", f"{added:,.0f} events/s"),
    ]


def _by_clock(rates: Sequence[Rate]) -> float:
    return statistics.median(rate.events / rate.seconds for rate in rates)


def _timed(events: int, run: Callable[[], Any]) -> Rate:
    cpu, began = time.process_time(), time.perf_counter()
    run()
    return Rate(events, time.process_time() - cpu, time.perf_counter() - began)


def _fill(beacons: int) -> int:
    """So many reports wait in the stream, of a thousand viewers and as many contents; how many events they are."""
    from django_redis import get_redis_connection

    from planet.engagement import stream

    redis = get_redis_connection("default")
    contents = [uuid4().bytes + UUID(int=number).bytes for number in range(1000)]
    pipeline = redis.pipeline(transaction=False)
    now = int(time.time() * 1000)
    for number in range(beacons):
        head = stream.HEADER.pack(now, number, UUID(int=number % 1000 + 1).bytes, 1, 0, EVENTS)
        rows = (stream.REPORT.pack(i, 4000, contents[(number * 13 + i) % 1000]) for i in range(EVENTS))
        pipeline.xadd(stream.STREAM, {"e": head + b"".join(rows), "f": (1 << EVENTS) - 1})
        if number % 1000 == 999:
            pipeline.execute()
    pipeline.execute()
    return beacons * EVENTS


def _copy(events: int) -> Rate:
    """The floor: rows that are ready go into a table of the same kind."""
    from django.db import connection, transaction

    from planet.engagement import drain

    entries = [("0-0", _entry(), 0)] * (events // EVENTS)
    rows, _, _ = drain.rows_of(1, entries)
    ready = b"".join(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        with cursor.copy(drain.COPY) as target:
            target.write(drain.HEAD + ready + drain.TAIL)
    return Rate(events, 1, time.perf_counter() - began)


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE engagement_event, engagement_day, engagement_hour, engagement_creatorhour, engagement_reader"
        )


if __name__ == "__main__":
    main()
