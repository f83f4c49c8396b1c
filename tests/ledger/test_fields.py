"""Base units are whole numbers, wherever they come from."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from planet.ledger.assets import Asset, written
from planet.ledger.fields import UnitsField


@pytest.mark.parametrize(("value", "units"), [(5, 5), ("7", 7), (Decimal("8.0"), 8), (None, None)])
def test_whole_numbers_are_taken(value: object, units: int | None) -> None:
    assert UnitsField().to_python(value) == units


@pytest.mark.parametrize("value", ["1.5", "much", "NaN", "Infinity", 2.0, [1], Decimal("0.1")], ids=str)
def test_nothing_else_is(value: object) -> None:
    with pytest.raises(ValidationError):
        UnitsField().to_python(value)


@pytest.mark.parametrize(
    ("units", "asset", "text"),
    [
        (1_234_500, Asset.USDT, "1.234500"),
        (-1, Asset.USDT, "-0.000001"),
        (12, Asset.POINTS, "12"),
        (10**30 - 1, Asset.USDT, "9" * 24 + "." + "9" * 6),
    ],
)
def test_units_are_written_exactly(units: int, asset: Asset, text: str) -> None:
    assert written(units, asset) == text
