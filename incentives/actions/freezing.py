"""The freeze: what a week's settlement is computed from, written down once, two hours after the week.

Everything is put together inside the database and leaves it by COPY or in chunks, so memory does not grow with the
week. The files lie in the storage before the week is called closed; broken off anywhere, the next run begins anew, with
the same salt.
"""

import json
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from django.db import connection, transaction

from incentives import archive, queries, weeks
from incentives.actions import steps
from incentives.errors import NoPolicy, NotComplete, OutOfOrder, TooEarly, TreasuryShort
from incentives.models import Award, Policy, Settlement, State
from incentives.pseudonyms import IN_SQL, keys, pseudonym
from incentives.settlement import frozen
from incentives.settlement.statement import settle
from incentives.values import standing_permille, value_nano
from planet.accounts import trust
from planet.accounts.models import KycState
from planet.engagement import queries as engagement
from planet.ledger import queries as ledger
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.errors import Short
from planet.ledger.kinds import POOL_FUNDS, AccountKind

CHUNK: Final = 5_000  # people in memory at once
SALT: Final = 32

_TABLES: Final = """
DROP TABLE IF EXISTS pg_temp.frozen_units, pg_temp.frozen_owed, pg_temp.frozen_names;
CREATE TEMP TABLE frozen_units (viewer_id uuid, creator_id uuid, content_id uuid, dwell_seconds int, liked int,
    bookmarked int, comments int, shared int, component int) ON COMMIT DROP;
CREATE TEMP TABLE frozen_owed (creator_id uuid, units bigint) ON COMMIT DROP;
CREATE TEMP TABLE frozen_names (id uuid, pseudonym uuid PRIMARY KEY, is_viewer bool, is_creator bool) ON COMMIT DROP
"""
_OWED: Final = "INSERT INTO frozen_owed SELECT * FROM unnest(%s::uuid[], %s::bigint[])"
# What was given to somebody who is no more goes to nobody.
# (Not NOT IN: beyond some 700,000 people that reads all of them for every row.)
_GONE: Final = "DELETE FROM frozen_units WHERE NOT EXISTS (SELECT FROM accounts_user u WHERE u.id = creator_id)"
_NAMES: Final = f"""
INSERT INTO frozen_names SELECT id, {IN_SQL.format("id")}, bool_or(is_viewer), bool_or(is_creator) FROM (
    SELECT DISTINCT viewer_id AS id, true AS is_viewer, false AS is_creator FROM frozen_units
    UNION ALL SELECT DISTINCT creator_id, false, true FROM frozen_units
    UNION ALL SELECT creator_id, false, true FROM frozen_owed
    UNION ALL SELECT DISTINCT content_id, false, false FROM frozen_units
) every GROUP BY id
"""  # noqa: S608  # constants of this room
_UNITS: Final = """
COPY (SELECT v.pseudonym, c.pseudonym, k.pseudonym, dwell_seconds, liked, bookmarked, comments, shared, component
      FROM frozen_units u JOIN frozen_names v ON v.id = u.viewer_id JOIN frozen_names c ON c.id = u.creator_id
      JOIN frozen_names k ON k.id = u.content_id ORDER BY 1, 2, 3) TO STDOUT (FORMAT csv)
"""
_VIEWERS: Final = """
SELECT n.pseudonym, n.id, u.trust_level, u.is_active FROM frozen_names n JOIN accounts_user u ON u.id = n.id
WHERE n.is_viewer ORDER BY n.pseudonym
"""
_CREATORS: Final = """
SELECT n.pseudonym, n.id, u.is_active, u.kyc_state, coalesce(o.units, 0)
FROM frozen_names n JOIN accounts_user u ON u.id = n.id LEFT JOIN frozen_owed o ON o.creator_id = n.id
WHERE n.is_creator ORDER BY n.pseudonym
"""


def freeze(*, week: date, now: datetime) -> Settlement:
    """Write the week's inputs down, fund its pool, and close it; frozen before, it stays as it is.

    Raises Waits: TooEarly, OutOfOrder, NoPolicy, NotComplete, TreasuryShort or Busy; frozen.MalformedInput.
    """
    if now < weeks.freezes_at(week):
        raise TooEarly(week)
    _open(week, now)
    with transaction.atomic():
        settlement = steps.locked(week)
        if steps.is_past(settlement, State.OPEN):
            return settlement
        if queries.next_due(now) != week:
            raise OutOfOrder(week)
        if not engagement.is_complete(weeks.begin(week)):
            raise NotComplete(week)
        with tempfile.TemporaryDirectory(prefix="freeze-") as directory:
            _write(settlement, Path(directory))
            settle(Path(directory))  # a closed week never opens again: inputs that cannot be worked out are not closed
            _close(settlement, Path(directory), now)
    return settlement


def _open(week: date, now: datetime) -> None:
    """The row with its salt, in a transaction of its own: whatever breaks off later begins again with the same."""
    policy = queries.policy_of(week)
    if policy is None:
        raise NoPolicy(week)
    Settlement.objects.get_or_create(
        week=week, defaults={"policy": policy, "salt": secrets.token_bytes(SALT), "opened_at": now}
    )


def _close(settlement: Settlement, directory: Path, now: datetime) -> None:
    """Fund the pool, store the files, and say so; the first and the last in one transaction."""
    digest = frozen.inputs_hash(directory)
    settlement.folder = archive.keep(directory, week=settlement.name, digest=digest)
    settlement.inputs_sha256, settlement.state, settlement.closed_at = digest, State.CLOSED, now
    settlement.save()
    if not settlement.funded_units:
        return
    treasury, pool = (account_of(None, kind, Asset.USDT) for kind in (AccountKind.TREASURY, AccountKind.POOL))
    try:
        move(
            kind=POOL_FUNDS, source=treasury, target=pool, units=settlement.funded_units,
            key=f"pool:{settlement.name}", actor=None, now=now, memo=settlement.name,
        )  # fmt: skip
    except Short:
        raise TreasuryShort(settlement.funded_units) from None


def _write(settlement: Settlement, directory: Path) -> None:
    """The four files, and a row for each creator."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        engagement.write_units("frozen_units", week=weeks.begin(settlement.week))
        cursor.execute(_GONE)
        for owed in _batched(ledger.holders(kind=AccountKind.ACCRUED, asset=Asset.USDT)):
            cursor.execute(_OWED, [[owner for owner, _ in owed], [units for _, units in owed]])
        cursor.execute(_NAMES, keys(bytes(settlement.salt)))
        cursor.execute("ANALYZE frozen_names; ANALYZE frozen_units")
        cursor.execute("SELECT count(*) FROM frozen_names WHERE is_viewer")
        settlement.active_viewers = int(cursor.fetchone()[0])
        with _begun(directory, "units.csv", frozen.UNITS) as file, cursor.copy(_UNITS) as copy:
            for block in copy:
                file.write(block)
    with _begun(directory, "viewers.csv", frozen.VIEWERS) as file:
        for people in _chunks(_VIEWERS):
            file.write(_lines(_viewers(people, settlement)))
    with _begun(directory, "creators.csv", frozen.CREATORS) as file:
        for people in _chunks(_CREATORS):
            lines = list(_creators(people, settlement))
            file.write(_lines(line for line, _ in lines))
            Award.objects.bulk_create(
                Award(settlement=settlement, creator_id=creator, pseudonym=line[0], before_units=line[3])
                for line, creator in lines
            )
    settlement.funded_units = settlement.policy.pool_units(settlement.active_viewers)
    settlement.rolled_in_units = queries.units_of(AccountKind.POOL)  # the weeks before are paid: all of it is left
    (directory / "policy.json").write_bytes(policy_file(settlement))


def policy_file(settlement: Settlement) -> bytes:
    """The bytes of policy.json."""
    policy: Policy = settlement.policy
    found = {
        "version": policy.version,
        "week": settlement.name,
        "pool_units": settlement.pool_units,
        "budget_nano": policy.budget_nano,
        "cap_bp": policy.cap_bp,
        "minimum_units": policy.minimum_units,
        "weights_nano": {name: getattr(policy, f"{name}_nano") for name in frozen.Weights.__slots__},
    }
    return (json.dumps(found, indent=2) + "\n").encode()


def _begun(directory: Path, name: str, header: bytes) -> BinaryIO:
    file = (directory / name).open("wb")
    file.write(header + b"\n")
    return file


def _batched(rows: Iterator[tuple[UUID, int]]) -> Iterator[list[tuple[UUID, int]]]:
    while batch := list(islice(rows, CHUNK)):
        yield batch


def _lines(rows: Iterable[tuple[Any, ...]]) -> bytes:
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode()


def _chunks(statement: str) -> Iterator[list[tuple[Any, ...]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _viewers(people: list[tuple[Any, ...]], settlement: Settlement) -> Iterator[tuple[Any, ...]]:
    """(pseudonym, value, cluster) of each viewer."""
    ids = [real for _, real, *_ in people]
    traded, clusters = queries.traded(ids, until=weeks.end(settlement.week)), _clusters(ids, settlement)
    for name, real, level, is_active in people:
        mine = traded.get(real, queries.Traded())
        value = value_nano(level, is_active=is_active, fees=mine.fees, volume=mine.volume)
        yield name, value, clusters.get(real, "")


def _clusters(ids: list[UUID], settlement: Settlement) -> dict[UUID, UUID]:
    """The pseudonym of the cluster of each of these who is linked."""
    salt = bytes(settlement.salt)
    return {person: pseudonym(salt, cluster) for person, cluster in queries.linked(ids).items()}


def _creators(people: list[tuple[Any, ...]], settlement: Settlement) -> Iterator[tuple[tuple[Any, ...], UUID]]:
    """(pseudonym, standing, cluster, accrued) of each creator, and who it is.

    Whose account is closed earns nothing. Who may not be paid, for that or for want of an identity check, keeps what is
    accrued: it is not on the table this week, and so nobody computes that it is paid.
    """
    ids = [real for _, real, *_ in people]
    strikes, clusters = trust.count("strikes", ids), _clusters(ids, settlement)
    for name, real, is_active, kyc_state, owed in people:
        standing = standing_permille(strikes[real]) if is_active else 0
        accrued = owed if is_active and kyc_state == KycState.APPROVED else 0
        yield (name, standing, clusters.get(real, ""), accrued), real
