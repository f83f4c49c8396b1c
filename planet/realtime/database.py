"""Django's database from the event loop: in threads of our own, with connections that survive a restart of Postgres."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
PATIENCE = 10.0  # seconds


class Unavailable(Exception):  # a state of the world, not a mistake
    """The database does not answer."""


class Database:
    """A few threads, each with its own connection."""

    def __init__(self) -> None:
        self._connections: list[BaseDatabaseWrapper] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="realtime-db", initializer=self._begin)

    def _begin(self) -> None:
        """Remember a thread's connection: `stop` closes it from another one."""
        for connection in connections.all():
            connection.inc_thread_sharing()
            self._connections.append(connection)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread; raises Unavailable when the database does not answer, whatever `work` raises else."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, lambda: _steady(lambda: work(*args, **kwargs)))
        try:
            return await asyncio.wait_for(future, PATIENCE)
        except (OperationalError, InterfaceError, TimeoutError) as error:
            raise Unavailable(str(error)) from error

    def stop(self) -> None:
        """End the threads, after what they are at, and their connections."""
        self._pool.shutdown(wait=True)
        for connection in self._connections:
            connection.close()


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
