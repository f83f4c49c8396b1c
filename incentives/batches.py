"""Rows in lists of so many: what is read without end is worked on in parts."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in their order, `size` at a time; the last list may be shorter, and none is empty."""
    found = iter(rows)
    while batch := list(islice(found, size)):
        yield batch
