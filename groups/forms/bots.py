"""Bots and webhooks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Channel
from groups.scopes import NAMES, Scope
from planet.accounts import names
from planet.web.text import LineField


class NameField(LineField):
    """What people read above the messages."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Name"), max_length=names.MAX_LENGTH, help_text=_("Everybody reads it above its messages.")
        )


class BotForm(forms.Form):
    """What a bot is called, and what its token is good for."""

    name = NameField()
    scopes = forms.TypedMultipleChoiceField(
        label=_("The token is good to"),
        coerce=int,
        choices=[(str(int(scope)), name) for scope, name in NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_scopes(self) -> Scope:
        """The scopes together."""
        return Scope(sum(set(self.cleaned_data["scopes"])))

    @staticmethod
    def typed(name: str, scopes: int) -> dict[str, Any]:
        """A stored bot as it was typed."""
        return {"name": name, "scopes": [str(int(scope)) for scope in Scope(scopes)]}


class WebhookForm(forms.Form):
    """What a webhook is called, and the channel that it writes into."""

    name = NameField()
    channel_id = forms.TypedChoiceField(label=_("Channel"), coerce=str)

    def __init__(self, *args: Any, channels: Iterable[Channel], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["channel_id"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker
        field.choices = [(str(channel.pk), channel.name) for channel in channels]


class WebhookNameForm(forms.Form):
    """A webhook keeps its channel."""

    name = NameField()
