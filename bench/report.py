"""The one file that all benches write: `bench/RESULTS.md`, a section a bench, each with its machine and date.

    from bench import report
    row = report.Row("1,000 sockets", "301k deliveries/s", ratio="1.4 × the floor", aim="≤ 1.6", holds=True)
    report.write("Fan-out", [row])

A section that exists is replaced; the others stay as they were.
"""

import datetime as dt
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
HEADER = """# What was measured

Written by the benches (`make bench`); do not edit. Figures depend on the machine that stands above each table; the
ratios were measured in one run against a floor on the same machine, and are what we hold ourselves to.
"""
_PACKAGES = ("django", "granian", "uvicorn", "channels", "psycopg", "redis")


@dataclass(frozen=True)
class Row:
    """One line of a table. `holds` says whether the aim is met; None where the line has no aim."""

    what: str
    value: str
    ratio: str = ""
    aim: str = ""
    holds: bool | None = None


def machine() -> str:
    """One line that says what this ran on: CPU, cores this process may use, memory, system, Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists() and (found := re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)):
        model = found[1]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def _packages() -> str:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _render(section: str, rows: Sequence[Row], note: str) -> str:
    lines = [f"## {section}", "", f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC · {machine()} · {_packages()}", ""]
    if note:
        lines += [note.strip(), ""]
    lines += ["| | measured | ratio | aim | |", "|---|---:|---:|---|---|"]
    verdict = {True: "✓", False: "✗", None: ""}
    lines += [
        f"| {_cell(row.what)} | {_cell(row.value)} | {_cell(row.ratio)} | {_cell(row.aim)} | {verdict[row.holds]} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def write(section: str, rows: Sequence[Row], *, note: str = "") -> None:
    """Replace (or add) the section called `section` and print it."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEADER
    head, *sections = re.split(r"(?m)^(?=## )", text)
    rendered = _render(section, rows, note)
    sections = [s.rstrip("\n") + "\n" for s in sections if s.splitlines()[0] != f"## {section}"]
    sections = sorted([*sections, rendered], key=lambda s: s.splitlines()[0])
    RESULTS.write_text(head.rstrip("\n") + "\n\n" + "\n".join(sections), encoding="utf-8")
    print(rendered)
