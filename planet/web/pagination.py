"""Keyset pages: as fast on the five-hundredth page as on the first, and never a row twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet
from django.http import Http404

PAGE_SIZE = 20

T = TypeVar("T")
M = TypeVar("M", bound=Model)
_signer = Signer(salt="planet.web.pagination")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Items in order, and the cursor after which the next page begins (None: there is none)."""

    items: Sequence[T]
    after: str | None


def encode_cursor(*values: object) -> str:
    """An opaque, signed cursor for the row with these key values."""
    return _signer.sign_object([str(value) for value in values], compress=False)


def decode_cursor(cursor: str, length: int = 1) -> list[str]:
    """The key values in a cursor. Raises Http404 for one that we did not make."""
    try:
        values = _signer.unsign_object(cursor)
    except (BadSignature, ValueError):
        raise Http404 from None
    if not isinstance(values, list) or len(values) != length:
        raise Http404
    return values


def keyset(rows: QuerySet[M], *, after: str | None, key: str = "id", size: int = PAGE_SIZE) -> Page[M]:
    """One page of `rows`, the largest `key` (a unique column) first, beginning after the cursor."""
    if after:
        (value,) = decode_cursor(after)
        rows = rows.filter(**{f"{key}__lt": value})
    found = list(rows.order_by(f"-{key}")[: size + 1])
    return Page(found[:size], encode_cursor(getattr(found[size - 1], key)) if len(found) > size else None)


def keyset_by_time(rows: QuerySet[M], *, after: str | None, time: str, size: int = PAGE_SIZE) -> Page[M]:
    """One page of `rows`, the latest `time` first and `id` breaking ties, beginning after the cursor."""
    if after:
        at, pk = decode_cursor(after, 2)
        rows = rows.filter(Q(**{f"{time}__lt": at}) | Q(**{time: at, "id__lt": pk}))
    found: list[Any] = list(rows.order_by(F(time).desc(), "-id")[: size + 1])
    cursor = (
        encode_cursor(getattr(found[size - 1], time).isoformat(), found[size - 1].pk) if len(found) > size else None
    )
    return Page(found[:size], cursor)
