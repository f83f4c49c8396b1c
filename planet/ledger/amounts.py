"""Money as people type it."""

import re
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planet.ledger.assets import Asset, brief

_PLAIN: Final = re.compile(r"[0-9]{1,24}(\.[0-9]{1,18})?")

_TYPED: Final = re.compile(r"[+-]?\d*\.?\d*")  # of whatever script: full-width digits are what some keyboards type


class AmountField(forms.DecimalField):
    """An amount of an asset, as base units (None: nothing was typed). Never more exact than the asset is."""

    def __init__(self, *, least: int, most: int, asset: Asset = Asset.USDT, **options: Any) -> None:
        self.asset, self.least, self.most = asset, least, most
        # Twenty-eight digits are what Decimal calculates with: of more it would round the last.
        super().__init__(max_digits=28, decimal_places=asset.decimals, **options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Any:
        """The decimal. Raises ValidationError also for 1e3 and 1_000: what moves must read as it was typed."""
        if isinstance(value, str) and not _TYPED.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        """The base units. Raises ValidationError for what is no amount, or out of bounds."""
        found = cast("Decimal | None", super().clean(value))
        if found is None:
            return None
        units = int(found.scaleb(self.asset.decimals))
        if not self.least <= units <= self.most:
            bounds = {"least": brief(self.least, self.asset), "most": brief(self.most, self.asset), "asset": self.asset}
            raise ValidationError(_("Between %(least)s and %(most)s %(asset)s."), params=bounds, code="bounds")
        return units


def exact(amount: Any, asset: Asset) -> int:
    """The base units of an amount that a machine wrote as text, such as "12.5".

    Raises ValueError for anything but a positive decimal that is not more exact than the asset.
    """
    if not isinstance(amount, str) or not _PLAIN.fullmatch(amount):
        raise ValueError(f"not an amount: {amount!r}")
    whole, _point, rest = amount.partition(".")
    if len(rest) > asset.decimals:
        raise ValueError(f"too exact: {amount!r}")
    units = int(whole + rest.ljust(asset.decimals, "0"))
    if not units:
        raise ValueError("nothing")
    return units
