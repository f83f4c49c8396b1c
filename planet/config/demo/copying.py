"""Rows into tables by COPY: hundreds of thousands a second, where the ORM does thousands."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from psycopg import sql


def uuid7_at(at: dt.datetime, rng: Random) -> uuid.UUID:
    """A UUIDv7 of that millisecond (RFC 9562, 5.7) with `rng`'s bits: what a person did last week sorts last week."""
    milliseconds = int(at.timestamp() * 1000)
    value = milliseconds << 80 | rng.getrandbits(76)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def columns(model: type[Model]) -> "list[Field[Any, Any]]":
    """The columns that a row brings along: neither generated, nor counted up by the database."""
    return [field for field in model._meta.concrete_fields if not field.generated and not isinstance(field, AutoField)]


def copy(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows given as {attribute: value}; what a row leaves out gets the field's default. Returns how many.

    Inside the caller's transaction, past `save()`, validators and signals: the values must be right.
    """
    fields = columns(model)
    names = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    table = sql.Identifier(model._meta.db_table)
    attributes = [(field.attname, field) for field in fields]
    count = 0
    with connection.cursor() as cursor:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
        with cursor.copy(statement) as target:
            for row in rows:
                values = [row[name] if name in row else field.get_default() for name, field in attributes]
                prepared = [
                    field.get_db_prep_save(value, connection)
                    for value, (_, field) in zip(values, attributes, strict=True)
                ]
                target.write_row(prepared)
                count += 1
    return count


class Lines:
    """Lines of COPY's text format for a table: some columns vary, the others stand at their default."""

    def __init__(self, model: type[Model], *varying: str) -> None:
        fields = {field.attname: field for field in columns(model)}
        constant = [name for name in fields if name not in varying]
        self.names = [str(fields[name].column) for name in (*varying, *constant)]
        self.table = model._meta.db_table
        self.tail = "".join(f"\t{_text(fields[name])}" for name in constant) + "\n"


def _text(field: "Field[Any, Any]") -> str:
    """A field's default as COPY reads it."""
    value = field.get_db_prep_save(field.get_default(), connection)
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return escape(value.isoformat() if isinstance(value, dt.datetime) else str(getattr(value, "obj", value)))


def escape(text: str) -> str:
    """A text as COPY reads it."""
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def copy_lines(lines: Lines, rows: Iterable[Sequence[str]]) -> None:
    """Write rows given as texts, escaped, of the varying columns. The fastest way in."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(lines.table), sql.SQL(", ").join(map(sql.Identifier, lines.names))
    )
    tail = lines.tail
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        batch: list[str] = []
        for row in rows:
            batch.append("\t".join(row) + tail)
            if len(batch) == 4000:
                target.write("".join(batch))
                batch.clear()
        target.write("".join(batch))
