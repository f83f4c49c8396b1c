"""Eight processes move money at random while they, and their connections, are killed: not a unit is made or lost."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from planet.accounts.models import User
from planet.ledger import holds, tasks, verify
from planet.ledger.actions import move, reverse
from planet.ledger.assets import Asset
from planet.ledger.errors import Refused
from planet.ledger.kinds import TIP
from planet.ledger.models import Hold, Transfer
from planet.ledger.queries import balances
from tests.factories import fill, make_user
from tests.ledger.conftest import NOW

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE, EACH, PROCESSES, SECONDS, KILLS = 4, 10_000, 8, 5.0, 12
DEATHS = 1 / 200  # the part of all commits before which, and of all after which, a process kills itself
_fork = multiprocessing.get_context("fork")


def mortal() -> None:
    """From now on this process may die at any COMMIT: just before it, in mid-transaction, or just after."""
    rng, commit = random.Random(os.getpid()), BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def committed(self: Any) -> None:
        fate = rng.random()
        if fate < DEATHS:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)
        if fate > 1 - DEATHS:
            os.kill(os.getpid(), signal.SIGKILL)

    BaseDatabaseWrapper._commit = committed  # type: ignore[attr-defined]


def spend(seed: int, until: float) -> None:
    """Do the same things in the same order as whoever had this seed before: what was done is not done again."""
    mortal()
    rng = random.Random(seed)
    people: list[User] = []
    number = 0
    while not people:
        try:
            people = list(User.objects.filter(handle__startswith="spender").order_by("handle"))
        except (OperationalError, InterfaceError):
            connection.close()
    while time.monotonic() < until:
        number += 1
        what, units = rng.choice("ttttthgrfx"), rng.randint(1, 400)
        one, other = rng.sample(people, 2)
        while True:
            try:
                act(what, f"{seed}-{number}", one, other, units)
            except Refused:
                break
            except (OperationalError, InterfaceError) as error:
                if "deadlock" in str(error):
                    raise
                connection.close()  # it was cut: the browser would send the same again
            else:
                break


def act(what: str, key: str, one: User, other: User, units: int) -> None:
    if what == "t":
        move(kind=TIP, source=fill(one), target=fill(other), units=units, key=key, actor=one, now=NOW)
    elif what == "f":
        tasks.fold()
    elif what == "x":
        holds.expire(now=NOW + timedelta(hours=2))
    elif what == "r":
        last = Transfer.objects.filter(kind="tip").order_by("-pk").first()
        if last is not None:
            reverse(original=last, key=f"reverse-{last.pk}", actor=None, now=NOW)
    else:
        held = holds.place(
            owner=one, asset=Asset.USDT, units=units, expires_at=NOW + timedelta(hours=1), key=key, now=NOW
        )
        if what == "g":
            holds.release(hold=held, actor=one, now=NOW)
        elif units % 3 == 0:
            holds.capture(hold=held, target=fill(other), units=1 + units // 2, actor=one, now=NOW)


def started(seed: int, until: float) -> "multiprocessing.context.ForkProcess":
    process = _fork.Process(target=spend, args=(seed, until), daemon=True)
    connections.close_all()  # a connection is nothing that two processes could share
    process.start()
    return process


def hammer(*, kills: int, seconds: float) -> list[int | None]:
    """Run, kill, run again; how each process that was left in peace ended."""
    until = time.monotonic() + seconds
    running = {seed: started(seed, until) for seed in range(PROCESSES)}

    def again() -> bool:
        """Whether somebody had died by their own hand; others do what they did."""
        dead = [seed for seed, process in running.items() if process.exitcode == -signal.SIGKILL]
        running.update((seed, started(seed, until)) for seed in dead)
        return bool(dead)

    for turn in range(kills):
        connections.close_all()
        running[turn % PROCESSES].join(seconds / (kills + 1))
        victim = running[turn % PROCESSES]
        assert victim.pid is not None
        if victim.is_alive():
            os.kill(victim.pid, signal.SIGKILL)
            victim.join(10)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' LIMIT 1"
            )
        again()
    for process in running.values():
        process.join(30)
    while again():
        for process in running.values():
            process.join(30)
    return [process.exitcode for process in running.values()]


def everything() -> int:
    people = User.objects.filter(handle__startswith="spender")
    return sum(units for person in people for units in balances(owner=person)[0].units.values())


@pytest.fixture
def spenders() -> None:
    for number in range(PEOPLE):
        fill(make_user(f"spender{number}"), EACH)


def test_the_ledger_is_exact_through_kills(spenders: None) -> None:
    assert hammer(kills=KILLS, seconds=SECONDS) == [0] * PROCESSES
    assert Transfer.objects.count() > 200
    assert {end for (end,) in Hold.objects.values_list("end").distinct()} >= {"released", "captured", "expired"}
    assert everything() == PEOPLE * EACH
    assert [str(one) for one in verify.findings()] == []


@contextmanager
def unlocked() -> Iterator[None]:
    """The ledger without its locks, and without the guards that would notice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ledger_post'::regproc), pg_get_functiondef('ledger_fold'::regproc)")
        functions = cursor.fetchone()
        for function in functions:
            cursor.execute(function.replace("FOR NO KEY UPDATE OF a", "").replace("FOR NO KEY UPDATE", ""))
        cursor.execute("ALTER TABLE ledger_leg DROP CONSTRAINT ledger_chain")
        cursor.execute("ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_is_of_a_leg")
        cursor.execute("ALTER TABLE ledger_leg DISABLE TRIGGER ledger_leg_is_changed")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("TRUNCATE ledger_leg, ledger_transfer, ledger_hold, ledger_account CASCADE")
            cursor.execute("SET session_replication_role = origin")
            for function in functions:
                cursor.execute(function)
            cursor.execute("ALTER TABLE ledger_leg ADD CONSTRAINT ledger_chain UNIQUE (account_id, number)")
            cursor.execute("ALTER TABLE ledger_account ENABLE TRIGGER ledger_account_is_of_a_leg")
            cursor.execute("ALTER TABLE ledger_leg ENABLE TRIGGER ledger_leg_is_changed")


def test_without_locks_it_is_not(spenders: None) -> None:
    """The control: were this exact, the test above would prove nothing."""
    with unlocked():
        try:
            hammer(kills=0, seconds=2.0)
        except DatabaseError:
            pytest.fail("the parent itself moves nothing")
        assert any("sum of its legs" in str(one) for one in verify.findings())
