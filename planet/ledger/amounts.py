"""Money as people type it."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planet.ledger.assets import Asset, brief


class AmountField(forms.DecimalField):
    """An amount of an asset, as base units (None: nothing was typed). Never more exact than the asset is."""

    def __init__(self, *, least: int, most: int, asset: Asset = Asset.USDT, **options: Any) -> None:
        self.asset, self.least, self.most = asset, least, most
        # Thirty digits hold every amount; more are refused before anybody calculates with them.
        super().__init__(max_digits=30, decimal_places=asset.decimals, **options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

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
