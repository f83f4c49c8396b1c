"""One server of the tree: started, watched, started again when it dies, stopped."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planet.stack.console import Console
from planet.stack.output import Output

ROOT = Path(__file__).resolve().parent.parent.parent
PROBE_EVERY = 0.05
FIRST_DELAY = 0.2
LONGEST_DELAY = 15.0
# A server that lived this long was well: its next death starts the back-off from the beginning.
WELL_AFTER = 30.0


class StartFailed(Exception):
    """A server did not come up; the message says which one and what it last said."""


@dataclass(frozen=True)
class Service:
    """What to run, how to know that it answers, and how to ask it to leave."""

    name: str
    command: Sequence[str]
    ready: Callable[[], Awaitable[bool]]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    """Seconds between the stop signal and SIGKILL."""
    attempts: int = 4
    """How often it may die before it was ever ready."""


class Child:
    """A running service. All of it happens in the event loop's thread, which must be the main one (see `launch`)."""

    def __init__(self, service: Service, console: Console, *, inherit: Sequence[int] = ()) -> None:
        self.service = service
        self.console = console
        self.inherit = inherit
        self.starts = 0
        self._process: Process | None = None
        self._stopping = asyncio.Event()
        self._failed = asyncio.Event()
        self._ever_ready = False
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self, *, within: float = 180.0) -> None:
        """Start it and wait until it answers; raises `StartFailed`."""
        self._task = asyncio.create_task(self._supervise(), name=self.service.name)
        failed = asyncio.create_task(self._failed.wait())
        ready = asyncio.create_task(self._wait_ready())
        waited = {failed, ready, self._task}
        try:
            done, _ = await asyncio.wait(waited, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            failed.cancel()
            ready.cancel()
        for task in done:
            task.result()  # raises what went wrong in us rather than in the server
        if ready not in done:
            why = "keeps dying" if self._failed.is_set() else f"did not answer within {within:.0f} s"
            raise StartFailed(f"{self.service.name} {why}.\n{self.console.last(self.service.name)}".rstrip())
        self._ever_ready = True

    async def stop(self, *, at_once: bool = False) -> None:
        """Ask it to leave, insist after its grace; returns when it and what it started are gone."""
        self._stopping.set()
        process = self._process
        if process and process.returncode is None:
            _signal(process, signal.SIGKILL if at_once else self.service.stop_signal)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), self.service.grace)
            _kill_group(process.pid)
        if self._task:
            await self._task

    async def run_to_end(self) -> int:
        """Run it once, not watched; its exit status."""
        return await self._run_once()

    async def _wait_ready(self) -> None:
        while not (self.pid and await self.service.ready()):  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(PROBE_EVERY)

    async def _supervise(self) -> None:
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            started = time.monotonic()
            status = await self._run_once()
            if self._stopping.is_set():
                return
            lived = time.monotonic() - started
            if not self._ever_ready and self.starts >= self.service.attempts:
                self._failed.set()
                return
            delay = FIRST_DELAY if lived > WELL_AFTER else delay
            self.console.say(f"{self.service.name} {_ending(status)}; starting it again in {delay:.1f} s.")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self) -> int:
        """Run it until it ends; its whole process group is gone afterwards, so that nothing holds its port."""
        self.starts += 1
        output = Output(lambda line: self.console.line(self.service.name, line))
        try:
            process = await asyncio.create_subprocess_exec(
                *self.service.command,
                stdin=DEVNULL,
                stdout=output.write,
                stderr=STDOUT,
                env={**os.environ, **self.service.environment},
                cwd=ROOT,
                start_new_session=True,  # a Ctrl-C in the terminal reaches us alone; we stop the tree in order
                pass_fds=self.inherit,
            )
            output.started()
            self._process = process
            if self._stopping.is_set():  # asked to leave while it was being started
                _signal(process, signal.SIGKILL)
            status = await process.wait()
            _kill_group(process.pid)
        finally:
            output.close()
        return status


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def _kill_group(leader: int) -> None:
    """End what a dead server left behind in its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _ending(status: int) -> str:
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
