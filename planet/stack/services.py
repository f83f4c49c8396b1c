"""The services of a Planet: their command lines, in one place for `up`, `serve` and the containers."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from planet.stack import launch, probes
from planet.stack.postgres import STOP_SIGNAL, Postgres
from planet.stack.process import Service
from planet.stack.redis import Redis
from planet.web import health

if TYPE_CHECKING:
    from planet.config.env import Env

LOG_CONFIG = Path(__file__).with_name("logs.json")
_MIB = 1024 * 1024


def web(env: "Env") -> list[str]:
    """HTTP: every page and every write."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "planet.config.wsgi:application"),
        *("--host", env.bind, "--port", str(env.port), "--http", "1", "--no-ws"),
        *("--workers", str(env.web_workers), "--blocking-threads", str(env.web_threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", *_log_config(env)),
    ]


def realtime(env: "Env") -> list[str]:
    """Sockets."""
    server = [sys.executable, "-m", "planet.realtime.server"]
    return [*server, "--host", env.bind, "--port", str(env.socket_port)]


def worker(env: "Env") -> list[str]:
    """Background work."""
    return _celery("celery", env.worker_processes)


def media(env: "Env") -> list[str]:  # noqa: ARG001  # the shape of a command
    """Encodes videos, one at a time: apart, so that nothing else waits behind it."""
    return _celery("media", 1)


def _celery(queue: str, processes: int) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-q", "-A", "planet.config.celery", "worker", "-Q", queue),
        *("-n", f"{queue}@%h", "--concurrency", str(processes)),
        *("--without-gossip", "--without-mingle", "--loglevel", "warning"),
    ]


def beat(env: "Env") -> list[str]:
    """The clock that hands out the regular work; exactly one of it."""
    schedule = str(env.data_dir / "beat-schedule")
    return [
        *(sys.executable, "-m", "celery", "-q", "-A", "planet.config.celery", "beat"),
        *("--schedule", schedule, "--pidfile", "", "--loglevel", "warning"),
    ]


def _log_config(env: "Env") -> tuple[str, ...]:
    """In production the servers' own lines are JSON as well."""
    return ("--log-config", str(LOG_CONFIG)) if env.planet_mode == "production" else ()


COMMANDS: Mapping[str, Callable[["Env"], list[str]]] = {
    "web": web,
    "realtime": realtime,
    "worker": worker,
    "media": media,
    "beat": beat,
}


def environment(name: str = "", metrics: Path | None = None) -> dict[str, str]:
    """What each of our Python processes gets on top of the supervisor's environment.

    `metrics` is an empty directory for the figures of the processes that web's /metrics sums up. Realtime, which is one
    process, tells its own.
    """
    common = {"DJANGO_SETTINGS_MODULE": "planet.config.settings", "PYTHONUNBUFFERED": "1"}
    return {**common, "PROMETHEUS_MULTIPROC_DIR": str(metrics)} if metrics and name != "realtime" else common


def empty_metrics_dir(data_dir: Path) -> Path:
    """Where the figures of one tree are; those of an earlier one are gone."""
    directory = data_dir / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def _host(env: "Env") -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(env.bind, env.bind)  # noqa: S104  # compared, not bound


def servers(env: "Env") -> list[list[Service]]:
    """Ours, in two stages: what shows the first page comes before what works behind it."""
    started = time.time()
    metrics = empty_metrics_dir(env.data_dir)

    def worker_ready() -> bool:
        try:
            return health.last_beat() >= started
        except (ConnectionInterrupted, RedisError):
            return False

    async def at_once() -> bool:
        await asyncio.sleep(0)
        return True

    def service(name: str, ready: Callable[[], Awaitable[bool]]) -> Service:
        command = launch.wrap(COMMANDS[name](env))
        return Service(name=name, command=command, ready=ready, environment=environment(name, metrics))

    return [
        [
            service("web", probes.http(_host(env), env.port, "/healthz")),
            service("realtime", probes.http(_host(env), env.socket_port, "/healthz")),
        ],
        [
            service("worker", probes.in_thread(worker_ready)),
            service("media", at_once),
            service("beat", at_once),
        ],
    ]


def postgres_settings() -> dict[str, str]:
    """Durable, and sized for a machine that it shares with the rest of Planet."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    return {
        "max_connections": "200",
        "shared_buffers": f"{min(max(memory // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64), 512)}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",  # our queries are short; compiling them costs more than it saves
        "idle_in_transaction_session_timeout": "60s",
        "log_checkpoints": "off",
        "log_min_duration_statement": "2s",
        "log_line_prefix": "",
        "timezone": "UTC",
    }


def embedded_postgres(postgres: Postgres) -> Service:
    """The embedded PostgreSQL as a service."""
    return Service(
        name="postgres",
        command=postgres.command(postgres_settings()),
        ready=probes.in_thread(postgres.ready),
        stop_signal=STOP_SIGNAL,
        grace=30.0,
        attempts=20,  # after a kill it waits for what is left of the one before
    )


def embedded_redis(redis: Redis) -> Service:
    """The embedded Redis as a service."""
    return Service(
        name="redis",
        command=redis.command(),
        ready=probes.in_thread(redis.ready),
        stop_signal=signal.SIGTERM,
        attempts=20,
    )
