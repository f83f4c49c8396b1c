"""What the database refuses, whatever the code does."""
# ruff: noqa: E501, PT012  # statements stand on one line

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import TIP, AccountKind
from planet.ledger.models import Transfer
from tests.cast import Cast
from tests.ledger.conftest import NOW, Purse

_NEW = "INSERT INTO ledger_transfer (id, key, body, kind, at, memo{0}) VALUES (gen_random_uuid(), 'forged', '', 'tip', now(), ''{1})"
_LEG = "INSERT INTO ledger_leg (transfer_id, account_id, asset, units, at) SELECT t.id, a.id, {asset}, {units}, now() FROM ledger_transfer t, ledger_account a WHERE t.key = '{key}' AND a.owner_id IN (SELECT id FROM accounts_user WHERE handle IN ({who}))"
_THREE = "CASE WHEN a.owner_id = (SELECT id FROM accounts_user WHERE handle = 'bob') THEN -3 ELSE 3 END"
REFUSED = {
    "a leg is changed": "UPDATE ledger_leg SET units = units * 2",
    "a balance is written again": "UPDATE ledger_leg SET balance = 1 WHERE number IS NOT NULL",
    "a leg is folded with other units": "UPDATE ledger_leg SET number = 1, balance = 9, units = 9 WHERE number IS NULL",
    "a leg is deleted": "DELETE FROM ledger_leg",
    "all legs are deleted": "TRUNCATE ledger_leg, ledger_hold",
    "a transfer is changed": "UPDATE ledger_transfer SET memo = 'Nothing'",
    "a transfer is deleted": "DELETE FROM ledger_transfer",
    "all transfers are deleted": "TRUNCATE ledger_transfer CASCADE",
    "an account is wound back": "UPDATE ledger_account a SET number = l.number, balance = l.balance FROM ledger_leg l WHERE l.account_id = a.id AND l.number = 1 AND a.number = 2",
    "a place in the chain is left out": "UPDATE ledger_leg SET number = 3, balance = 4 WHERE number IS NULL AND units = 4; UPDATE ledger_account a SET number = 3, balance = 4 FROM ledger_leg l WHERE l.account_id = a.id AND l.number = 3",
    "a place in the chain is taken twice": (
        _NEW.format("", "")
        + "; INSERT INTO ledger_leg (transfer_id, account_id, asset, units, at, number, balance) SELECT t.id, l.account_id, l.asset,"
        " CASE l.units WHEN -4 THEN -3 ELSE 3 END, now(), CASE l.units WHEN -4 THEN 2 END, CASE l.units WHEN -4 THEN 3 END"
        " FROM ledger_transfer t, ledger_leg l WHERE t.key = 'forged' AND abs(l.units) = 4"
    ),
    "a balance is more than its legs": "UPDATE ledger_leg SET number = 1, balance = 9 WHERE number IS NULL AND units = 4; UPDATE ledger_account a SET number = 1, balance = 9 FROM ledger_leg l WHERE l.account_id = a.id AND l.balance = 9",
    "a place without a balance": "UPDATE ledger_leg SET number = 1 WHERE number IS NULL AND units = 4",
    "a balance is edited": "UPDATE ledger_account SET balance = 1000000 WHERE kind = 'available'",
    "an account changes hands": "UPDATE ledger_account SET owner_id = (SELECT id FROM accounts_user WHERE handle = 'olga') WHERE number > 0",
    "an account begins rich": "INSERT INTO ledger_account (kind, asset, balance, number, created_at) VALUES ('pool', 'USDT', 5, 0, now())",
    "an account of nobody": "INSERT INTO ledger_account (kind, asset, balance, number, created_at) VALUES ('held', 'USDT', 0, 0, now())",
    "a second account": "INSERT INTO ledger_account (kind, asset, balance, number, created_at) VALUES ('external', 'USDT', 0, 0, now())",
    "an account is deleted": "DELETE FROM ledger_account",
    "all accounts are deleted": "TRUNCATE ledger_account",
    "a transfer without legs": _NEW.format("", ""),
    "a leg more for an old transfer": _LEG.format(asset="a.asset", units=5, key="t", who="'charlie'"),
    "legs more for an old transfer": _LEG.format(asset="a.asset", units=_THREE, key="t", who="'bob', 'charlie'"),
    "legs of no transfer": "INSERT INTO ledger_leg (transfer_id, account_id, asset, units, at) SELECT gen_random_uuid(), account_id, asset, units, at FROM ledger_leg WHERE transfer_id = (SELECT id FROM ledger_transfer WHERE key = 't')",
    "legs of no account": (
        _NEW.format("", "")
        + "; INSERT INTO ledger_leg (transfer_id, account_id, asset, units, at) SELECT id, x.account, 'USDT', x.units, now()"
        " FROM ledger_transfer, (VALUES (2000000000, 5), (2000000001, -5)) x (account, units) WHERE key = 'forged'"
    ),
    "a leg of another asset": _LEG.format(asset="'POINTS'", units=5, key="t", who="'charlie'"),
    "legs that balance only across assets": (
        "INSERT INTO ledger_account (kind, asset, owner_id, balance, number, created_at) SELECT 'available', 'POINTS', id, 0, 0, now() FROM accounts_user WHERE handle = 'charlie'; "
        + _NEW.format("", "")
        + "; "
        + _LEG.format(
            asset="a.asset", units="CASE a.asset WHEN 'USDT' THEN 5 ELSE -5 END", key="forged", who="'charlie'"
        )
    ),
    "a leg that moves nothing": _LEG.format(asset="a.asset", units=0, key="t", who="'charlie'"),
    "one leg": f"{_NEW.format('', '')}; {_LEG.format(asset='a.asset', units=5, key='forged', who=repr('charlie'))}",
    "a reversal of something else": (
        _NEW.format(", reverses_id", ", (SELECT id FROM ledger_transfer WHERE key = 't')")
        + "; "
        + _LEG.format(asset="a.asset", units=_THREE, key="forged", who="'bob', 'charlie'")
    ),
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(cast: Cast, purse: Purse, sql: str) -> None:
    bob, alice = purse(cast.bob, 10), purse(cast.alice.user)
    purse(cast.charlie)
    move(kind=TIP, source=bob, target=alice, units=4, key="t", actor=cast.bob, now=NOW)
    before = list(Transfer.objects.order_by("pk").values_list("pk", "legs__units", "legs__balance"))
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        for statement in sql.split("; "):
            cursor.execute(statement)
            assert cursor.rowcount != 0
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not isinstance(refused.value, ProgrammingError)  # a mistake in the statement
    assert list(Transfer.objects.order_by("pk").values_list("pk", "legs__units", "legs__balance")) == before


def test_a_debt_is_refused_even_by_the_column(cast: Cast, purse: Purse) -> None:
    held = account_of(cast.bob, AccountKind.HELD, Asset.USDT)
    with pytest.raises(DatabaseError, match="ledger_no_debt"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance = -1 WHERE id = %s", [held.pk])
