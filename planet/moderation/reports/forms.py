"""What a report asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planet.moderation.models import Reason
from planet.web.text import TextField

NOTE_LENGTH = 1000
HINTS: dict[str, str | Promise] = {
    Reason.SPAM: _("Repeated, bought or off-topic advertising"),
    Reason.FRAUD: _("Fake giveaways, phishing, guaranteed returns, stolen funds"),
    Reason.IMPERSONATION: _("Pretends to be somebody else, or a company"),
    Reason.HARASSMENT: _("Insults, threats, private details of somebody"),
    Reason.HATE: _("Attacks people for who they are"),
    Reason.SEXUAL: _("Nudity or sexual acts; anything with minors"),
    Reason.VIOLENCE: _("Calls for it, praises it, shows it"),
    Reason.ILLEGAL: _("Drugs, weapons, stolen data, money laundering"),
    Reason.MANIPULATION: _("Pump and dump, wash trading, false news to move a price"),
    Reason.UNDISCLOSED: _("Paid for, or holds the asset, and does not say so"),
    Reason.OTHER: _("Say what it is below"),
}


@dataclass(frozen=True)
class Choice:
    """A reason to choose, with what it covers."""

    value: str
    label: str
    hint: str | Promise
    chosen: bool


class ReportForm(forms.Form):
    """The reason, and a note; a note is required where the reason alone says nothing."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Reason.choices,
        error_messages={"required": _("Choose what is wrong.")},
    )
    note = TextField(
        label=_("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What should we know? Only operators read it."),
    )

    def clean(self) -> dict[str, Any]:
        """Something else needs words."""
        data = cast("dict[str, Any]", super().clean())
        if data.get("reason") == Reason.OTHER and not data.get("note"):
            self.add_error("note", _("Say what is wrong with it."))
        return data

    @property
    def choices(self) -> Iterator[Choice]:
        """The reasons as the page shows them."""
        chosen = self["reason"].value()
        for reason in Reason:
            yield Choice(reason.value, str(reason.label), HINTS[reason], reason.value == chosen)
