"""What the dialog of a tip asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from planet.ledger.amounts import AmountField
from planet.ledger.assets import Asset, brief
from planet.tips.actions import LEAST, MOST
from planet.tips.models import MESSAGE_LENGTH
from planet.web.text import LineField

PRESETS = (1_000_000, 5_000_000, 20_000_000, 100_000_000)  # 1, 5, 20, 100 USDT
OWN = "own"


@dataclass(frozen=True)
class Preset:
    """An amount to choose."""

    value: str
    label: str
    chosen: bool


class TipForm(forms.Form):
    """An amount, of four or one's own; a message; whether to be named; and which tip it is."""

    preset = forms.ChoiceField(
        label=_("Amount"), choices=[*((str(units), "") for units in PRESETS), (OWN, "")], initial=str(PRESETS[1])
    )
    amount = AmountField(label=_("Your own amount"), required=False, least=LEAST, most=MOST)
    message = LineField(
        label=_("Message"),
        required=False,
        max_length=MESSAGE_LENGTH,
        widget=forms.TextInput({"autocomplete": "off", "data-plain-text": True}),
    )
    is_named = forms.BooleanField(
        label=_("Name me among the supporters"),
        required=False,
        help_text=_("On the creator's page, with what you gave in all. The creator sees who sent a tip either way."),
    )
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The amount in base units, as `units`."""
        data = cast("dict[str, Any]", super().clean())
        if data.get("preset") == OWN and "amount" in data and not data["amount"]:
            self.add_error("amount", _("Say how much."))
        data["units"] = data.get("amount") if data.get("preset") == OWN else int(data.get("preset") or 0)
        return data

    @property
    def presets(self) -> Iterator[Preset]:
        """The amounts as the dialog shows them."""
        chosen = self["preset"].value()
        for units in PRESETS:
            yield Preset(str(units), brief(units, Asset.USDT), str(units) == chosen)

    @property
    def is_own(self) -> bool:
        """Whether the own amount is chosen."""
        return bool(self["preset"].value() == OWN)
