"""Resolves the dependencies of pyproject.toml and package.json again, into files that name no registry."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "make lock"),
]


def main() -> None:
    """Write locks/ and package-lock.json; pass options such as `--upgrade` on to uv."""
    options = sys.argv[1:]
    compile_ = [*COMPILE, *options]
    subprocess.run([*compile_, "locks/uv.in", "-o", "locks/uv.txt"], cwd=ROOT, check=True)
    subprocess.run([*compile_, "pyproject.toml", "-o", "locks/run.txt"], cwd=ROOT, check=True)
    dev = [*compile_, "pyproject.toml", "--extra", "dev", "-c", "locks/run.txt", "-o", "locks/dev.txt"]
    subprocess.run(dev, cwd=ROOT, check=True)
    npm = shutil.which("npm")
    if npm:
        command = [npm, "install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"]
        subprocess.run([*command, "--no-audit", "--no-fund"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
