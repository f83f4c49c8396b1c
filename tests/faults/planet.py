"""A whole Planet in processes of its own, as `manage.py up` runs it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planet.config.env import Env
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent


def free_ports() -> tuple[int, int]:
    """Two ports next to each other that nobody listens on."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port, port + 1


@dataclass
class Planet:
    """One that is up."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    lines: list[str]

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def server(self, name: str) -> int:
        """The process id of a server, found among the supervisor's children by what it runs."""
        marks = {
            "web": "granian",
            "realtime": "planet.realtime.server",
            "worker": "celery.*worker",
            "beat": "celery.*beat",
            "postgres": "bin/postgres",
            "redis": "redis-server",
        }
        found = [pid for pid in self.children() if re.search(marks[name], _command(pid))]
        assert len(found) <= 1, [(_command(pid)) for pid in found]
        return found[0] if found else 0

    def children(self) -> list[int]:
        """The supervisor's own children."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    def kill(self, name: str) -> None:
        """`kill -9` a server as soon as it runs."""
        os.kill(until(lambda: self.server(name), within=60), signal.SIGKILL)

    def python(self, code: str) -> Any:
        """Run code with Django set up, in this Planet; what it prints as JSON."""
        prepared = f"import django; django.setup()\n{code}"
        result = subprocess.run(
            [sys.executable, "-c", prepared],
            cwd=ROOT,
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "planet.config.settings"},
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(result.stdout)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def environment(data_dir: Path) -> dict[str, str]:
    """This process' environment without anything that points at the tests' own servers."""
    port, realtime = free_ports()
    ours = {name.upper() for name in Env.model_fields} | {"DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    chosen = {"DATA_DIR": str(data_dir), "PORT": str(port), "REALTIME_PORT": str(realtime), "SEED_DEMO": "false"}
    return {**kept, **chosen}


@contextmanager
def running(data_dir: Path) -> Iterator[Planet]:
    """A Planet on `data_dir`, stopped at the end."""
    variables = environment(data_dir)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    planet = Planet(process, variables, [])
    reader = threading.Thread(target=_read, args=[planet])
    reader.start()
    try:
        until(lambda: _is_up(planet), within=240)
        yield planet
    finally:
        process.terminate()
        try:
            process.wait(90)
        finally:
            process.kill()
            process.wait()
            reader.join()
            (data_dir.parent / "up.log").write_text("".join(planet.lines))


def _read(planet: Planet) -> None:
    assert planet.process.stdout is not None
    with planet.process.stdout:
        planet.lines.extend(planet.process.stdout)


def _is_up(planet: Planet) -> bool:
    assert planet.process.poll() is None, "".join(planet.lines[-40:])
    return any(line.startswith("Planet is up at ") for line in list(planet.lines))
