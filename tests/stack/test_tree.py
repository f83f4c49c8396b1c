"""The tree as a whole: it leaves nothing behind, however it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planet.stack import lock
from tests.waiting import alive, until

ROOT = Path(__file__).resolve().parent.parent.parent
# A tree of two stages. Each server writes its process id when it is up and a line when it is asked to leave.
PROGRAM = '''
import asyncio, signal, sys
from pathlib import Path
from planet.stack import launch, lock, tree
from planet.stack.console import Console
from planet.stack.process import Service

here = Path(sys.argv[1])
SERVER = """
import os, pathlib, signal, sys
def leave(*_):
    with open(sys.argv[2], "a") as journal: journal.write(pathlib.Path(sys.argv[1]).name + chr(10))
    raise SystemExit
signal.signal(signal.SIGTERM, leave)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
while True: signal.pause()
"""

def service(name):
    async def ready():
        return (here / name).exists()
    command = [sys.executable, "-S", "-c", SERVER, str(here / name), str(here / "journal")]
    return Service(name=name, command=launch.wrap(command), ready=ready)

async def start(tree):
    await tree.stage([service("store")])
    await tree.stage([service("web"), service("worker")])
    tree.console.say("up")

with lock.hold(here / "data", url="http://localhost:1") as held:
    asyncio.run(tree.run(tree.Tree(Console(), inherit=[held.inherited]), start))
'''
NAMES = ("store", "web", "worker")


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(here)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def wait_up(self) -> list[int]:
        """The process ids of its servers, once all are up."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "up\n":
                return [int((self.here / name).read_text()) for name in NAMES]
        raise AssertionError("it ended")


def gone(pids: list[int]) -> bool:
    return not any(alive(pid) for pid in pids)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    supervisor = Running(tmp_path)
    yield supervisor
    supervisor.process.kill()
    supervisor.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_every_server_the_last_stage_first(running: Running, number: signal.Signals) -> None:
    pids = running.wait_up()

    running.process.send_signal(number)

    assert running.process.wait(20) == 0
    assert gone(pids)
    journal = (running.here / "journal").read_text().split()
    assert sorted(journal[:2]) == ["web", "worker"]
    assert journal[2:] == ["store"]


def test_killed_without_warning_it_leaves_no_server(running: Running) -> None:
    pids = running.wait_up()

    running.process.kill()

    until(lambda: gone(pids))


def test_a_second_tree_on_the_same_data_refuses_and_names_the_first(running: Running) -> None:
    running.wait_up()

    second = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(running.here)], cwd=ROOT, check=False, capture_output=True, text=True
    )

    assert second.returncode != 0
    assert f"Planet is already up at http://localhost:1 (process {running.process.pid})." in second.stderr
    assert running.process.poll() is None


def test_the_next_tree_waits_until_the_servers_of_a_killed_one_have_gone(running: Running) -> None:
    pids = running.wait_up()
    os.kill(pids[0], signal.SIGSTOP)  # one that takes its time
    running.process.kill()
    until(lambda: gone(pids[1:]))
    for name in NAMES:
        (running.here / name).unlink()
    next_one = Running(running.here)
    try:
        until(lambda: holder(running.here) == next_one.process.pid)
        assert not (running.here / "store").exists()
        os.kill(pids[0], signal.SIGCONT)
        fresh = next_one.wait_up()
        assert gone(pids)
        assert not gone(fresh[:1])
    finally:
        next_one.process.terminate()
        next_one.process.communicate(timeout=20)


def holder(here: Path) -> int:
    """Which supervisor holds the data."""
    return int(json.loads((here / "data" / lock.OWN).read_text())["pid"])
