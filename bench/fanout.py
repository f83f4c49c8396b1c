"""One broadcast to many sockets: the hub against a bare writer of the same frames, on one core.

    python -m bench.fanout

Figures are CPU time of the server process a delivery (its inverse is what one core can do), medians of rounds in which
all contenders take turns.
"""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import report
from bench.load import TOPIC, Bench, Readers, Server, wait
from planet.realtime import wire
from planet.realtime.connection import log_key
from planet.realtime.events import _PUBLISH, LOG_EVENTS, LOG_SECONDS

ROUNDS = 3
SIZE = 200  # bytes of payload
SECONDS = 5.0


@dataclass
class Load:
    """How many sockets, how many events, and how many of them may be on their way at once."""

    sockets: int
    events: int
    window: int


LOADS = [Load(100, 6400, 64), Load(1000, 1280, 64), Load(5000, 320, 64)]


def payload() -> bytes:
    """An event of SIZE bytes that says when it was sent."""
    body = wire.encode(TOPIC, "counts", {"at": time.monotonic_ns(), "fill": ""})
    return body[:-3] + b"x" * (SIZE - len(body)) + body[-3:]


class Publisher:
    """Publishes as `planet.realtime.publish` does, several at once."""

    def __init__(self, bench: Bench) -> None:
        self._client = bench.client()
        self._script = self._client.register_script(_PUBLISH)

    def __call__(self, count: int) -> None:
        """Publish `count` events."""
        pipeline = self._client.pipeline(transaction=False)
        for _ in range(count):
            arguments: list[str | int | bytes] = ["planet:rt:0:events", TOPIC, "", LOG_EVENTS, LOG_SECONDS, payload()]
            self._script(keys=[log_key(TOPIC)], args=arguments, client=pipeline)
        pipeline.execute()


def frame_size() -> int:
    """What one event is on the wire."""
    return len(wire.frame(wire.with_id(b"1763800000000-0", payload())))


def drive(
    server: Server, readers: Readers, load: Load, publish: Callable[[int], None], size: int
) -> tuple[float, float]:
    """Send all events, never more than a window ahead of the readers: CPU µs a delivery, and deliveries a second."""
    start, batch = readers.state.bytes, load.window // 2
    cpu, began = server.cpu_seconds(), time.monotonic()

    def catch_up(events: int) -> None:
        enough = start + events * size * load.sockets
        wait(lambda: bool(readers.state.bytes >= enough), 120)

    for sent in range(0, load.events, batch):
        catch_up(max(0, sent + batch - load.window))
        publish(batch)
    catch_up(load.events)
    deliveries = load.events * load.sockets
    return (server.cpu_seconds() - cpu) / deliveries * 1e6, deliveries / (time.monotonic() - began)


def run_hub(bench: Bench, load: Load, coalesce: float) -> tuple[float, float]:
    """The hub, with everything that it does in production."""
    with bench.hub(coalesce_seconds=coalesce) as server, bench.readers(server, load.sockets) as readers:
        return drive(server, readers, load, Publisher(bench), frame_size())


def run_floor(bench: Bench, load: Load, python: bool, whole_reads: bool = False) -> tuple[float, float]:
    """A writer that knows nothing: no Redis, no WebSocket, no topics."""
    data = wire.frame(wire.with_id(b"1763800000000-0", payload()))
    contender = bench.python_floor() if python else bench.floor(frame=0 if whole_reads else len(data))
    with contender as (server, feed), bench.readers(server, load.sockets, plain=True) as readers:
        wait(lambda: server.open_files() > load.sockets)
        time.sleep(0.2)  # and the last one accepted is known to the writer
        return drive(server, readers, load, lambda count: feed.sendall(data * count), len(data))


def run_channels(bench: Bench, load: Load) -> tuple[float, float]:
    """Channels as its manual has it."""
    import msgpack  # type: ignore[import-untyped]

    text = payload().decode()
    message = msgpack.packb({"type": "event", "text": text})
    client = bench.client()

    def publish(count: int) -> None:
        pipeline = client.pipeline(transaction=False)
        for _ in range(count):
            pipeline.publish(f"asgi__group__{TOPIC}", message)
        pipeline.execute()

    with bench.channels() as server, bench.readers(server, load.sockets) as readers:
        return drive(server, readers, load, publish, len(wire.frame(text.encode())))


def run_paced(bench: Bench, sockets: int, a_second: int) -> tuple[float, float, float]:
    """Publish at a steady pace: median and 99th percentile of the way to the readers (ms), and the share of a core."""
    with bench.hub() as server, bench.readers(server, sockets) as readers:
        publish, cpu, began = Publisher(bench), server.cpu_seconds(), time.monotonic()
        for number in range(int(SECONDS * a_second)):
            publish(1)
            pause = began + number / a_second - time.monotonic()
            if pause > 0:
                time.sleep(pause)
        busy = (server.cpu_seconds() - cpu) / (time.monotonic() - began)
        wait(lambda: readers.state.bytes >= int(SECONDS * a_second) * sockets * frame_size())
        micros = readers.latencies()
    return statistics.median(micros) / 1000, micros[int(len(micros) * 0.99)] / 1000, busy


def run_return(bench: Bench, sockets: int, missed: int) -> tuple[float, float]:
    """Until `sockets` that were away are connected, authorised and have what they missed: seconds, and CPU seconds."""
    with bench.hub() as server:
        client = bench.client()
        seconds, micros = client.time()
        cursor = f"{seconds * 1000 + micros // 1000}-0"
        Publisher(bench)(missed)
        bench.greet(cursor)
        cpu = server.cpu_seconds()
        with bench.readers(server, sockets) as readers:
            took, cpu = time.monotonic() - readers.started, server.cpu_seconds() - cpu
    bench.greet()
    return took, cpu


def compare(bench: Bench, load: Load) -> list[report.Row]:
    """All contenders on one load, taking turns."""
    contenders: dict[str, Callable[[], tuple[float, float]]] = {
        "bare C writer (floor)": lambda: run_floor(bench, load, python=False),
        "bare C writer, whole reads": lambda: run_floor(bench, load, python=False, whole_reads=True),
        "bare uvloop writer, whole reads": lambda: run_floor(bench, load, python=True),
        "hub, an event a write": lambda: run_hub(bench, load, 0.0),
        "hub, coalescing 10 ms": lambda: run_hub(bench, load, 0.010),
    }
    if load.sockets == 1000:
        few = Load(load.sockets, 64, load.window)
        contenders["Channels, one consumer a socket"] = lambda: run_channels(bench, few)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, run in contenders.items():
            taken[name].append(run())
            print(f"{load.sockets} sockets: {name}: %.2f µs, %.0f/s" % taken[name][-1], flush=True)
    cpu = {name: statistics.median(figures[0] for figures in rounds) for name, rounds in taken.items()}
    rate = {name: statistics.median(figures[1] for figures in rounds) for name, rounds in taken.items()}
    rows = []
    for name in contenders:
        ratio, aim, holds = cpu[name] / cpu["bare C writer (floor)"], "", None
        if name == "hub, an event a write":
            aim, holds = "≤ 1.6 × the floor", ratio <= 1.6
        elif name == "hub, coalescing 10 ms":
            aim, holds = "≤ 1 µs (1 M a core)", cpu[name] <= 1
        value = f"{cpu[name]:.2f} µs CPU, {rate[name] / 1000:,.0f}k/s"
        rows.append(report.Row(f"{load.sockets:,} sockets: {name}", value, f"{ratio:.2f} × the floor", aim, holds))
    return rows


def main() -> None:
    """Measure and report."""
    bench = Bench()
    try:
        rows = [row for load in LOADS for row in compare(bench, load)]
        paced = sorted(run_paced(bench, 5000, 100) for _ in range(3))[1]
        value = f"p50 {paced[0]:.0f} ms, p99 {paced[1]:.0f} ms, {paced[2]:.0%} of a core"
        rows.append(report.Row("5,000 readers, 100 events/s", value, "", "p99 ≤ 100 ms", paced[1] <= 100))
        back, cpu = sorted(run_return(bench, 5000, 20) for _ in range(3))[1]
        value = f"{back:.1f} s, {cpu:.1f} s CPU"
        rows.append(report.Row("5,000 sockets back, 20 missed events each", value, "", "≤ 3 s", back <= 3))
    finally:
        bench.close()
    report.write(
        "Fan-out",
        rows,
        note="One server process on one core; readers (C), Redis and the publisher on the other. An event has "
        f"{SIZE} bytes. CPU µs of the server a delivery, medians of {ROUNDS} rounds taken in turns; deliveries a "
        "second are what the whole set-up reached.",
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
