"""The form with which an idea's levels are corrected. The fields carry; the block's `clean` judges."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from posts.blocks import checking
from posts.blocks.idea.block import HORIZONS, MOST_TARGETS

_LENGTH = 40


class IdeaForm(forms.Form):
    """Side, levels and horizon; the asset stays."""

    side = forms.ChoiceField(label=_("Side"), choices=[("long", _("Long")), ("short", _("Short"))])
    entry = forms.CharField(label=_("Entry"), max_length=_LENGTH)
    stop = forms.CharField(label=_("Stop"), max_length=_LENGTH)
    target_1 = forms.CharField(label=_("Target 1"), max_length=_LENGTH)
    target_2 = forms.CharField(label=_("Target 2"), max_length=_LENGTH, required=False)
    target_3 = forms.CharField(label=_("Target 3"), max_length=_LENGTH, required=False)
    horizon = forms.ChoiceField(
        label=_("Horizon"),
        choices=[(name, label) for name, label in checking.DURATION_LABELS.items() if name in HORIZONS],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField):
                field.widget.attrs.update({"class": "input", "inputmode": "decimal", "autocomplete": "off"})
            else:
                self.fields[name].widget.attrs.update({"class": "input"})

    @staticmethod
    def initial_of(data: dict[str, Any]) -> dict[str, Any]:
        """The stored idea as the form's first values."""
        targets = {f"target_{n}": target for n, target in enumerate(data["targets"], 1)}
        return {**{name: data[name] for name in ("side", "entry", "stop", "horizon")}, **targets}

    def levels(self) -> dict[str, Any]:
        """What was typed, as the block reads it."""
        typed = self.cleaned_data
        targets = [typed[f"target_{n}"] for n in range(1, MOST_TARGETS + 1)]
        return {**{name: typed[name] for name in ("side", "entry", "stop", "horizon")}, "targets": targets}
