"""The settings load and the database is real."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql_18() -> None:
    assert connection.cursor().execute("show server_version").fetchone()[0].startswith("18")
