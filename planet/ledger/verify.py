"""Is every balance the sum of what moved, and did only move what may? Every night, and by `manage.py ledger verify`.

Each question is one statement, hence one moment, or one a batch of accounts or transfers: PostgreSQL adds up, and at
most `SHOWN` findings a statement leave it, so memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from planet.ledger.kinds import REVERSAL, every

SHOWN = 20  # findings of one question; what is behind them is found by mending those
ACCOUNTS_AT_ONCE = 500
TRANSFERS_AT_ONCE = 20_000
GUARDS = (
    "ledger_account_begins_empty",
    "ledger_account_is_kept",
    "ledger_account_is_not_emptied",
    "ledger_account_is_of_a_leg",
    "ledger_leg_is_changed",
    "ledger_leg_is_kept",
    "ledger_leg_is_not_emptied",
    "ledger_legs_are_balanced",
    "ledger_transfer_is_kept",
    "ledger_transfer_is_not_emptied",
    "ledger_transfer_is_whole",
)


@dataclass(frozen=True)
class Finding:
    """Something that is off: which question found it, and what it is."""

    question: str
    what: str

    def __str__(self) -> str:
        return f"{self.question}: {self.what}"


def findings() -> Iterator[Finding]:
    """Everything that is off; nothing, if all is well."""
    questions: dict[str, Callable[[], Iterator[str]]] = {
        "guard is missing or switched off": _guards,
        "asset does not sum to zero": _sums,
        "account's balance is not the sum of its legs": _chains,
        "account has less than nothing": _debts,
        "transfer is not balanced": _unbalanced,
        "transfer moves what its kind does not": _lawless,
        "reversal does not mirror its original": _unmirrored,
        "held balance is not what the open holds say": _holds,
    }
    for question, ask in questions.items():
        for number, what in enumerate(ask()):
            if number == SHOWN:
                break
            yield Finding(question, what)


def _rows(sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or {})
        return list(cursor.fetchall())


def _guards() -> Iterator[str]:
    enabled = {name for (name,) in _rows("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal")}
    yield from (name for name in GUARDS if name not in enabled)


def _sums() -> Iterator[str]:
    for asset, units in _rows("SELECT asset, sum(units) FROM ledger_leg GROUP BY asset HAVING sum(units) <> 0"):
        yield f"{asset} by {units}"


def _chains() -> Iterator[str]:
    """Walk each account's legs in order: a gap, a wrong balance, or an end that is not the account's."""
    last = 0
    while ids := [pk for (pk,) in _rows(_SOME_ACCOUNTS, {"last": last, "many": ACCOUNTS_AT_ONCE})]:
        for account, number, wanted, found in _rows(_CHAINS, {"ids": ids, "shown": SHOWN}):
            yield f"account {account} at leg {number}: {found} instead of {wanted}"
        last = ids[-1]


_SOME_ACCOUNTS = "SELECT id FROM ledger_account WHERE id > %(last)s ORDER BY id LIMIT %(many)s"
_CHAINS = """
WITH legs AS (
    SELECT account_id, number, balance, row_number() OVER chain AS place, sum(units) OVER chain AS total
    FROM ledger_leg WHERE account_id = ANY(%(ids)s) AND number IS NOT NULL
    WINDOW chain AS (PARTITION BY account_id ORDER BY number)
), ends AS (
    SELECT account_id, max(place) AS place, max(total) FILTER (WHERE last) AS total
    FROM (SELECT *, place = max(place) OVER (PARTITION BY account_id) AS last FROM legs) l GROUP BY account_id
)
SELECT account_id, number, total, balance FROM legs WHERE number <> place OR balance <> total
UNION ALL
SELECT a.id, a.number, coalesce(e.total, 0), a.balance FROM ledger_account a LEFT JOIN ends e ON e.account_id = a.id
WHERE a.id = ANY(%(ids)s) AND (a.balance <> coalesce(e.total, 0) OR a.number <> coalesce(e.place, 0))
ORDER BY 1, 2 LIMIT %(shown)s
"""


def _debts() -> Iterator[str]:
    for account, balance in _rows(_DEBTS, {"shown": SHOWN}):
        yield f"account {account}: {balance}"


# A debit locks and is numbered at once; waiting it could make a debt that nobody sees.
_DEBTS = """
SELECT a.id, a.balance FROM ledger_account a WHERE a.kind <> 'external' AND a.balance < 0
UNION ALL
SELECT l.account_id, l.units FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
WHERE l.number IS NULL AND l.units < 0 AND a.kind <> 'external'
ORDER BY 1 LIMIT %(shown)s
"""


def _batches(sql: str, parameters: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """Ask about all transfers, so many at a time."""
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        ((until, many),) = _rows(_SOME_TRANSFERS, {"last": last, "many": TRANSFERS_AT_ONCE})
        if not many:
            return
        yield from _rows(sql, {**(parameters or {}), "last": last, "until": until, "shown": SHOWN})
        last = until


_SOME_TRANSFERS = """
SELECT max(id::text)::uuid, count(*) FROM (
    SELECT id FROM ledger_transfer WHERE id > %(last)s::uuid ORDER BY id LIMIT %(many)s
) t
"""


def _unbalanced() -> Iterator[str]:
    for transfer, legs in _batches(_UNBALANCED):
        yield f"{transfer} ({legs} legs)"


_UNBALANCED = """
SELECT t.id, count(l.id) FROM ledger_transfer t LEFT JOIN ledger_leg l ON l.transfer_id = t.id
WHERE t.id > %(last)s::uuid AND t.id <= %(until)s
GROUP BY t.id HAVING count(l.id) < 2
    OR EXISTS (SELECT FROM ledger_leg x WHERE x.transfer_id = t.id GROUP BY asset HAVING sum(units) <> 0)
LIMIT %(shown)s
"""


def _lawless() -> Iterator[str]:
    """What left an account that its kind may not take from, reached one that it may not give to, or changed hands."""
    allowed = [f"{kind.code} -{source}" for kind in every() for source in kind.sources]
    allowed += [f"{kind.code} +{target}" for kind in every() for target in kind.targets]
    within = [kind.code for kind in every() if kind.within]
    parameters = {"allowed": allowed, "within": within, "reversal": REVERSAL}
    for transfer, kind in _batches(_LAWLESS, parameters):
        yield f"{transfer} ({kind})"


_LAWLESS = """
SELECT t.id, t.kind FROM ledger_transfer t
JOIN ledger_leg l ON l.transfer_id = t.id JOIN ledger_account a ON a.id = l.account_id
WHERE t.id > %(last)s::uuid AND t.id <= %(until)s AND t.reverses_id IS NULL
GROUP BY t.id HAVING t.kind = %(reversal)s::text
    OR NOT bool_and(t.kind || CASE WHEN l.units < 0 THEN ' -' ELSE ' +' END || a.kind = ANY(%(allowed)s::text[]))
    OR (t.kind = ANY(%(within)s::text[]) AND count(DISTINCT a.owner_id) > 1)
LIMIT %(shown)s
"""


def _unmirrored() -> Iterator[str]:
    for (transfer,) in _batches(_UNMIRRORED, {"reversal": REVERSAL}):
        yield str(transfer)


_UNMIRRORED = """
SELECT t.id FROM ledger_transfer t
WHERE t.id > %(last)s::uuid AND t.id <= %(until)s AND t.reverses_id IS NOT NULL
AND (t.kind <> %(reversal)s::text OR EXISTS (
    SELECT account_id, sum(units) FROM ledger_leg WHERE transfer_id IN (t.id, t.reverses_id)
    GROUP BY account_id HAVING sum(units) <> 0
)) LIMIT %(shown)s
"""


def _holds() -> Iterator[str]:
    for owner, asset, held, wanted in _rows(_HOLDS, {"shown": SHOWN}):
        yield f"{asset} of {owner}: {held} instead of {wanted}"


_HOLDS = """
WITH open AS (SELECT owner_id, asset, sum(units) AS units FROM ledger_hold WHERE "end" = '' GROUP BY 1, 2),
held AS (
    SELECT owner_id, asset, balance + coalesce(
        (SELECT sum(units) FROM ledger_leg l WHERE l.account_id = a.id AND number IS NULL), 0) AS units
    FROM ledger_account a WHERE kind = 'held'
)
SELECT owner_id, asset, coalesce(h.units, 0), coalesce(o.units, 0) FROM open o FULL JOIN held h USING (owner_id, asset)
WHERE coalesce(h.units, 0) <> coalesce(o.units, 0) ORDER BY 1, 2 LIMIT %(shown)s
"""
