"""Moving money. Every function takes an idempotency key: the same one again returns the transfer that was made.

Locks, in this order: holds, then accounts by id (in `ledger_post`, planet/ledger/migrations/0002_guards.py).
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from planet.accounts.models import User
from planet.ledger.assets import LARGEST, Asset
from planet.ledger.errors import NotAllowed, NotReversible, OtherBody, Short
from planet.ledger.kinds import PERSONAL, REVERSAL, AccountKind, TransferKind, get
from planet.ledger.models import Account, Transfer
from planet.web.ids import uuid7

FOLD_AT_ONCE = 5_000  # legs in one transaction: some 50 ms


@dataclass(frozen=True)
class Move:
    """What one transfer does to one account: more (positive) or less (negative), in base units."""

    account: Account
    units: int


def account_of(owner: User | None, kind: AccountKind, asset: Asset) -> Account:
    """A person's account, or the platform's where `owner` is None; opened when it is first asked for.

    Raises NotAllowed for a person's kind without a person, or the other way round.
    """
    if (owner is not None) != (kind in PERSONAL):
        raise NotAllowed(f"{kind} of {owner}")
    return Account.objects.get_or_create(owner=owner, kind=kind, asset=asset)[0]


def move(
    *,
    kind: TransferKind,
    source: Account,
    target: Account,
    units: int,
    key: str,
    actor: User | None,
    now: datetime,
    memo: str = "",
) -> Transfer:
    """Move `units` (positive) from one account to another. Raises what `transfer` raises."""
    if units <= 0:
        raise NotAllowed(f"{units} units")
    return transfer(
        kind=kind, moves=[Move(source, -units), Move(target, units)], key=key, actor=actor, now=now, memo=memo
    )


def transfer(
    *, kind: TransferKind, moves: Sequence[Move], key: str, actor: User | None, now: datetime, memo: str = ""
) -> Transfer:
    """Make a transfer of a registered kind, or return the one that was made under this key with the same content.

    Raises Short, OtherBody, or NotAllowed for what the kind does not let move or what is not balanced.
    """
    _check(kind, moves)
    legs = [(one.account.pk, one.units) for one in moves]
    return _post(kind.code, legs, key=key, actor=actor, now=now, memo=memo, original=None)


def reverse(*, original: Transfer, key: str, actor: User | None, now: datetime, memo: str = "") -> Transfer:
    """Undo a transfer by its mirror image, once. Raises NotReversible, Short when a payee has spent it, OtherBody."""
    kind = get(original.kind)
    if kind is None or not kind.reversible:
        raise NotReversible(original.pk)
    legs = [(leg.account_id, -leg.units) for leg in original.legs.all()]
    try:
        with transaction.atomic():
            return _post(REVERSAL, legs, key=key, actor=actor, now=now, memo=memo, original=original)
    except IntegrityError:  # reversed already, under another key
        raise NotReversible(original.pk) from None


def fold(*, account_id: int) -> int:
    """Add credits that wait to the account's balance, in batches until none is left; how many."""
    folded = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT ledger_fold(%s, %s)", [account_id, FOLD_AT_ONCE])
            many = int(cursor.fetchone()[0])
            folded += many
            if many < FOLD_AT_ONCE:
                return folded


def _check(kind: TransferKind, moves: Sequence[Move]) -> None:
    """Raise NotAllowed unless the kind moves such money, exactly, and nothing is made or lost."""
    sources = [one.account for one in moves if one.units < 0]
    targets = [one.account for one in moves if one.units > 0]
    sums: dict[str, int] = {}
    for one in moves:
        if type(one.units) is not int or not 0 < abs(one.units) <= LARGEST:
            raise NotAllowed(f"{one.units!r} units")
        sums[one.account.asset] = sums.get(one.account.asset, 0) + one.units
    if not moves or any(sums.values()) or len({one.account.pk for one in moves}) < len(moves):
        raise NotAllowed("not balanced")
    allowed = {account.kind for account in sources} <= kind.sources and {a.kind for a in targets} <= kind.targets
    if not allowed or get(kind.code) != kind:
        raise NotAllowed(kind.code)
    if kind.within and len({one.account.owner_id for one in moves}) > 1:
        raise NotAllowed(f"{kind.code} between people")


def _post(
    kind: str,
    legs: Sequence[tuple[int, int]],
    *,
    key: str,
    actor: User | None,
    now: datetime,
    memo: str,
    original: Transfer | None,
) -> Transfer:
    """Write it down. One statement, which is a transaction of its own unless the caller has one."""
    legs = sorted(legs)
    reverses = original.pk if original else None
    said = [
        kind,
        [[account, str(units)] for account, units in legs],
        memo,
        str(reverses or ""),
        str(actor and actor.pk),
    ]
    body = hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).digest()
    made: dict[str, Any] = {
        "id": uuid7(), "kind": kind, "key": key, "body": body, "actor_id": actor and actor.pk, "memo": memo,
        "reverses_id": reverses, "at": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transfer, outcome FROM ledger_post(%s, %s::text, %s, %s::text, %s, %s, %s::text, %s, %s::bigint[],"
            " %s::numeric[])",
            [
                made["id"], key, body, kind, now, made["actor_id"], memo, reverses,
                _array(account for account, _ in legs), _array(units for _, units in legs),
            ],
        )  # fmt: skip
        found, outcome = cursor.fetchone()
    if outcome == "short":
        raise Short(kind)
    if outcome == "other":
        raise OtherBody(key)
    if outcome == "repeated":
        return Transfer.objects.get(pk=found)
    return Transfer.from_db(connection.alias, list(made), list(made.values()))


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes arrays: for psycopg, to look at each number of a list costs a fifth of the whole call."""
    return f"{{{','.join(map(str, numbers))}}}"
