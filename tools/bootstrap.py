"""Makes `.venv` and what browsers need, from the lock files; quick when there is nothing to do.

Runs on the machine's own Python, so it imports nothing of ours and keeps to what an old one can parse, to be able to
say that it is too old.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
INTERPRETER = str(VENV / "bin" / "python")
MODULES = ROOT / "node_modules"


def main(kind: str) -> None:
    """Make everything that `kind` (run or dev) needs."""
    if sys.version_info < NEEDED:
        _go_on_in_a_newer_python()
    _make_venv()
    _install_packages(kind)
    _install_assets()


def _fail(message: str) -> None:
    sys.exit(f"Planet cannot be installed: {message}")


def _works(*command: str) -> bool:
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _digest(*names: str) -> str:
    total = hashlib.sha256()
    for name in names:
        total.update((ROOT / name).read_bytes())
    return total.hexdigest()


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _go_on_in_a_newer_python() -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        path = shutil.which(name)
        if path and _works(path, "-c", "pass"):
            os.execv(path, [path, *sys.argv])
    needed = ".".join(map(str, NEEDED))
    _fail(f"it needs Python {needed} or newer; this is {sys.version.split()[0]} (make PYTHON=… names another).")


def _make_venv() -> None:
    if _works(INTERPRETER, "-c", "import pip"):
        return
    print("Making .venv …", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        _fail("Python's venv module does not work here (Debian and Ubuntu: apt install python3-venv).")


def _install_packages(kind: str) -> None:
    """Bring .venv to the lock. `dev` contains `run`: where it is, `run` keeps it."""
    installed = _read(STAMP).split()
    kind = "dev" if installed[:1] == ["dev"] else kind
    wanted = [kind, _digest("locks/uv.txt", f"locks/{kind}.txt")]
    if installed == wanted:
        return
    print("Installing the Python packages …", flush=True)
    STAMP.unlink(missing_ok=True)
    pip = [INTERPRETER, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--require-hashes", "-r", str(ROOT / "locks" / "uv.txt")]) != 0:
        _fail("pip could not install uv.")
    uv = [INTERPRETER, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", INTERPRETER]
    if subprocess.call([*uv, str(ROOT / "locks" / f"{kind}.txt")]) != 0:
        _fail("uv could not install the packages.")
    STAMP.write_text(" ".join(wanted))


def _install_assets() -> None:
    """The typeface for browsers. Optional: pages use the system's own without it."""
    stamp = MODULES / ".installed"
    wanted = _digest("package-lock.json")
    if _read(stamp) == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not installed: pages use the system's own typeface instead of Inter.", flush=True)
        return
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    if subprocess.call(command, cwd=str(ROOT), stdout=subprocess.DEVNULL) != 0:
        print("npm could not install the typeface: pages use the system's own instead of Inter.", flush=True)
        return
    stamp.write_text(wanted)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
