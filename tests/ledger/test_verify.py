"""Whoever gets past the guards is named."""
# ruff: noqa: E501  # statements stand on one line

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from planet.ledger import holds, tasks, verify
from planet.ledger.actions import account_of, move, reverse
from planet.ledger.assets import Asset
from planet.ledger.kinds import TIP, AccountKind
from planet.ledger.models import Account, Leg
from tests.cast import Cast
from tests.ledger.conftest import NOW, Purse


@contextmanager
def unguarded() -> Iterator[Any]:
    """A cursor that no trigger watches."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def busy(cast: Cast, purse: Purse) -> Cast:
    """A ledger with tips, a reversal, an open and an ended hold, something folded and something waiting."""
    bob, alice = purse(cast.bob, 100), purse(cast.alice.user)
    for number in range(3):
        made = move(kind=TIP, source=bob, target=alice, units=10, key=f"t{number}", actor=cast.bob, now=NOW)
    reverse(original=made, key="undo", actor=cast.olga, now=NOW)
    for number in range(2):
        hold = holds.place(
            owner=cast.bob, asset=Asset.USDT, units=7, expires_at=NOW.replace(hour=2), key=f"h{number}", now=NOW
        )
    holds.release(hold=hold, actor=cast.bob, now=NOW)
    tasks.fold()
    move(kind=TIP, source=bob, target=alice, units=1, key="last", actor=cast.bob, now=NOW)
    return cast


def said() -> list[str]:
    return [finding.question for finding in verify.findings()]


def test_a_busy_ledger_is_right(busy: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "ACCOUNTS_AT_ONCE", 2)
    monkeypatch.setattr(verify, "TRANSFERS_AT_ONCE", 2)
    out = StringIO()
    call_command("ledger", "verify", stdout=out)
    assert out.getvalue() == "The ledger is right.\n"


def test_an_empty_ledger_is_right(db: None) -> None:
    assert said() == []


OFF = {
    "account's balance is not the sum of its legs": [
        "UPDATE ledger_account SET balance = balance + 1 WHERE id = (SELECT id FROM ledger_account WHERE balance > 0 LIMIT 1)",
        "UPDATE ledger_leg SET balance = balance + 1 WHERE number = 1 AND id = (SELECT max(id) FROM ledger_leg WHERE number = 1)",
        "UPDATE ledger_leg SET number = number + 100 WHERE id = (SELECT max(id) FROM ledger_leg WHERE number > 1)",
    ],
    "asset does not sum to zero": ["DELETE FROM ledger_leg WHERE id = (SELECT max(id) FROM ledger_leg)"],
    "transfer is not balanced": [
        "DELETE FROM ledger_leg WHERE id = (SELECT max(id) FROM ledger_leg)",
        "DELETE FROM ledger_leg WHERE transfer_id = (SELECT max(transfer_id::text)::uuid FROM ledger_leg)",
    ],
    "account has less than nothing": [
        "UPDATE ledger_leg SET units = -units WHERE number IS NULL",
    ],
    "transfer moves what its kind does not": [
        "UPDATE ledger_transfer SET kind = 'settlement' WHERE key = 'last'",
        "UPDATE ledger_transfer SET kind = 'reversal' WHERE key = 'last'",
        "UPDATE ledger_transfer SET kind = 'nothing' WHERE key = 'last'",
        "UPDATE ledger_account SET owner_id = (SELECT id FROM accounts_user WHERE handle = 'olga') WHERE kind = 'held'",
    ],
    "reversal does not mirror its original": [
        "UPDATE ledger_leg SET units = 2 * units WHERE transfer_id = (SELECT id FROM ledger_transfer WHERE key = 'undo')",
        "UPDATE ledger_transfer SET kind = 'tip' WHERE key = 'undo'",
    ],
    "held balance is not what the open holds say": ["UPDATE ledger_hold SET units = 8 WHERE \"end\" = ''"],
    "guard is missing or switched off": [
        "DROP TRIGGER ledger_leg_is_kept ON ledger_leg",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_is_kept",
    ],
}


@pytest.mark.parametrize(
    ("question", "sql"),
    [pytest.param(question, sql, id=f"{question} {n}") for question, all_ in OFF.items() for n, sql in enumerate(all_)],
)
def test_what_is_off_is_named(busy: Cast, question: str, sql: str) -> None:
    with unguarded() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount != 0
    err = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("ledger", "verify", stderr=err)
    assert stop.value.code == 1
    assert question in err.getvalue()


def test_a_debt_is_named(busy: Cast) -> None:
    account = Account.objects.filter(kind=AccountKind.AVAILABLE).first()
    assert account is not None
    with unguarded() as cursor:
        cursor.execute("ALTER TABLE ledger_account DROP CONSTRAINT ledger_no_debt")
        cursor.execute("UPDATE ledger_account SET balance = -3 WHERE id = %s", [account.pk])
    assert f"account has less than nothing: account {account.pk}: -3" in [str(one) for one in verify.findings()]


def test_a_question_finds_so_many_and_no_more(busy: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "SHOWN", 2)
    monkeypatch.setattr(verify, "TRANSFERS_AT_ONCE", 1)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM ledger_leg")
    assert said().count("transfer is not balanced") == 2


def test_every_night_says_what_is_off(busy: Cast, caplog: pytest.LogCaptureFixture) -> None:
    tasks.reconcile()
    assert caplog.records == []
    with unguarded() as cursor:
        cursor.execute("DELETE FROM ledger_leg WHERE id = (SELECT max(id) FROM ledger_leg)")
    tasks.reconcile()
    assert {record.message for record in caplog.records} == {"the ledger is off"}


def test_every_guard_that_there_is_is_asked_for(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'ledger%' AND NOT tgisinternal ORDER BY 1")
        assert tuple(name for (name,) in cursor.fetchall()) == verify.GUARDS


def test_the_fold_leaves_nothing_waiting(busy: Cast) -> None:
    assert tasks.fold() > 0
    assert tasks.fold() == 0
    assert not Leg.objects.filter(number=None).exists()
    alice = account_of(busy.alice.user, AccountKind.AVAILABLE, Asset.USDT)
    assert Account.objects.get(pk=alice.pk).balance == 21
