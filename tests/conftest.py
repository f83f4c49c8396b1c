"""Fixtures that every test has."""

import pytest
from django.core.cache import cache

from tests.cast import cast

__all__ = ["cast"]


@pytest.fixture(autouse=True)
def _clean_redis() -> None:
    """Every test starts with an empty Redis."""
    cache.clear()
