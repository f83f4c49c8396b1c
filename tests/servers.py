"""One real PostgreSQL and one real Redis for a run of the tests, started by the controller, shared by the workers.

A plugin (`-p tests.servers`), because the settings are read before any conftest is.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RUN_DIR = "PLANET_TEST_RUN_DIR"


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the test server did not start: {process.args!r}")
        time.sleep(0.05)


def _start_servers(directory: Path) -> None:
    from planet.stack.postgres import Postgres
    from planet.stack.redis import Redis

    postgres = Postgres(directory / "postgres", directory / "run-postgres")
    redis = Redis(directory / "redis", directory / "run" / "redis.sock")
    postgres.prepare(durable=False)
    redis.prepare()
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
    with (directory / "servers.log").open("ab") as log:
        processes = [
            subprocess.Popen(postgres.command(fast), stdout=log, stderr=log),
            subprocess.Popen(redis.command(durable=False), stdout=log, stderr=log),
        ]

    ours = os.getpid()

    def stop() -> None:
        if os.getpid() != ours:  # a fork of us that ends
            return
        for process, stop_signal in zip(processes, [signal.SIGINT, signal.SIGTERM], strict=True):
            process.send_signal(stop_signal)
        for process in processes:
            process.wait(20)
        shutil.rmtree(directory, ignore_errors=True)

    atexit.register(stop)
    _wait(postgres.ready, processes[0])
    _wait(redis.ready, processes[1])


def _environment() -> None:
    """Point the settings at this run's servers; each worker has a Redis database of its own."""
    if RUN_DIR not in os.environ:
        directory = Path(tempfile.mkdtemp(prefix="planet-test-"))
        directory.chmod(0o755)
        os.environ[RUN_DIR] = str(directory)
        _start_servers(directory)
    directory = Path(os.environ[RUN_DIR])
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["PLANET_MODE"] = "test"
    os.environ["DATABASE_URL"] = f"postgresql://planet@/planet?host={directory / 'run-postgres'}"
    os.environ["REDIS_URL"] = f"unix://{directory / 'run' / 'redis.sock'}?db={worker}"
    data = directory / f"data-{worker}"
    (data / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns without
    os.environ["DATA_DIR"] = str(data)


_environment()
