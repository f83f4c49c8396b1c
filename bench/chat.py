"""Group chat: fan-out to N readers, the durable way of a message, catching up, opening a huge group, counting unread.

    python -m bench.chat                                  # all: a quarter of an hour, half of it to make the data
    python -m bench.chat pages badges                     # some parts: pages, missed, badges, wire, peer, durable
    python -m bench.chat --messages 200000 --members 20000 --readers 100 1000      # smaller: two minutes
    BENCH_DIR=/data/bench python -m bench.chat            # keeps the data (5 GB), and the peer, for the next time

Server process on one core; readers (C), Redis and the publisher on the other; PostgreSQL, and whoever writes durably,
where there is room. The peer is ejabberd's rooms, fetched from Debian where it is not installed; without it that part
is skipped.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bench import fanout, peer, report
from bench.chat_big import OTHER_GROUPS, World, fill
from bench.load import CORES, LOAD_CORE, TOPIC, Bench, wait
from bench.web import Stores
from planet.realtime import wire
from planet.realtime.connection import log_key
from planet.realtime.events import _PUBLISH, LOG_EVENTS, LOG_SECONDS

PACE, SECONDS = 50, 5  # messages a second, and for how long
MISSED = 10_000
FEW = 1_000  # readers that slow contenders bear
PARTS = ("pages", "missed", "badges", "wire", "peer", "durable")
REPEATS = 15


# --- fan-out: what a message weighs on the wire, to N sockets --------------------------------------------------------


class Publisher:
    """Publishes what a plain message looks like: its row, with its place."""

    def __init__(self, bench: Bench, html: str) -> None:
        self._client = bench.client()
        self._script = self._client.register_script(_PUBLISH)
        self._html = html

    def payload(self) -> bytes:
        """The event."""
        data = {"id": str(uuid.UUID(int=7)), "number": 1_000_000, "revision": 1_200_000, "at": time.monotonic_ns()}
        return wire.encode(TOPIC, "message", data, self._html)

    def frame_size(self) -> int:
        """What one event is on the wire."""
        return len(wire.frame(wire.with_id(b"1763800000000-0", self.payload())))

    def __call__(self, count: int) -> None:
        """Publish `count` of them."""
        pipeline = self._client.pipeline(transaction=False)
        for _ in range(count):
            values: list[Any] = ["planet:rt:0:events", TOPIC, "", LOG_EVENTS, LOG_SECONDS, self.payload()]
            self._script(keys=[log_key(TOPIC)], args=values, client=pipeline)
        pipeline.execute()


def fan_out(bench: Bench, html: str, sockets: int) -> list[report.Row]:
    """The hub, a bare writer of the same bytes, and Channels' `group_send`."""
    publisher = Publisher(bench, html)
    load = fanout.Load(sockets, max(160, 320_000 // sockets), 64)
    size = publisher.frame_size()
    contenders: dict[str, Callable[[], tuple[float, float]]] = {
        "bare C writer, whole reads (floor)": lambda: _floor(bench, load, publisher),
        "hub": lambda: _hub(bench, load, publisher),
    }
    if sockets <= FEW:
        contenders["Channels group_send"] = lambda: _channels(bench, fanout.Load(sockets, 64, 64), publisher)
    taken = {name: run() for name, run in contenders.items()}
    floor = taken["bare C writer, whole reads (floor)"][0]
    return [
        report.Row(
            f"{sockets:,} readers, {size:,} bytes a message: {name}",
            f"{rate / 1000:,.0f}k deliveries/s, {cpu:.2f} µs CPU",
            f"{cpu / floor:.1f} × the floor",
        )
        for name, (cpu, rate) in taken.items()
    ]


def _hub(bench: Bench, load: fanout.Load, publisher: Publisher) -> tuple[float, float]:
    with bench.hub() as server, bench.readers(server, load.sockets) as readers:
        return fanout.drive(server, readers, load, publisher, publisher.frame_size())


def _floor(bench: Bench, load: fanout.Load, publisher: Publisher) -> tuple[float, float]:
    data = wire.frame(wire.with_id(b"1763800000000-0", publisher.payload()))
    with bench.floor() as (server, feed), bench.readers(server, load.sockets, plain=True) as readers:
        wait(lambda: server.open_files() > load.sockets)
        time.sleep(0.2)  # and the last one accepted is known to the writer
        return fanout.drive(server, readers, load, lambda count: feed.sendall(data * count), len(data))


def _channels(bench: Bench, load: fanout.Load, publisher: Publisher) -> tuple[float, float]:
    import msgpack  # type: ignore[import-untyped]

    text, client = publisher.payload().decode(), bench.client()
    message = msgpack.packb({"type": "event", "text": text})

    def publish(count: int) -> None:
        pipeline = client.pipeline(transaction=False)
        for _ in range(count):
            pipeline.publish(f"asgi__group__{TOPIC}", message)
        pipeline.execute()

    with bench.channels() as server, bench.readers(server, load.sockets) as readers:
        return fanout.drive(server, readers, load, publish, len(wire.frame(text.encode())))


def against_peer(bench: Bench, html: str, readers: Sequence[int], directory: Path) -> list[report.Row]:
    """The same message in a room of ejabberd and in the hub, one after the other."""
    rows: list[report.Row] = []
    try:
        for sockets in readers:
            with peer.room_server(directory) as server:
                messages = max(40, 40_000 // sockets)
                theirs = peer.measure(server, members=sockets, messages=messages, text=escape(html))
            cpu, rate = _hub(bench, fanout.Load(sockets, max(160, 320_000 // sockets), 64), Publisher(bench, html))
            name = f"{sockets:,} readers, {len(html):,} bytes a message"
            value = f"{theirs.rate / 1000:,.0f}k deliveries/s, {theirs.micros:.1f} µs CPU"
            value += f", {theirs.kilobytes:.0f} KB a reader"
            rows.append(report.Row(f"{name}: ejabberd's room (peer)", value))
            times = theirs.micros / cpu
            value = f"{rate / 1000:,.0f}k deliveries/s, {cpu:.2f} µs CPU"
            rows.append(report.Row(f"{name}: hub", value, f"peer's CPU ÷ {times:.0f}", "≥ 5", times >= 5))
    except peer.Unavailable as error:
        print(f"skipped: {error}")
        rows.append(report.Row("a room of ejabberd (peer)", f"skipped: {error}"))
    return rows


# --- the durable way: action, commit, push ---------------------------------------------------------------------------


def durable(bench: Bench, world: World, sockets: int) -> report.Row:
    """From before `send` until the row is in the readers' hands, at a steady pace, with memory a socket."""
    from groups import broadcasts
    from groups.actions import sending
    from groups.models import Group
    from planet.accounts.models import User

    group, author = Group.objects.get(pk=world.small), User.objects.get(pk=world.owner)
    channel = group.channels.get(root=None)
    client = bench.client()
    script, began = client.register_script(_PUBLISH), [0]

    def publish(topic: str, kind: str, data: dict[str, Any] | None = None, html: str | None = None) -> None:  # noqa: ARG001
        """To the bench's readers, with the moment before the write began."""
        if kind == "message":
            body = wire.encode(TOPIC, kind, {**(data or {}), "at": began[0]}, html)
            values: list[Any] = ["planet:rt:0:events", TOPIC, "", LOG_EVENTS, LOG_SECONDS, body]
            script(keys=[log_key(TOPIC)], args=values)

    setattr(broadcasts, "publish", publish)  # noqa: B010  # the name that this module imported
    with bench.hub() as server:
        before = server.resident_kb()
        with bench.readers(server, sockets) as readers:
            memory = (server.resident_kb() - before) / sockets
            os.sched_setaffinity(
                0, set(CORES)
            )  # the writer shares no core with the readers alone: it would starve them
            cpu, start = server.cpu_seconds(), time.monotonic()
            spent = []
            for number in range(PACE * SECONDS):
                began[0] = time.monotonic_ns()
                sending.send(
                    channel=channel, author=author, text=f"Message {number}", client_id=uuid.uuid4(), now=_now()
                )
                spent.append((time.monotonic_ns() - began[0]) / 1e6)
                time.sleep(max(0.0, start + (number + 1) / PACE - time.monotonic()))
            busy = (server.cpu_seconds() - cpu) / (time.monotonic() - start)
            time.sleep(0.5)
            micros = readers.latencies()
    os.sched_setaffinity(0, {LOAD_CORE})
    p50, p99 = statistics.median(micros) / 1000, micros[int(len(micros) * 0.99)] / 1000
    value = (
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms; the write itself {statistics.median(spent):.1f} ms; "
        f"{busy:.0%} of a core; {memory:.0f} KB a socket"
    )
    return report.Row(f"{sockets:,} readers, {PACE} durable messages/s", value, "", "p99 ≤ 100 ms", p99 <= 100)


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


# --- pages, catch-up, badges -----------------------------------------------------------------------------------------


def pages(world: World, messages: int, members: int) -> list[report.Row]:
    """What the server takes for a small group and for the huge one."""
    from groups.models import Group

    browser, rows = _browser(world.reader), []
    asked: dict[str, str] = {}
    for name, pk in (
        ("2 members, 50 messages", world.small),
        (f"{members:,} members, {messages:,} messages", world.big),
    ):
        group = Group.objects.get(pk=pk)
        channel = group.channels.get(root=None)
        asked[f"opening a group of {name}"] = f"/g/{group.handle}/"
        asked[f"the newest page of {name}"] = f"/channels/{channel.pk}/page/"
        asked[f"a jump into the middle of {name}"] = f"/channels/{channel.pk}/page/?around={channel.last_number // 2}"
    for what, path in asked.items():
        milliseconds, cpu, statements = _timed(browser, path)
        value = f"{milliseconds:.1f} ms ({cpu:.1f} ms CPU), {statements} statements"
        rows.append(report.Row(what, value, "", "< 50 ms", milliseconds < 50))
    milliseconds, cpu, statements = _timed(_browser(world.busy), "/g/big_one/")
    value = f"{milliseconds:.1f} ms ({cpu:.1f} ms CPU), {statements} statements"
    return [*rows, report.Row(f"opening the huge group as a member of {OTHER_GROUPS + 1} groups", value)]


def catch_up(world: World) -> report.Row:
    """Ten thousand missed messages, as a browser fetches them."""
    from groups.models import Channel

    browser, channel = _browser(world.reader), Channel.objects.get(group=world.big, root=None)
    at, requests, began = channel.last_revision - MISSED, 0, time.perf_counter()
    while True:
        answer = browser.get(f"/channels/{channel.pk}/since/?revision={at}")
        at, requests = int(answer["X-Revision"]), requests + 1
        if "X-More" not in answer:
            break
    took = time.perf_counter() - began
    value = f"{took:.1f} s in {requests} requests, {MISSED / took:,.0f} messages/s"
    return report.Row(f"catching up on {MISSED:,} missed messages", value)


def badges(world: World) -> report.Row:
    """What a member of three hundred groups has not read."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from groups.queries import unread

    spent = []
    for _ in range(REPEATS):
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            found = unread.badges(unread.of_groups(user_id=world.busy))
            spent.append((time.perf_counter() - began) * 1000)
    some = sum(1 for badge in found.values() if badge.unread)
    value = f"{statistics.median(spent):.1f} ms, {len(captured)} statement"
    return report.Row(f"unread counts of a member of {OTHER_GROUPS + 1} groups ({some} with news)", value)


def _browser(user_id: uuid.UUID) -> Any:
    from django.test import Client

    from planet.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(pk=user_id), "planet.accounts.backends.Backend")
    return client


def _timed(browser: Any, path: str) -> tuple[float, float, int]:
    """Median milliseconds of an answer with all middleware, its CPU without PostgreSQL's, and its statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    spent, cpu = [], []
    for _ in range(REPEATS):
        began, used = time.perf_counter(), time.process_time()
        answer = browser.get(path)
        spent.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    return statistics.median(spent), statistics.median(cpu), len(captured)


# --- all of it --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Make the data if it is not there, measure, write the report."""
    options = _options()
    kept = os.environ.get("BENCH_DIR")
    directory = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="planet-bench-"))
    rows: list[report.Row] = []
    try:
        with Stores(directory / f"chat-{options.messages}-{options.members}") as stores:
            stores.manage("migrate", "--no-input", "--verbosity", "0")
            world = _world(stores, options.messages, options.members)
            rows += _served(world, options)
            if not {"wire", "peer", "durable"}.isdisjoint(options.parts):
                rows += _pushed(world, options, directory)
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)
    note = "One server process on one core; readers (C) and Redis on the other, PostgreSQL and who writes durably on "
    note += "both. Server times "
    note += "are those of the whole request without the network, medians."
    section = "Group chat" if set(options.parts) == set(PARTS) else f"Group chat: {', '.join(options.parts)}"
    report.write(section, rows, note=note)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; none: all")
    parser.add_argument("--messages", type=int, default=5_000_000)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--readers", type=int, nargs="*", default=[100, 1_000, 5_000])
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options.parts = [part for part in PARTS if part in options.parts or not options.parts]
    return options


def _served(world: World, options: argparse.Namespace) -> list[report.Row]:
    """The parts that ask the site."""
    rows: list[report.Row] = []
    if "pages" in options.parts:
        rows += pages(world, options.messages, options.members)
    if "missed" in options.parts:
        rows.append(catch_up(world))
    if "badges" in options.parts:
        rows.append(badges(world))
    return rows


def _pushed(world: World, options: argparse.Namespace, directory: Path) -> list[report.Row]:
    """The parts that fan out."""
    rows: list[report.Row] = []
    bench, html = Bench(), _row_of(world)
    try:
        if "wire" in options.parts:
            rows += [row for sockets in options.readers for row in fan_out(bench, html, sockets)]
        if "peer" in options.parts:
            rows += against_peer(bench, html, [count for count in options.readers if count <= FEW], directory)
        if "durable" in options.parts:
            rows += [durable(bench, world, sockets) for sockets in options.readers]
    finally:
        bench.close()
    return rows


def _world(stores: Stores, messages: int, members: int) -> World:
    os.environ["PLANET_MODE"] = "test"  # no manifest of static files
    import django

    django.setup()
    done = stores.directory / "world.json"
    if not done.exists():
        made = fill(messages, members)
        done.write_text(json.dumps({name: str(getattr(made, name)) for name in World.__dataclass_fields__}))
    return World(**{name: uuid.UUID(value) for name, value in json.loads(done.read_text()).items()})


def _row_of(world: World) -> str:
    """A plain message as it is pushed."""
    from groups import showing
    from groups.models import Group
    from groups.queries import messages

    group = Group.objects.get(pk=world.big)
    (message,) = messages.latest(group.channels.get(root=None), size=1).messages
    showing.dress([message], group=group)
    return str(showing.fragment(message))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
