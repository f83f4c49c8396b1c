"""Everything that must hold before a change is in: what `make test` and CI run. All stages run, whatever fails."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.planet import ROOT, Planet

BIN = Path(sys.executable).parent
_CLOSING = re.compile(r"^(?:=+ )?(?P<counts>\d+ \w+(?:, \d+ \w+)*) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$")
_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|warnings?|deselected|rerun)")

LINT: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy"), "."],
    "imports": [str(BIN / "lint-imports")],
}


@dataclass
class Report:
    """What ran, how long it took, whether it held; and the sum of what pytest counted."""

    started: float = field(default_factory=time.monotonic)
    stages: list[tuple[str, float, bool]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, name: str, command: list[str], *, tests: bool = False) -> None:
        """Run a stage; its output goes straight through."""
        print(
            f"\n── {name}: {' '.join(Path(word).name if i == 0 else word for i, word in enumerate(command))}",
            flush=True,
        )
        began = time.monotonic()
        status = self._pytest(command) if tests else subprocess.run(command, cwd=ROOT, check=False).returncode
        self.stages.append((name, time.monotonic() - began, status == 0))

    def _pytest(self, command: list[str]) -> int:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing = _CLOSING.match(line.rstrip())
            if closing:
                for number, what in _COUNT.findall(closing["counts"]):
                    self.counts[what] += int(number)
        return process.wait()

    def close(self) -> int:
        """Print the table and, last, one closing line in pytest's form for all of pytest's runs; the exit status."""
        print("\n── timings")
        for name, seconds, held in self.stages:
            print(f"{'ok  ' if held else 'FAIL'}  {seconds:7.1f} s  {name}")
        broken = [name for name, _, held in self.stages if not held]
        if broken:
            print(f"\nDid not hold: {', '.join(broken)}")
        if self.counts:
            self.counts.pop("deselected", None)
            order = ("failed", "error", "errors", "passed", "skipped", "xfailed", "xpassed", "warning", "warnings")
            counts = ", ".join(f"{self.counts[what]} {what}" for what in order if self.counts[what])
            print(f"============ {counts} in {time.monotonic() - self.started:.2f}s ============", flush=True)
        return 1 if broken else 0


def find_or_install(program: str, package: str) -> bool:
    """Whether the program is there; installs Debian's package where that is possible."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    if shutil.which(program, path=path):
        return True
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {package} with apt-get …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # and start nothing
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *command], env=quiet, stdout=subprocess.DEVNULL, check=False)
    return shutil.which(program, path=path) is not None


def no_browser(report: Report) -> None:
    """Say it so that nobody can miss it."""
    print(
        "\n" + "!" * 100 + "\n!!  There is no `chromium` on this machine and it could not be installed:"
        "\n!!  THE BROWSER TESTS DID NOT RUN. Install it (Debian: apt install chromium) and run `make test` again.\n"
        + "!"
        * 100,
        flush=True,
    )
    report.stages.append(("browser tests: not run", 0.0, False))


def in_browsers(report: Report, pytest: list[str]) -> None:
    """One planet for all: first every page is looked at, by two at a time, and then come those who change something."""
    try:
        with Planet() as planet:
            os.environ["PLANET_RUNNING"] = str(planet.data_dir)
            report.run("pages in browsers", [*pytest, "-n", "2", "-m", "pages"], tests=True)
            report.run("browser tests", [*pytest, "-m", "e2e and not pages"], tests=True)
    except RuntimeError as failure:
        print(failure, flush=True)
        report.stages.append(("browser tests: no planet", 0.0, False))


def main() -> int:
    """Run the stages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint", action="store_true", help="only what needs no servers")
    options = parser.parse_args()
    report = Report()
    for name, command in LINT.items():
        report.run(name, command)
    if not options.lint:
        if not find_or_install("nginx", "nginx-light"):
            print("There is no nginx here: the test of its configuration is skipped.", flush=True)
        pytest = [sys.executable, "-m", "pytest", "-q", "--no-header"]
        workers = ["-n", "auto", "--maxprocesses", "8", "--dist", "loadscope"]
        report.run("tests", [*pytest, *workers, "-m", "not e2e and not faults and not processes"], tests=True)
        report.run("tests of processes and faults", [*pytest, "-m", "faults or processes"], tests=True)
        if find_or_install("chromium", "chromium"):
            in_browsers(report, [*pytest, "--timeout", "400"])
        else:
            no_browser(report)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
