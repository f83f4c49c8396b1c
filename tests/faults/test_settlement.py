"""A week's settlement is killed at every point where something of it becomes lasting: done again, it is the same week.

The points: before and after each COMMIT, and each piece of a file that is written to the storage.
"""

import hashlib
import itertools
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import File
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from incentives import checking, scratch
from incentives.actions import paying
from incentives.actions.approving import approve
from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.actions.going_on import go_on
from incentives.actions.paying import correct, pay
from incentives.errors import NotDisputable, SecondApproval, WrongState
from incentives.models import Award, Settlement, State
from incentives.weeks import WEEK as SEVEN_DAYS
from planet.accounts.models import User
from planet.ledger import verify
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import POOL_FUNDS, AccountKind
from tests.factories import known, make_user
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool, nothing_waits
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
NEXT, THEN = WEEK + SEVEN_DAYS, CLOSED + SEVEN_DAYS
PIECE = 256  # bytes of a file that are written at once
_fork = multiprocessing.get_context("fork")
Step = Callable[[], object]


@pytest.fixture
def pool(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Two weeks of five creators; in the first some of the pool is left, and two have too little to be paid."""
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path / "data"
    monkeypatch.setattr(paying, "BATCH", 2)
    # The undisturbed run is compared with to the byte.
    monkeypatch.setattr("incentives.actions.freezing.secrets.token_bytes", lambda size: b"salt" * (size // 4))
    nothing_waits()
    olga, otto = (known(make_user(name, is_staff=True, is_superuser=True)) for name in ("olga", "otto"))
    made = Pool(olga, otto)
    made.policy(cap_bp=4000, minimum_units=10 * USDT)
    made.fund(1000 * USDT)
    for week in (WEEK, NEXT):
        for number, creator in enumerate(("alice", "carol", "dave", "erin", "frank")):
            made.watched("bob", creator, seconds=180 >> number, week=week)
        made.watched("ben", "alice", week=week)
        made.watched("ben", "carol", seconds=4, week=week)
    return made


def steps(pool: Pool) -> dict[str, Step]:
    """What is done in two weeks, in order; each may be done again."""

    def say_yes(operator: User, week: Any, now: Any) -> None:
        with suppress(SecondApproval, WrongState):  # that is what the operator is told: it was done
            approve(actor=operator, settlement=Settlement.objects.get(week=week), reason="Right.", now=now)

    def take_back() -> None:
        alice = Award.objects.get(settlement__week=WEEK, creator=pool.people["alice"])
        with suppress(NotDisputable):
            correct(actor=pool.olga, award=alice, units=5 * USDT, reason="Bought views.", now=CLOSED)

    found: dict[str, Step] = {}
    for week, now in ((WEEK, CLOSED), (NEXT, THEN)):
        found |= {
            f"freeze {week}": partial(freeze, week=week, now=now),
            f"compute {week}": partial(compute, week=week, now=now),
            f"olga {week}": partial(say_yes, pool.olga, week, now),
            f"otto {week}": partial(say_yes, pool.otto, week, now),
            f"pay {week}": partial(pay, week=week, now=now),
        }
        if week == WEEK:
            found["correct"] = take_back
    return found


# --- a process that dies --------------------------------------------------------------------------------------------


def doomed(at: int) -> None:
    """From now on this process kills itself at its point number `at`."""
    passed = itertools.count(1)

    def point() -> None:
        if next(passed) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    commit, pieces = BaseDatabaseWrapper._commit, File.chunks  # type: ignore[attr-defined]

    @wraps(commit)
    def committed(self: Any) -> Any:
        point()
        found = commit(self)
        point()
        return found

    def written(self: Any, _size: int | None = None) -> Iterator[Any]:
        for piece in pieces(self, PIECE):
            yield piece
            point()

    BaseDatabaseWrapper._commit = committed  # type: ignore[attr-defined]
    File.chunks = written  # type: ignore[method-assign,assignment]


def run(do: Step, *, at: int = 0) -> int | None:
    """Do it in a process of its own, which dies at its point number `at`; how it ended."""

    def body() -> None:
        doomed(at)
        do()

    connections.close_all()  # a connection is nothing that two processes could share
    process = _fork.Process(target=body)
    process.start()
    process.join(60)
    until(alone)  # the database takes a moment to notice
    return process.exitcode


def alone() -> bool:
    """Whether nobody else is connected to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone() == (0,))


def through_kills(do: Step) -> int:
    """Kill it at each point, from each state that it leaves behind, until it is done; how often it was killed."""
    at, kills, was = 1, 0, lasting()
    while (ended := run(do, at=at)) == -signal.SIGKILL:
        kills, at = kills + 1, at + 1
        if (now := lasting()) != was:
            was, at = now, 1
    assert ended == 0
    return kills


# --- what a week comes to -------------------------------------------------------------------------------------------

_LASTING = {
    "settlements": """SELECT week, state, encode(salt, 'hex'), folder, inputs_sha256, statement_sha256, merkle_root,
        funded_units, rolled_in_units, active_viewers, totals::text FROM incentives_settlement""",
    "approvals": """SELECT s.week, operator_id, at FROM incentives_approval
        JOIN incentives_settlement s ON s.id = settlement_id""",
    "flags": "SELECT kind, figures::text FROM incentives_flag",
    "awards": """SELECT s.week, a.creator_id, a.pseudonym, points_nano, amount_units, before_units, paid_units,
        accrued_units, is_withheld, settled_at, c.key, p.key FROM incentives_award a
        JOIN incentives_settlement s ON s.id = settlement_id LEFT JOIN ledger_transfer c ON c.id = credit_id
        LEFT JOIN ledger_transfer p ON p.id = payout_id""",
    "earnings": """SELECT a.pseudonym, e.content_id, e.amount_units, e.points FROM incentives_earning e
        JOIN incentives_award a ON a.id = award_id""",
    "corrections": "SELECT units, reason, operator_id, at FROM incentives_correction",
    "audit": "SELECT action, actor_id, reason, details::text FROM moderation_auditentry",
    "notices": "SELECT recipient_id, kind, count(*) FROM notifications_notification GROUP BY 1, 2",
    "money": """SELECT t.key, t.kind, t.memo, a.kind, a.owner_id, l.units FROM ledger_leg l
        JOIN ledger_transfer t ON t.id = transfer_id JOIN ledger_account a ON a.id = account_id""",
}


def lasting() -> dict[str, list[str]]:
    """All that the database would still know after a power cut, without its own numbers."""
    found = {}
    with connection.cursor() as cursor:
        for name, statement in _LASTING.items():
            cursor.execute(statement)
            found[name] = sorted(map(str, cursor.fetchall()))
    return found


def files(storage: Path) -> dict[str, str]:
    """The hash of every file in the storage."""
    return {
        str(path.relative_to(storage)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(storage.rglob("*"))
        if path.is_file()
    }


def undisturbed(pool: Pool, storage: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What these weeks come to when nobody is killed; afterwards nothing of it has happened."""
    with transaction.atomic():
        for do in steps(pool).values():
            do()
        found = lasting(), files(storage)
        transaction.set_rollback(True)
    shutil.rmtree(storage)
    return found


def same(wanted: tuple[dict[str, list[str]], dict[str, str]], storage: Path) -> None:
    """Fails unless it came to that, to the byte."""
    rows, hashes = wanted
    found = lasting()
    for name in rows:
        assert found[name] == rows[name], name
    assert files(storage) == hashes


def money(pool: Pool) -> list[tuple[int, int]]:
    """(available, accrued) of everybody who makes something, most first."""
    makers = ("alice", "carol", "dave", "erin", "frank")
    return [(pool.has(name), pool.has(name, AccountKind.ACCRUED)) for name in makers]


def is_right() -> bool:
    """Whether both proofs find nothing: the ledger's, and that of each week."""
    weeks = Settlement.objects.all()
    return not [*verify.findings(), *(one for week in weeks for one in checking.findings(week))]


def test_killed_anywhere_it_is_the_same_week(pool: Pool, tmp_path: Path) -> None:
    wanted = undisturbed(pool, tmp_path / "media")
    kills = {name: through_kills(do) for name, do in steps(pool).items()}

    same(wanted, tmp_path / "media")
    assert is_right()
    assert all(kills.values())
    assert sum(kills.values()) > 60
    assert {one.state for one in Settlement.objects.all()} == {State.PAID}
    assert (Settlement.objects.get(week=NEXT).rolled_in_units or 0) > 0
    assert sum(map(sum, money(pool))) + pool.holds() == 200 * USDT


# --- the control: were these not noticed, the test above would prove nothing ----------------------------------------


def apart(monkeypatch: pytest.MonkeyPatch, key: Callable[[str], str]) -> None:
    """Payments without their transaction, so that a mark on an award can be lost; with other keys."""

    def moved(**options: Any) -> Any:
        with transaction.atomic():  # a COMMIT is a point
            return move(**{**options, "key": key(options["key"])})

    monkeypatch.setattr("incentives.actions.paying.move", moved)
    monkeypatch.setattr(paying, "_step", paying._step.__wrapped__)  # type: ignore[attr-defined]
    monkeypatch.setattr("incentives.actions.steps.locked", lambda week: Settlement.objects.get(week=week))


@pytest.fixture
def approved(pool: Pool) -> Pool:
    """The first week, before anybody is paid."""
    for do in itertools.islice(steps(pool).values(), 4):
        do()
    return pool


def should_have(pool: Pool) -> list[tuple[int, int]]:
    """What everybody has after a payment that nothing disturbs; afterwards nothing of it has happened."""
    with transaction.atomic():
        pay(week=WEEK, now=CLOSED)
        wanted = money(pool)
        transaction.set_rollback(True)
    return wanted


def test_a_lost_mark_pays_nobody_twice(approved: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = should_have(approved)
    apart(monkeypatch, lambda key: key)
    assert through_kills(partial(pay, week=WEEK, now=CLOSED)) > 10
    assert money(approved) == wanted


def test_without_its_keys_somebody_would_be_paid_twice(approved: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = should_have(approved)
    treasury, funds = (account_of(None, kind, Asset.USDT) for kind in (AccountKind.TREASURY, AccountKind.POOL))
    move(kind=POOL_FUNDS, source=treasury, target=funds, units=500 * USDT, key="more", actor=None, now=CLOSED)
    apart(monkeypatch, lambda key: f"{key} {uuid4()}")
    points, before = itertools.count(1), money(approved)
    while money(approved) == before:  # up to the first transfer
        assert run(partial(pay, week=WEEK, now=CLOSED), at=next(points)) == -signal.SIGKILL
    pay(week=WEEK, now=CLOSED)

    assert sum(map(sum, money(approved))) > sum(map(sum, wanted))
    assert [one for one in checking.findings(Settlement.objects.get()) if one.startswith("no award knows of")] != []


# --- what a kill leaves on the disk ---------------------------------------------------------------------------------


def test_what_a_killed_freeze_was_at_is_swept_by_the_next_and_was_seen_by_nobody_else(pool: Pool) -> None:
    first, last = partial(freeze, week=WEEK, now=CLOSED), 10
    assert run(first, at=last) == -signal.SIGKILL
    (left,) = scratch.root().iterdir()
    assert (left / "units.csv").stat().st_size > 0
    assert [path.stat().st_mode & 0o777 for path in (scratch.root(), left)] == [0o700, 0o700]

    with scratch.directory("other") as other:
        assert list(scratch.root().iterdir()) == [other]
        freeze(week=WEEK, now=CLOSED)
        assert list(scratch.root().iterdir()) == [other], "what somebody is at was swept"
    assert list(scratch.root().iterdir()) == []
    assert list(checking.findings(Settlement.objects.get())) == []


# --- two clocks -----------------------------------------------------------------------------------------------------


def test_of_clocks_in_several_processes_one_does_each_step(pool: Pool, tmp_path: Path) -> None:
    wanted = undisturbed(pool, tmp_path / "media")
    for name, do in steps(pool).items():
        if not name.startswith(("freeze", "compute", "pay")):
            do()
            continue
        start = _fork.Barrier(3)
        now = THEN if str(NEXT) in name else CLOSED

        def beat(start: Any = start, now: Any = now) -> None:
            start.wait(30)
            go_on(now=now)

        connections.close_all()
        clocks = [_fork.Process(target=beat) for _ in range(3)]
        for clock in clocks:
            clock.start()
        for clock in clocks:
            clock.join(60)
        assert [clock.exitcode for clock in clocks] == [0, 0, 0]
        do()  # of three that start at once, each may find another one at it and leave the rest to the next hour
    same(wanted, tmp_path / "media")
    assert is_right()
