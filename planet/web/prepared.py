"""Reads that run on every page, as statements that PostgreSQL prepares once a connection.

Django's own cursors bind on the client, so nothing they send is ever prepared. These bind on the server and plan once.
They stay visible to Django: transactions, errors and counted queries work as with `connection.cursor()`.
"""

from collections.abc import Mapping
from typing import Any, cast

import psycopg
from django.db import connection


class _PreparingCursor(psycopg.Cursor[Any]):
    """A server-side binding cursor that prepares at the first execution."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_PreparingCursor":
        """Run the query as a prepared statement; values come in binary, which psycopg reads several times faster."""
        super().execute(query, params, **{**options, "prepare": True, "binary": True})
        return self


def fetch(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Every row of a query with `%(name)s` parameters. Raises Django's database errors."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw = _PreparingCursor(connection.connection)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(cast("Any", raw)) as cursor:
        cursor.execute(sql, params)
        if connection.queries_logged:
            connection.queries_log[-1]["sql"] = sql  # a server-side binding cursor cannot say what it sent
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
