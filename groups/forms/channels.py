"""The form of a channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.actions.channels import ABOUT_LENGTH, NAME_LENGTH
from groups.models import Channel, ChannelKind
from planet.web.text import LineField

KINDS = (
    (ChannelKind.TEXT.value, _("Everybody writes")),
    (ChannelKind.ANNOUNCEMENTS.value, _("Only who may announce writes; everybody reads")),
)


class ChannelForm(forms.Form):
    """What a channel is called, what it is about, and who writes in it."""

    name = LineField(label=_("Name"), max_length=NAME_LENGTH)
    about = LineField(label=_("What it is about"), max_length=ABOUT_LENGTH, required=False)
    kind = forms.ChoiceField(label=_("Who writes"), choices=KINDS, initial=ChannelKind.TEXT, widget=forms.RadioSelect)

    @classmethod
    def of(cls, channel: Channel | None, data: Any = None) -> "ChannelForm":
        """Filled with a channel; empty for a new one."""
        if channel is None:
            return cls(data)
        return cls(data, initial={"name": channel.name, "about": channel.about, "kind": channel.kind})
