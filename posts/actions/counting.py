"""Changing a count together with the row that it counts."""

from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest


def change(rows: "QuerySet[Any]", counter: str, by: int) -> None:
    """Add `by` to a count of rows that the caller has locked (or takes the lock of here).

    Never below zero: a count that was wrong before must not stand in the way of what a person does. It is found and
    set right at night (`counters.repair_counts`).
    """
    rows.update(**{counter: Greatest(F(counter) + by, Value(0))})
