"""Fixtures that every test has."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from planet.web import translations
from tests.cast import cast

__all__ = ["cast"]

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile("planet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("planet")


@pytest.fixture(autouse=True, scope="session")
def _quick_flush() -> None:
    """After a `transaction=True` test empty the tables that hold something, also those whose triggers refuse it.

    TRUNCATE of all of them, as Django does it, takes a third of a second whatever they hold. Content types and
    permissions stay: migrations alone make them.
    """
    kept = {"django_content_type", "auth_permission"}

    def sql_flush(self: DatabaseOperations, _style: object, tables: Sequence[str], **_: Any) -> list[str]:
        names = [self.quote_name(table) for table in tables if table not in kept]
        some = " UNION ALL ".join(f"(SELECT {number} FROM {name} LIMIT 1)" for number, name in enumerate(names))
        with self.connection.cursor() as cursor:
            cursor.execute(some)
            filled = [names[number] for (number,) in cursor.fetchall()]
        # As a replica neither triggers nor foreign keys are asked.
        return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in filled)]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[assignment,method-assign]


@pytest.fixture(autouse=True, scope="session")
def _translations() -> None:
    """The pages speak every language, as after a start."""
    translations.compile_all()


@pytest.fixture(autouse=True)
def _clean_redis() -> None:
    """Every test starts with an empty Redis."""
    cache.clear()


@pytest.fixture(autouse=True)
def _english() -> None:
    """Every test starts in English: a request in another language leaves its thread in that language."""
    translation.activate(settings.LANGUAGE_CODE)
