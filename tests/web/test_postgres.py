"""The database backend: a kept connection that died is noticed before it is used."""

from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def next_request(wrapper: Any) -> None:
    """What Django does at the beginning of every request."""
    wrapper.health_check_enabled = True
    wrapper.health_check_done = False
    wrapper.close_if_unusable_or_obsolete()


def ask() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    return int(row[0])


def test_a_connection_whose_server_went_away_is_replaced_without_an_error() -> None:
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True
    before = ask()
    # Autocommit: within a transaction pg_stat_activity stays as it was first read.
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [before])
        until(lambda: not other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [before]).fetchone())

    next_request(connection)

    assert ask() != before


def test_a_healthy_connection_is_kept_and_costs_no_query() -> None:
    before = ask()
    next_request(connection)

    with CaptureQueriesContext(connection) as queries:
        assert ask() == before

    assert len(queries) == 1


def test_after_an_error_the_server_itself_is_asked() -> None:
    before = ask()
    connection.errors_occurred = True

    assert connection.is_usable()

    connection.errors_occurred = False
    assert ask() == before
