"""A whole Planet of one's own: `manage.py up` on free ports with its data in a temporary directory.

For the browser tests, the screenshots, Lighthouse and the benches. Nothing of it outlives the `with` block. With
PLANET_RUNNING=<its DATA_DIR> the Planet that runs there is used instead and left running: quicker while one tries, and
several workers can look at one. Its log is the `up.log` beside that directory.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
_OURS = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "REALTIME_PORT", "PLANET_MODE", "PLANET_TEST_RUN_DIR"}


class Planet:
    """A running product: `url`, its `data_dir` and its log."""

    def __init__(self, *, settings: Mapping[str, str] | None = None, patience: float = 240.0) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="planet-up-"))
        self.directory.chmod(0o755)  # the embedded PostgreSQL runs as another user when we are root
        self.data_dir = self.directory / "var"
        self.log_path = self.directory / "up.log"
        self.port, self.realtime_port = _free_ports()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **_foreign(),
            "PORT": str(self.port),
            "REALTIME_PORT": str(self.realtime_port),
            "DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "planet.config.settings",
            "WEB_WORKERS": "1",
            "WORKER_PROCESSES": "1",
            **(settings or {}),
        }
        self.patience = patience
        self.process: subprocess.Popen[bytes] | None = None
        self.supervisor = 0  # of the supervisor

    def __enter__(self) -> "Planet":
        try:
            if not self.supervisor:
                self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @classmethod
    def running(cls, data_dir: Path) -> "Planet":
        """The one that runs on `data_dir`; `with` neither starts nor stops it."""
        held = json.loads((data_dir / "up.lock").read_text())
        found = cls.__new__(cls)
        found.directory, found.data_dir, found.log_path = data_dir.parent, data_dir, data_dir.parent / "up.log"
        found.url, found.supervisor, found.process = held["url"], held["pid"], None
        found.environment = {**_foreign(), "DATA_DIR": str(data_dir), "PORT": str(urlsplit(found.url).port or 80)}
        return found

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    @property
    def database_url(self) -> str:
        """The embedded PostgreSQL, for a look at what is durable."""
        return f"postgresql://planet@/planet?host={self.data_dir / 'run'}"

    def start(self) -> None:
        """Bring it up; returns when a page answers, raises RuntimeError with the log when it does not."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "up"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.supervisor = self.process.pid
        deadline = time.monotonic() + self.patience
        while "Planet is up at" not in self.log:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Planet did not come up:\n{self.log[-6000:]}")
            time.sleep(0.1)
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
            answer.read()

    def stop(self) -> None:
        """Stop it in order and remove its data; nothing when it was running before us."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        shutil.rmtree(self.directory, ignore_errors=True)

    def manage(self, *arguments: str) -> str:
        """Run a management command against it; what it printed."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def pid(self, module: str) -> int:
        """The process among its children whose command line has `module`: granian, planet.realtime.server, …"""
        for child in _children(self.supervisor):
            command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if module in command:
                return child
        raise LookupError(module)

    def answers(self, path: str) -> bool:
        """Whether this path is served without an error."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return bool(answer.status < 400)
        except (URLError, OSError):
            return False


def a_planet(*, settings: Mapping[str, str] | None = None) -> Planet:
    """A Planet to be started by `with`, or the one that PLANET_RUNNING names."""
    there = os.environ.get("PLANET_RUNNING")
    return Planet.running(Path(there)) if there else Planet(settings=settings)


def _foreign() -> dict[str, str]:
    """Our own environment without what would lead to another Planet."""
    return {name: value for name, value in os.environ.items() if name not in _OURS}


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task")
    found: list[int] = []
    for task in path.iterdir():
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except FileNotFoundError:
            continue
    return found


def _free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on right now."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
