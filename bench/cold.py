"""From nothing to the first page: a fresh clone's first `make up`, and its second.

    .venv/bin/python -m bench.cold

The first has to make .venv, install from the locks (the machine's package cache is warm or not as it is), make the
database, collect the static files and seed the demo planet; the second only starts.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench import report

ROOT = Path(__file__).resolve().parent.parent
FIRST_AIM = 90.0
SECOND_AIM = 8.0
# What a caller's own environment must not decide.
_OURS = ("VIRTUAL_ENV", "DATABASE_URL", "REDIS_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE", "PLANET_MODE")


def _free_port() -> int:
    """A port that nobody listens on, nor on the next one."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def first_page(clone: Path, *, patience: float) -> float:
    """Seconds from `make up` to the first page; stops it again."""
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in _OURS} | {"PORT": str(port)}
    began = time.monotonic()
    with (clone / "up.log").open("ab") as log:
        make = subprocess.Popen(["make", "up"], cwd=clone, env=environment, stdout=log, stderr=log)
    try:
        while not _answers(port):
            if make.poll() is not None or time.monotonic() - began > patience:
                raise RuntimeError(f"no page:\n{(clone / 'up.log').read_text()[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        make.send_signal(signal.SIGTERM)
        make.wait(90)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=30) as answer:
            return bool(answer.status == 200 and b"</html>" in answer.read())
    except OSError:
        return False


def main() -> None:
    """Clone, start twice, write the result."""
    directory = Path(tempfile.mkdtemp(prefix="planet-cold-"))
    try:
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(directory / "planet")], check=True)
        cloned = time.monotonic() - began
        first = first_page(directory / "planet", patience=600)
        again = sorted(first_page(directory / "planet", patience=120) for _ in range(3))[1]
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    rows = [
        report.Row("`git clone`", f"{cloned:.1f} s"),
        report.Row(
            "first `make up` to the first page, demo planet included",
            f"{first:.1f} s",
            aim=f"< {FIRST_AIM:.0f} s",
            holds=first < FIRST_AIM,
        ),
        report.Row(
            "second `make up` to the first page, median of 3",
            f"{again:.1f} s",
            ratio=f"{first / again:.1f} × faster than the first",
            aim=f"< {SECOND_AIM:.0f} s",
            holds=again < SECOND_AIM,
        ),
    ]
    report.write("Cold start", rows)


if __name__ == "__main__":
    main()
