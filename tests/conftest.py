"""Fixtures that every test has."""

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
def _flush_append_only_tables() -> None:
    """Let the flush after a `transaction=True` test empty the tables whose triggers refuse that to everybody else."""
    plain = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
        statements = plain(self, *args, **options)
        return ["SET LOCAL session_replication_role = replica", *statements] if statements else []

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
