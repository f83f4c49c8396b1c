"""Keyset pages: as fast on the five-hundredth page as on the first, and never a row twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, Model, Q, QuerySet
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


def decode_cursor(cursor: str, model: type[Model], *keys: str) -> list[Any]:
    """The values in a cursor of these columns of a model.

    Raises Http404 for one that we did not make, and for one of another list: its values are none of these columns'.
    """
    try:
        values = _signer.unsign_object(cursor)
        return [_value(model, key, value) for key, value in zip(keys, values, strict=True)]
    except (BadSignature, ValueError, ValidationError):
        raise Http404 from None


def _value(model: type[Model], key: str, value: str) -> Any:
    """What a column holds, from its text. Raises ValidationError for what it cannot hold."""
    column = cast("Field[Any, Any]", model._meta.get_field(key))
    found = column.to_python(value)
    column.run_validators(found)
    return found


def keyset(rows: QuerySet[M], *, after: str | None, key: str = "id", size: int = PAGE_SIZE) -> Page[M]:
    """One page of `rows`, the largest `key` (a unique column) first, beginning after the cursor."""
    if after:
        (value,) = decode_cursor(after, rows.model, key)
        rows = rows.filter(**{f"{key}__lt": value})
    found = list(rows.order_by(f"-{key}")[: size + 1])
    return Page(found[:size], encode_cursor(getattr(found[size - 1], key)) if len(found) > size else None)


def keyset_by(rows: QuerySet[M], first: str, *, after: str | None, size: int = PAGE_SIZE) -> Page[M]:
    """One page of `rows`, the largest (or latest) `first` first and `id` breaking ties, beginning after the cursor."""
    if after:
        value, pk = decode_cursor(after, rows.model, first, "id")
        rows = rows.filter(Q(**{f"{first}__lt": value}) | Q(**{first: value, "id__lt": pk}))
    found: list[Any] = list(rows.order_by(F(first).desc(), "-id")[: size + 1])
    cursor = encode_cursor(getattr(found[size - 1], first), found[size - 1].pk) if len(found) > size else None
    return Page(found[:size], cursor)
