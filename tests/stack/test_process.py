"""One server of the tree."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from planet.stack import launch
from planet.stack.console import Console
from planet.stack.process import Child, Service, StartFailed
from tests.waiting import alive

# Says that it is ready by making a file, and leaves on SIGTERM.
SERVER = "import pathlib, signal, sys; print('hello', flush=True); pathlib.Path(sys.argv[1]).touch(); signal.pause()"


def service(ready_file: Path, code: str = SERVER, **options: object) -> Service:
    async def ready() -> bool:
        return os.path.exists(ready_file)  # noqa: ASYNC240, PTH110  # a local file

    command = launch.wrap([sys.executable, "-S", "-c", code, str(ready_file)])
    return Service(name="server", command=command, ready=ready, **options)  # type: ignore[arg-type]


def console() -> Console:
    return Console(stream=io.StringIO())


def said(child: Child) -> str:
    assert isinstance(child.console.stream, io.StringIO)
    return child.console.stream.getvalue()


async def until(check: Callable[[], bool], within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not check():  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(0.02)


async def run(child: Child, steps: Callable[[Child], Awaitable[None]]) -> None:
    try:
        await child.start(within=20)
        await steps(child)
    finally:
        await child.stop(at_once=True)


async def test_it_starts_prints_its_lines_with_its_name_and_stops(tmp_path: Path) -> None:
    child = Child(service(tmp_path / "ready"), console())
    await child.start()
    pid = child.pid
    assert pid is not None
    assert alive(pid)

    await child.stop()

    assert not alive(pid)
    assert child.pid is None
    assert child.starts == 1
    assert "server   │ hello\n" in said(child)


async def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    async def kill(child: Child) -> None:
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: child.pid not in {None, first})
        assert child.starts == 2
        assert "server was ended by SIGKILL; starting it again in 0.2 s." in said(child)

    await run(Child(service(tmp_path / "ready"), console()), kill)


async def test_one_that_never_comes_up_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    child = Child(service(tmp_path / "ready", "print('no such disk'); raise SystemExit(3)", attempts=2), console())

    with pytest.raises(StartFailed, match=r"(?s)server keeps dying\..*no such disk"):
        await child.start()

    assert child.starts == 2
    await child.stop()


async def test_one_that_does_not_answer_fails_the_start(tmp_path: Path) -> None:
    child = Child(service(tmp_path / "ready", "import signal; signal.pause()"), console())

    with pytest.raises(StartFailed, match="did not answer within 0 s"):
        await child.start(within=0.3)

    pid = child.pid
    await child.stop()
    assert pid is not None
    assert not alive(pid)


async def test_one_that_ignores_the_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    deaf = (
        "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pathlib.Path(sys.argv[1]).touch()\nwhile True: time.sleep(60)"
    )
    child = Child(service(tmp_path / "ready", deaf, grace=0.2), console())
    await child.start()
    pid = child.pid
    assert pid is not None

    await child.stop()

    assert not alive(pid)


async def test_what_a_dead_server_started_does_not_outlive_it(tmp_path: Path) -> None:
    # Else the grandchild would keep the port and the next start would fail.
    parent = (
        "import pathlib, signal, subprocess, sys\n"
        "helper = subprocess.Popen([sys.executable, '-S', '-c', 'import signal; signal.pause()'])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(helper.pid)); signal.pause()"
    )
    ready = tmp_path / "ready"

    async def kill(child: Child) -> None:
        helper = int(ready.read_text())
        assert alive(helper)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        await until(lambda: not alive(helper))

    await run(Child(service(ready, parent), console()), kill)


async def test_a_line_without_an_end_is_printed_in_pieces_not_kept(tmp_path: Path) -> None:
    endless = (
        "import pathlib, signal, sys; print('x' * 200_000, end='', flush=True)\n"
        "pathlib.Path(sys.argv[1]).touch(); signal.pause()"
    )

    async def look(child: Child) -> None:
        await until(lambda: said(child).count("x") >= 3 * 60_000)

    await run(Child(service(tmp_path / "ready", endless), console()), look)
