"""`kill -9` of the worker while scheduled posts go out: each is published once, whatever it was doing."""

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.faults.test_kills import children, server
from tests.waiting import alive, until
from tools.planet import Planet

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

# Drafts of one creator that are due now, as the form keeps them.
PLAN = """
import json
from datetime import timedelta
from django.utils import timezone
from posts.models import Draft
from tests.factories import make_creator, make_draft
creator = make_creator("{handle}")
due = timezone.now() + timedelta(seconds={seconds})
drafts = [make_draft(creator, f"{handle} number {{n}}", part=[f"{handle} more {{n}}"]) for n in range({count})]
Draft.objects.filter(creator=creator).update(state="scheduled", publish_at=due, time_zone="UTC")
print(json.dumps([str(creator.pk), *(str(draft.pk) for draft in drafts)]))
"""


def plan(planet: Planet, handle: str, count: int, *, seconds: int = 0) -> tuple[str, list[str]]:
    """Who writes, and the ids of the drafts, each a thread of two posts."""
    code = PLAN.format(handle=handle, count=count, seconds=seconds)
    creator, *drafts = json.loads(planet.manage("shell", "--no-imports", "--command", code))
    return creator, drafts


def published(database: psycopg.Connection[tuple[Any, ...]], creator: str) -> list[str]:
    """The client ids of what is out, the heads of threads only."""
    found = database.execute(
        "SELECT client_id::text FROM posts_post WHERE creator_id = %s AND thread_id IS NULL", [creator]
    )
    return [row[0] for row in found]


def kill_worker(planet: Planet) -> None:
    """The worker and the process of its pool that does the work, at once: nobody is left to hand anything back."""
    main = server(planet, "worker")
    for victim in (main, *children(main)):
        os.kill(victim, signal.SIGKILL)
    until(lambda: not alive(main))


def once_each(database: psycopg.Connection[tuple[Any, ...]], creator: str, drafts: list[str]) -> None:
    """Every draft is out, none is there twice, none is left, and the creator's count is right."""
    until(lambda: set(published(database, creator)) >= set(drafts), within=120, every=0.2)
    assert sorted(published(database, creator)) == sorted(drafts)
    left = database.execute("SELECT count(*) FROM posts_draft WHERE creator_id = %s", [creator]).fetchone()
    counted = database.execute("SELECT posts_count FROM creators_creator WHERE user_id = %s", [creator]).fetchone()
    assert left == (0,)
    assert counted == (2 * len(drafts),)


@pytest.fixture
def database(planet: Planet) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A look past the product."""
    with psycopg.connect(planet.database_url, autocommit=True) as connection:
        yield connection


def test_a_worker_killed_with_a_post_written_and_not_committed_publishes_it_once(
    planet: Planet, database: psycopg.Connection[tuple[Any, ...]]
) -> None:
    with psycopg.connect(planet.database_url) as holder:
        creator, drafts = plan(planet, "midway", 1, seconds=3)
        # Counting its posts is the last thing a publication does: who holds this row, holds the publication there.
        holder.execute("SELECT 1 FROM creators_creator WHERE user_id = %s FOR UPDATE", [creator])

        def waiting() -> bool:
            held = database.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE %s",
                ['UPDATE "creators_creator"%posts_count%'],
            ).fetchone()
            return held != (0,)

        until(waiting, within=60)
        kill_worker(planet)
        assert published(database, creator) == []
        until(lambda: server(planet, "worker"), within=60)
        holder.rollback()
    once_each(database, creator, drafts)


def test_a_worker_killed_again_and_again_while_many_go_out_publishes_each_once(
    planet: Planet, database: psycopg.Connection[tuple[Any, ...]]
) -> None:
    creator, drafts = plan(planet, "many", 60)

    def reached(part: int) -> bool:
        return len(published(database, creator)) >= part

    for part in (1, 20, 40):
        until(partial(reached, part), within=120, every=0.005)
        kill_worker(planet)
        until(lambda: server(planet, "worker"), within=60)
    once_each(database, creator, drafts)
