"""A week's inputs as four files: put together inside the database, out of it by COPY or in chunks.

Memory does not grow with the week. What is frozen and what is only estimated of the running week are gathered alike.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple
from uuid import UUID

from django.db import connection

from incentives import queries, weeks
from incentives.batches import batched
from incentives.models import Policy, Settlement
from incentives.pseudonyms import IN_SQL, keys, pseudonym
from incentives.settlement import frozen
from incentives.values import standing_permille, value_nano
from planet.accounts import trust
from planet.accounts.models import KycState
from planet.engagement import queries as engagement
from planet.ledger import queries as ledger
from planet.ledger.assets import Asset
from planet.ledger.kinds import AccountKind

CHUNK: Final = 5_000  # people in memory at once


class Met(NamedTuple):
    """A creator who is in the files: who it is, under which name, and what they have accrued."""

    creator: UUID
    pseudonym: UUID
    accrued_units: int


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


def gather(settlement: Settlement, directory: Path, *, rolled_in: int, met: Callable[[list[Met]], None]) -> None:
    """Write the four files of a settlement's week, and fill in what it knows then of its pool.

    Call it in a transaction: what it works with are temporary tables. `met` hears of the creators, in chunks.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        engagement.write_units("frozen_units", week=weeks.begin(settlement.week))
        cursor.execute(_GONE)
        for owed in batched(ledger.holders(kind=AccountKind.ACCRUED, asset=Asset.USDT), CHUNK):
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
            met([Met(creator, line[0], line[3]) for line, creator in lines])
    settlement.funded_units = settlement.policy.pool_units(settlement.active_viewers)
    settlement.rolled_in_units = rolled_in
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
    """The pseudonym of the cluster of each of these who was linked when the week was over; if it runs, who is now."""
    salt, at = bytes(settlement.salt), min(weeks.end(settlement.week), settlement.opened_at)
    return {person: pseudonym(salt, cluster) for person, cluster in queries.linked(ids, at=at).items()}


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
