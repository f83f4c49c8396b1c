"""The supervisor itself: a second one, its own death, its end."""

import os
import signal
import subprocess
import sys

import pytest

from tests.faults.test_kills import MARKS, children, ready, server
from tests.waiting import alive, until
from tools.planet import ROOT, Planet

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def test_a_second_start_on_the_same_data_refuses_politely(planet: Planet) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=planet.environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert f"Planet is already up at {planet.url} (process {planet.supervisor})." in second.stderr
    assert "Traceback" not in second.stderr
    assert ready(planet)


def test_a_start_on_a_port_in_use_says_which(planet: Planet) -> None:
    elsewhere = {**planet.environment, "DATA_DIR": str(planet.directory / "other")}

    second = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=elsewhere, check=False, capture_output=True, text=True
    )

    assert second.returncode == 1
    assert f"port {planet.port} of 127.0.0.1 is in use by another program. Choose another with PORT=…." in second.stderr


def test_a_reset_refuses_while_it_runs(planet: Planet) -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", "reset", "--no-input"],
        cwd=ROOT,
        env=planet.environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert refused.returncode == 1
    assert "nothing was deleted" in refused.stderr
    assert ready(planet)


def test_killed_it_takes_everything_with_it_and_starts_again_on_the_same_data(planet: Planet) -> None:
    people = planet.manage("shell", "--no-imports", "--command", COUNT_PEOPLE)
    processes = [server(planet, part) for part in MARKS]
    processes += [child for process in processes for child in children(process)]
    assert all(processes)

    os.kill(planet.supervisor, signal.SIGKILL)
    assert planet.process is not None
    planet.process.wait(20)
    until(lambda: not any(alive(process) for process in processes), within=60)
    planet.log_path.unlink()  # else the harness would read the first start's lines
    planet.start()

    until(lambda: ready(planet), within=60)
    assert planet.manage("shell", "--no-imports", "--command", COUNT_PEOPLE) == people


def test_a_signal_stops_it_and_leaves_no_process(planet: Planet) -> None:
    processes = [server(planet, part) for part in MARKS]
    processes += [child for process in processes for child in children(process)]
    assert planet.process is not None

    planet.process.terminate()

    assert planet.process.wait(90) == 0
    assert not any(alive(process) for process in processes)
    assert "Traceback" not in planet.log
    planet.log_path.unlink()
    planet.start()  # for whoever comes next


COUNT_PEOPLE = """
from django.contrib.auth import get_user_model
print(get_user_model().objects.count())
"""
