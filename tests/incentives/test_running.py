"""The clock, the commands, the proof and the replay."""

import json
import logging
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from incentives import archive, checking, simulation, tasks
from incentives.actions.approving import approve
from incentives.actions.going_on import go_on
from incentives.errors import Busy
from incentives.models import Award, Settlement, State
from incentives.weeks import WEEK as SEVEN_DAYS
from incentives.weeks import freezes_at, name_of, parse, week_of
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import PAYOUT, POOL_FUNDS, SETTLEMENT, AccountKind
from planet.ledger.models import Transfer
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool
from tests.together import together

NEXT = WEEK + SEVEN_DAYS


def say_yes(pool: Pool, week: date, now: datetime = CLOSED) -> None:
    for operator in (pool.olga, pool.otto):
        approve(actor=operator, settlement=Settlement.objects.get(week=week), reason="Right.", now=now)


def run(*args: Any) -> str:
    out = StringIO()
    call_command("settlement", *args, stdout=out, stderr=out)
    return out.getvalue()


def test_the_clock_takes_a_week_as_far_as_it_goes(week: Pool) -> None:
    assert go_on(now=CLOSED - timedelta(hours=1)) == [("2026-W46", "TooEarly")]
    assert go_on(now=CLOSED) == [("2026-W46", "computed")]
    assert go_on(now=CLOSED) == [("2026-W46", "computed")]
    say_yes(week, WEEK)
    assert go_on(now=CLOSED) == [("2026-W46", "paid")]
    assert go_on(now=CLOSED) == []
    assert week.has("alice") == 100 * USDT


def test_missed_weeks_are_caught_up_in_order(week: Pool) -> None:
    later = CLOSED + 3 * SEVEN_DAYS
    weeks = [WEEK, NEXT, NEXT + SEVEN_DAYS, NEXT + 2 * SEVEN_DAYS]
    for one in weeks:
        assert go_on(now=later)[-1] == (name_of(one), "computed")
        assert go_on(now=later) == [(name_of(one), "computed")]
        say_yes(week, one, later)
    assert go_on(now=later) == [(name_of(weeks[-1]), "paid")]
    assert go_on(now=later) == []


def test_one_that_is_busy_is_left_alone(week: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_: date) -> Settlement:
        raise Busy

    monkeypatch.setattr("incentives.actions.steps.locked", busy)
    assert go_on(now=CLOSED) == [("2026-W46", "Busy")]


@pytest.mark.django_db(transaction=True)
def test_of_clocks_that_go_off_at_once_one_does_the_work(week: Pool) -> None:
    assert together(lambda _: go_on(now=CLOSED), 3) == []
    assert Settlement.objects.get().state in {State.CLOSED, State.COMPUTED}
    go_on(now=CLOSED)
    say_yes(week, WEEK)
    assert together(lambda _: go_on(now=CLOSED), 3) == []
    go_on(now=CLOSED)
    assert Settlement.objects.get().state == State.PAID
    assert Transfer.objects.filter(kind__in=["pool_funds", "settlement", "payout"]).count() == 3
    assert (week.has("alice"), week.holds(AccountKind.POOL)) == (100 * USDT, 0)


def test_the_task_says_loudly_what_only_an_operator_can_mend(
    pool: Pool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.policy()
    monkeypatch.setattr("incentives.tasks.timezone.now", lambda: CLOSED)
    with caplog.at_level(logging.INFO, logger="incentives.tasks"):
        tasks.settle()
        pool.fund(100 * USDT)
        tasks.settle()
    assert [(one.levelname, one.outcome) for one in caplog.records] == [  # type: ignore[attr-defined]
        ("ERROR", "TreasuryShort"),
        ("INFO", "computed"),
    ]
    assert settings.CELERY_BEAT_SCHEDULE["settle"]["task"] == "incentives.tasks.settle"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands' clock stands two hours after the week."""
    monkeypatch.setattr("incentives.management.commands.settlement.timezone.now", lambda: CLOSED)


def test_every_step_can_be_done_by_hand(week: Pool, clock: None) -> None:
    assert run("freeze", "2026-W46").startswith("2026-W46: closed, inputs ")
    assert run("compute", "2026-W46").startswith("2026-W46: computed")
    with pytest.raises(CommandError, match="The week is computed"):
        run("pay", "2026-W46")
    say_yes(week, WEEK)
    assert run("pay", "2026-W46").startswith("2026-W46: paid")
    assert run("verify", "2026-W46") == "The week is right.\n"
    assert week.has("alice") == 100 * USDT


def test_what_cannot_be_done_is_said(week: Pool, clock: None) -> None:
    with pytest.raises(CommandError, match="TooEarly"):
        run("freeze", "2026-W47")
    with pytest.raises(CommandError, match="NoPolicy"):
        run("compute", "2026-W46")
    with pytest.raises(CommandError, match="was never opened"):
        run("verify", "2026-W46")
    with pytest.raises(CommandError, match="invalid week"):
        run("freeze", "2026-46")


def test_the_frozen_directory_comes_to_the_same_bytes_for_everybody(week: Pool, tmp_path: Path) -> None:
    go_on(now=CLOSED)
    settlement = Settlement.objects.get()
    for name in ("policy.json", "viewers.csv", "creators.csv", "units.csv"):
        (tmp_path / name).write_bytes(archive.read(settlement.folder, name))

    run("recompute", tmp_path)

    for name in ("statement.csv", "totals.json"):
        assert (tmp_path / name).read_bytes() == archive.read(settlement.folder, name)
    assert json.loads((tmp_path / "totals.json").read_text()) == settlement.totals


TAMPERED = {
    "inputs": ("units.csv", "the inputs are not those that were frozen"),
    "statement": ("statement.csv", "the stored statement or totals"),
    "totals": ("totals.json", "the stored statement or totals"),
}


@pytest.mark.parametrize("name", TAMPERED, ids=str)
def test_what_was_changed_in_the_storage_is_found(week: Pool, name: str) -> None:
    go_on(now=CLOSED)
    settlement = Settlement.objects.get()
    file, finding = TAMPERED[name]
    archive.put(settlement.folder, file, archive.read(settlement.folder, file) + b"\n")
    assert [finding in one for one in checking.findings(settlement)] == [True]
    with pytest.raises(SystemExit):
        run("verify", "2026-W46")


def test_a_file_that_is_gone_is_found(week: Pool, storage: Path) -> None:
    go_on(now=CLOSED)
    (file,) = storage.rglob("units.csv")
    file.unlink()
    assert [one.endswith("units.csv is gone") for one in checking.findings(Settlement.objects.get())] == [True]


def test_an_award_that_is_not_the_statements_is_found(week: Pool) -> None:
    go_on(now=CLOSED)
    settlement = Settlement.objects.get()
    settlement.statement_sha256 = "0" * 64
    assert list(checking.findings(settlement)) == ["the statement has another hash than the one that was approved"]


def test_money_that_went_elsewhere_is_found(week: Pool) -> None:
    week.watched("bob", "carol")
    go_on(now=CLOSED)
    say_yes(week, WEEK)
    go_on(now=CLOSED)
    settlement = Settlement.objects.get()
    assert list(checking.findings(settlement)) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE incentives_award SET paid_units = 1, accrued_units = 49999999")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert len(list(checking.findings(settlement))) == 4


def test_money_that_no_award_knows_of_is_found(week: Pool) -> None:
    go_on(now=CLOSED)
    say_yes(week, WEEK)
    go_on(now=CLOSED)
    of_alice = (AccountKind.ACCRUED, AccountKind.AVAILABLE)
    way = [account_of(None, kind, Asset.USDT) for kind in (AccountKind.TREASURY, AccountKind.POOL)]
    way += [account_of(week.people["alice"], kind, Asset.USDT) for kind in of_alice]
    for number, kind in enumerate((POOL_FUNDS, SETTLEMENT, PAYOUT)):
        move(
            kind=kind, source=way[number], target=way[number + 1], units=5, key=f"astray-{number}", actor=None,
            now=CLOSED, memo="2026-W46",
        )  # fmt: skip
    said = [f"no award knows of the transfer astray-{number}" for number in (1, 2)]
    assert sorted(checking.findings(Settlement.objects.get())) == said


def test_a_replay_with_the_same_rules_changes_nothing(week: Pool) -> None:
    week.watched("bob", "carol", seconds=180)
    go_on(now=CLOSED)
    was, would = simulation.compared(Settlement.objects.get(), {})
    assert was == would


@pytest.mark.parametrize(("budget", "points"), [(12, 960), (4, 320), (8, 640)], ids=str)
def test_a_ring_hands_out_its_whole_budget(week: Pool, budget: int, points: int) -> None:
    """A content brings √16 = 4 of an account's budget, and the word of an account of a day is 0.8 of one's."""
    go_on(now=CLOSED)
    was, would = simulation.compared(Settlement.objects.get(), {"budget_nano": budget * 10**9})
    assert was.ring == pytest.approx(100 * USDT * 960 / 961, abs=1)
    assert would.ring == would.circle == pytest.approx(100 * USDT * points / (points + 1), abs=1)
    assert would.linked_ring == pytest.approx(100 * USDT * (points / 10) / (points / 10 + 1), abs=1)  # √100, not 100


def test_a_circle_is_bounded_by_no_cap(week: Pool) -> None:
    """Half of the pool at most for each: Alice has one point of 961, and the circle has what is left of it."""
    go_on(now=CLOSED)
    _, would = simulation.compared(Settlement.objects.get(), {"cap_bp": 5000})
    assert would.ring == 50 * USDT
    assert would.circle == pytest.approx(100 * USDT * 960 / 961, abs=100)


def test_a_replay_shows_who_gains_and_who_loses(week: Pool, tmp_path: Path) -> None:
    """√2 points against 1 of a pool of 100: 58.578644 and 41.421356. Capped at half, both get 50."""
    week.watched("bob", "alice")
    week.watched("bob", "carol")
    go_on(now=CLOSED)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"cap_bp": 5000, "pool_units": 100 * USDT}))

    said = run("simulate", "--week", "2026-W46", "--policy", other)

    assert "gain 1, lose 1, stay 0" in said
    assert "58.578644 -> 50.000000" in said
    assert "41.421356 -> 50.000000" in said
    assert "Gini 0.086 -> 0.000" in said
    assert "-> 50.000000, 0.500000 for each identity\nthe same ring, linked" in said
    assert "a circle of 100, each a creator too, takes 99.749" in said  # 960 points of 962.41
    assert Award.objects.filter(paid_units=50 * USDT).count() == 0


@pytest.mark.parametrize("text", ['{"week": "2026-W47"}', '{"cap_bp": 10001}', "[]", "{", '{"more": 1}'], ids=str)
def test_a_replay_refuses_what_is_no_policy(week: Pool, tmp_path: Path, text: str) -> None:
    go_on(now=CLOSED)
    (tmp_path / "policy.json").write_text(text)
    with pytest.raises(CommandError):
        run("simulate", "--week", "2026-W46", "--policy", tmp_path / "policy.json")


def test_inequality() -> None:
    assert simulation.gini([]) == simulation.gini([0, 0]) == simulation.gini([5, 5, 5]) == 0
    assert simulation.gini([0, 0, 0, 8]) == 0.75


def test_weeks() -> None:
    assert week_of(freezes_at(WEEK)) == NEXT
    assert parse(name_of(WEEK)) == WEEK
    assert name_of(parse("2026-W53")) == "2026-W53"
    for wrong in ("2026-W54", "2026-47", "2026-W4", ""):
        with pytest.raises(ValueError, match=r".+"):
            parse(wrong)
