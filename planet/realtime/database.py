"""Django's database from the event loop: in threads of our own, with connections that survive a restart of Postgres."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
PATIENCE = 10.0  # seconds


class Unavailable(Exception):  # a state of the world, not a mistake
    """The database does not answer."""


class Database:
    """A few threads, each with its own connection."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="realtime-db")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread; raises Unavailable when the database does not answer, whatever `work` raises else."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, lambda: _steady(lambda: work(*args, **kwargs)))
        try:
            return await asyncio.wait_for(future, PATIENCE)
        except (OperationalError, InterfaceError, TimeoutError) as error:
            raise Unavailable(str(error)) from error

    def stop(self) -> None:
        """End the threads and their connections."""
        together = Barrier(THREADS)  # so that each thread takes one of the errands

        def leave() -> None:
            together.wait(PATIENCE)
            connections.close_all()

        for _ in range(THREADS):
            self._pool.submit(leave)
        self._pool.shutdown(wait=True)


def _steady(work: Callable[[], T]) -> T:
    """Do the work; once more on a fresh connection if the one at hand turns out to be dead."""
    close_old_connections()
    try:
        try:
            return work()
        except (OperationalError, InterfaceError):
            connections.close_all()
            return work()
    finally:
        close_old_connections()
