"""Faults that strike a running Planet, for those who look whether anything is lost: `kill -9`, cut lines, a flush."""

import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import psycopg
import redis

from tools.planet import Planet

# What tells a server among the supervisor's children by its command line.
MARKS = {
    "web": "granian",
    "realtime": "planet.realtime.server",
    "worker": "worker -Q celery",
    "redis": "redis-server",
}


def kill(planet: Planet, part: str) -> None:
    """`kill -9`, at once; the supervisor starts it again. Nothing where it does not run just now."""
    with contextlib.suppress(LookupError, FileNotFoundError, ProcessLookupError):
        os.kill(planet.pid(MARKS[part]), signal.SIGKILL)


def kill_a_web_process(planet: Planet) -> None:
    """One of those that answer, in the middle of whatever it does."""
    with contextlib.suppress(LookupError, FileNotFoundError, ProcessLookupError):
        main = planet.pid(MARKS["web"])
        answering = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for victim in answering[-1:]:
            os.kill(int(victim), signal.SIGKILL)


def cut_the_database(planet: Planet) -> None:
    """Everybody's connections but our own, as when another server takes over."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(planet.database_url, autocommit=True) as ours:
        ours.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def flush_redis(planet: Planet) -> None:
    """All that is fleeting is gone: the replay's logs, the marks, what was cached."""
    for socket in planet.data_dir.rglob("redis.sock"):
        with contextlib.suppress(redis.RedisError):
            redis.Redis(unix_socket_path=str(socket)).flushall()


def everything(planet: Planet) -> Sequence[Callable[[], None]]:
    """Every fault, ready to strike this Planet."""
    kills = [partial(kill, planet, part) for part in MARKS]
    return [*kills, *(partial(fault, planet) for fault in (kill_a_web_process, cut_the_database, flush_redis))]
