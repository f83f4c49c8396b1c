"""What holds for the project as a whole."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from planet.config.env import ROOT, Env
from tests.stack.test_env import REAL


@pytest.mark.django_db
def test_every_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_production_settings_pass_djangos_deployment_check() -> None:
    ours = {name.upper() for name in Env.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    secret = {"SECRET_KEY": "".join(chr(ord("a") + index % 26) for index in range(60))}

    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env={**environment, **REAL, **secret},
        check=False,
        capture_output=True,
        text=True,
    )

    assert result.returncode == 0, result.stderr
    assert result.stdout == "System check identified no issues (0 silenced).\n"


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_no_lock_file_names_a_registry() -> None:
    locks = [*(ROOT / "locks").glob("*.txt"), ROOT / "package-lock.json"]

    assert [
        path.name for path in locks if re.search(r"https?://(?!github\.com/sponsors|opencollective)", path.read_text())
    ] == []


def test_modules_stay_short_enough_to_be_read() -> None:
    long = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in _tracked()
        if path.suffix == ".py" and path.exists() and "migrations" not in path.parts and "themes" not in path.parts
    }

    assert {name: lines for name, lines in long.items() if lines > 450} == {}


@pytest.mark.parametrize("room", ["e2e", "faults"])
def test_what_needs_a_whole_planet_is_marked_so(room: str) -> None:
    """Unmarked it would start one among the unit tests."""
    modules = sorted((ROOT / "tests" / room).glob("test_*.py"))

    assert modules
    assert [path.name for path in modules if f"pytest.mark.{room}" not in path.read_text()] == []
