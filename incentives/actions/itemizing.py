"""What each content brought: written down with the computing of a week, from the same frozen files."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from django.db import connection

from incentives import weeks
from incentives.errors import Tampered
from incentives.models import GIVEN, STEPS, Settlement
from incentives.pseudonyms import IN_SQL, keys
from incentives.settlement.frozen import ID
from incentives.settlement.pool import Line
from incentives.settlement.reasons import Item, divided
from planet.engagement import queries as engagement

_FIELDS: Final = (*STEPS, *GIVEN)
_TABLES: Final = f"""
DROP TABLE IF EXISTS pg_temp.itemized, pg_temp.itemized_contents, pg_temp.itemized_names;
CREATE TEMP TABLE itemized (creator uuid, pseudonym uuid, amount_units bigint,
    {", ".join(f"{field} numeric" for field in _FIELDS)}) ON COMMIT DROP;
CREATE TEMP TABLE itemized_contents (id uuid) ON COMMIT DROP
"""
_COPY: Final = f"COPY itemized (creator, pseudonym, amount_units, {', '.join(_FIELDS)}) FROM STDIN"
_NAMES: Final = f"""
CREATE TEMP TABLE itemized_names ON COMMIT DROP AS SELECT {IN_SQL.format("id")} AS pseudonym, id FROM itemized_contents
"""  # noqa: S608  # constants of this room
_WRITE: Final = f"""
INSERT INTO incentives_earning (award_id, pseudonym, content_id, amount_units, {", ".join(_FIELDS)})
SELECT a.id, i.pseudonym, n.id, i.amount_units, {", ".join(f"i.{field}" for field in _FIELDS)}
FROM itemized i JOIN incentives_award a ON a.settlement_id = %s AND a.pseudonym = i.creator
LEFT JOIN itemized_names n ON n.pseudonym = i.pseudonym
"""  # noqa: S608  # constants of this room


def itemize(settlement: Settlement, items: dict[bytes, Item], lines: list[Line]) -> None:
    """Keep what every content came to; a creator's amount is divided among theirs by points, to the unit.

    Call it in the transaction that computes the week; raises Tampered. Which content a pseudonym stands for is found by
    drawing the pseudonyms of the week's contents again: it is written down nowhere else.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        with cursor.copy(_COPY) as copy:
            for row in _rows(items, {line.creator_id: line.amount_units for line in lines}):
                copy.write_row(row)
        engagement.write_contents("itemized_contents", week=weeks.begin(settlement.week))
        cursor.execute(_NAMES, keys(bytes(settlement.salt)))
        cursor.execute("ANALYZE itemized; ANALYZE itemized_names")
        cursor.execute(_WRITE, [settlement.pk])
        if cursor.rowcount != len(items):
            raise Tampered(f"{settlement}: the creators of what was given are not those that were frozen")


def _rows(items: dict[bytes, Item], amounts: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for creator, given in groupby(items.items(), key=lambda one: one[0][:ID].decode()):  # they are sorted
        mine = [(key[ID + 1 :].decode(), item) for key, item in given]
        parts = divided(amounts[creator], [item.points for _, item in mine])
        for (content, item), amount in zip(mine, parts, strict=True):
            yield creator, content, amount, *(getattr(item, field) for field in _FIELDS)
