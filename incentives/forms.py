"""The operators' form for the next policy: USDT, parts and per cent as people write them; exact base units come out."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incentives.models import Policy
from incentives.settlement.frozen import LARGEST
from incentives.weeks import name_of, parse
from planet.moderation.admin_tools import ReasonForm
from planet.web.text import TextField

_USDT: Final = ("base_units", "per_viewer_units", "most_units", "minimum_units")
_NANO: Final = (
    *("budget_nano", "minute_nano", "like_nano", "bookmark_nano"),
    *("comment_nano", "share_nano", "component_nano"),
)


class WeekField(forms.CharField):
    """A week such as 2026-W47; its Monday."""

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for anything else."""
        try:
            return parse(super().clean(value))
        except ValueError:
            raise ValidationError(_("Write the week like 2026-W47."), code="invalid") from None


class PolicyForm(ReasonForm):
    """All parameters of a policy, its first week, and why."""

    starts = WeekField(label=_("First week"), help_text=_("A week that has not begun, such as 2026-W47."))
    cap_bp = forms.DecimalField(
        label=_("Most for one creator, in per cent of the pool"), min_value=0, max_value=100, decimal_places=2
    )
    field_order = ("starts", *_USDT, "cap_bp", *_NANO, "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {field.name: field.verbose_name for field in Policy._meta.fields}
        for names, places, unit in ((_USDT, 6, "USDT"), (_NANO, 9, "")):
            for name in names:
                self.fields[name] = forms.DecimalField(
                    label=labels[name], help_text=unit, min_value=0, max_value=Decimal(LARGEST).scaleb(-places),
                    decimal_places=places,
                )  # fmt: skip
        self.order_fields(self.field_order)

    def amounts(self) -> dict[str, int]:
        """What was written, in base units, nano and ten-thousandths."""
        scales = {**dict.fromkeys(_USDT, 6), **dict.fromkeys(_NANO, 9), "cap_bp": 2}
        return {name: int(self.cleaned_data[name].scaleb(places)) for name, places in scales.items()}

    @staticmethod
    def written(policy: Policy | None, *, starts: date) -> dict[str, Any]:
        """What stands in the form at first: the newest policy, for the next week."""
        found: dict[str, Any] = {"starts": name_of(starts)}
        for names, places in ((_USDT, 6), (_NANO, 9), (("cap_bp",), 2)):
            for name in names if policy else ():
                found[name] = f"{Decimal(getattr(policy, name)).scaleb(-places).normalize():f}"
        return found


class AppealForm(forms.Form):
    """Why linked accounts are not one person's."""

    text = TextField(label=_("Your appeal"), max_length=2000, widget=forms.Textarea({"rows": 6, "data-plain-text": ""}))


class AnswerForm(ReasonForm):
    """An operator's answer to an appeal; the person reads it as the reason."""

    accept = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[
            ("", "–"),
            ("yes", _("Accept: take this account out")),
            ("no", _("Refuse: they go on counting as one")),
        ],
        coerce=lambda value: value == "yes",
    )
