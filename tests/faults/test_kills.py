"""`kill -9` of each part while somebody posts: nothing acknowledged is lost, nothing is there twice, it comes back."""

import os
import signal
from pathlib import Path

import pytest

from tests.faults.poster import Poster, people, stored
from tests.waiting import until
from tools.planet import Planet

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]


# What tells a server among the supervisor's children by its command line.
MARKS = {
    "web": "granian",
    "realtime": "planet.realtime.server",
    "worker": "worker -Q celery",
    "media": "worker -Q media",
    "beat": "planet.config.celery beat",
    "redis": "redis-server",
    "postgres": "bin/postgres",
}


def server(planet: Planet, part: str) -> int:
    """Its process id; 0 while it does not run."""
    try:
        return planet.pid(MARKS[part])
    except (LookupError, FileNotFoundError, ProcessLookupError):  # it may go while we look
        return 0


def ready(planet: Planet) -> bool:
    """Whether all of it works."""
    return planet.answers("/readyz")


@pytest.mark.parametrize("part", ["web", "realtime", "worker", "media", "beat", "redis", "postgres"])
def test_a_killed_part_comes_back_and_no_post_is_lost_or_doubled(planet: Planet, part: str) -> None:
    poster = Poster(planet, f"kill-{part}", people(planet, part, 8))
    poster.start()
    try:
        until(lambda: len(poster.acknowledged) >= 5, within=60)
        killed = until(lambda: server(planet, part))
        os.kill(killed, signal.SIGKILL)
        until(lambda: server(planet, part) not in {0, killed}, within=60)
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
    main = server(planet, "web")
    before = children(main)
    victim = before[-1]

    os.kill(victim, signal.SIGKILL)

    until(lambda: len(children(main)) == len(before) and victim not in children(main), within=60)
    until(lambda: ready(planet), within=60)
    assert server(planet, "web") == main


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
