"""`kill -9` of each part while somebody posts: nothing acknowledged is lost, nothing is there twice, it comes back."""

import json
import os
import signal
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.faults.planet import Planet
from tests.faults.poster import Poster, people, stored
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]


def ready(planet: Planet) -> bool:
    """Whether all of it works, the killed part in a new process."""
    try:
        with urllib.request.urlopen(f"{planet.url}/readyz", timeout=10) as answer:
            return bool(json.load(answer)["ready"])
    except (OSError, urllib.error.HTTPError, ValueError):
        return False


@pytest.mark.parametrize("part", ["web", "realtime", "worker", "beat", "redis", "postgres"])
def test_a_killed_part_comes_back_and_no_post_is_lost_or_doubled(planet: Planet, part: str) -> None:
    poster = Poster(planet, f"kill-{part}", people(planet, part, 8))
    poster.start()
    try:
        until(lambda: len(poster.acknowledged) >= 5, within=60)
        killed = planet.server(part)
        planet.kill(part)
        until(lambda: planet.server(part) not in {0, killed}, within=60)
        until(lambda: ready(planet), within=120)
        posted = len(poster.acknowledged)
        until(lambda: len(poster.acknowledged) >= posted + 10, within=60)
    finally:
        poster.stop()

    assert poster.unexpected == []
    found = stored(planet, poster.mark)
    assert len(found) == len(set(found)), "a post is there twice"
    assert set(poster.acknowledged) <= set(found), "an acknowledged post is lost"


def test_a_killed_process_of_web_is_replaced_while_the_other_answers(planet: Planet) -> None:
    main = planet.server("web")
    before = children(main)
    victim = before[-1]

    os.kill(victim, signal.SIGKILL)

    until(lambda: len(children(main)) == len(before) and victim not in children(main), within=60)
    until(lambda: ready(planet), within=60)
    assert planet.server("web") == main


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
