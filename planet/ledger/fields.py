"""Base units in a column."""

from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

ST = TypeVar("ST")
GT = TypeVar("GT")


class UnitsField(models.DecimalField[ST, GT]):
    """Integer base units, as `numeric` in the database and as `int` in Python."""

    _pyi_private_set_type: int  # what django-stubs takes the values for
    _pyi_private_get_type: int  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "max_digits": 38, "decimal_places": 0})

    def deconstruct(self) -> Any:
        """What a migration says: the digits are always the same."""
        name, path, args, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, args, options

    def from_db_value(self, value: Decimal | None, *_: Any) -> int | None:
        """The whole number that was stored."""
        return None if value is None else int(value)

    def to_python(self, value: Any) -> Any:
        """A whole number. Raises ValidationError for anything that is not exactly one."""
        if value is None:
            return None
        try:
            whole = int(Decimal(value))
        except (InvalidOperation, OverflowError, ValueError, TypeError):
            whole = None
        if whole is None or isinstance(value, float) or whole != Decimal(value):
            raise ValidationError(_("Enter a whole number."), code="invalid")
        return whole

    def run_validators(self, value: Any) -> None:
        """As Django's own, whose validators want a Decimal."""
        super().run_validators(Decimal(value) if isinstance(value, int) else value)
