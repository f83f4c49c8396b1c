"""What an idle socket costs: memory of the server process, against a bare uvloop transport.

python -m bench.idle
"""

import resource
import statistics

from bench import report
from bench.load import Bench, Server, wait

SOCKETS = 8_000
WARM = 4_000  # open before the first reading: what is allocated once, or lies about, is nobody's
ROUNDS = 3


def kb_a_socket(bench: Bench, server: Server, *, plain: bool) -> float:
    """Growth of resident memory a socket, with all of them open and subscribed to one topic."""
    with bench.readers(server, WARM, plain=plain):
        before = server.resident_kb()
        with bench.readers(server, SOCKETS, plain=plain) as readers:
            wait(lambda: readers.all_ready() and server.open_files() > WARM + SOCKETS)
            return (server.resident_kb() - before) / SOCKETS


def hub(bench: Bench) -> float:
    """The hub."""
    with bench.hub() as server:
        return kb_a_socket(bench, server, plain=False)


def channels(bench: Bench) -> float:
    """Channels alone."""
    with bench.channels() as server:
        return kb_a_socket(bench, server, plain=False)


def floor(bench: Bench) -> float:
    """Bare transports."""
    with bench.python_floor() as (server, _):
        return kb_a_socket(bench, server, plain=True)


def main() -> None:
    """Measure and report."""
    bench = Bench()
    try:
        taken = [(floor(bench), hub(bench), channels(bench)) for _ in range(ROUNDS)]
    finally:
        bench.close()
    bare, ours, theirs = (statistics.median(column) for column in zip(*taken, strict=True))
    rows = [
        report.Row("bare uvloop transport (floor)", f"{bare:.1f} KB", "1"),
        report.Row("hub", f"{ours:.1f} KB", f"{ours / bare:.1f} × the floor", "≤ 20 KB", ours <= 20),
        report.Row("Channels, one consumer a socket", f"{theirs:.1f} KB", f"{theirs / bare:.1f} × the floor"),
    ]
    report.write("An idle socket", rows, note=f"Resident memory of the server process a socket, {SOCKETS:,} sockets.")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
