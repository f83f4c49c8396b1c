"""What people choose about their inbox."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.notifications import queries
from planet.notifications.models import SWITCHABLE, Kind

HELP = {
    Kind.FOLLOW: _("Somebody starts to follow you."),
    Kind.LIKE: _("Somebody likes a post of yours. Likes of one post come as one notification."),
    Kind.COMMENT: _("Somebody comments on your post or replies to your comment."),
    Kind.MENTION: _("Somebody writes your @handle in a post or comment."),
    Kind.REPOST: _("Somebody reposts or quotes a post of yours."),
}


class SwitchesForm(forms.Form):
    """A checkbox for each kind that can be switched off; checked means wanted."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        off = queries.switched_off(user)
        for kind in SWITCHABLE:
            self.fields[kind.value] = forms.BooleanField(
                label=kind.label, help_text=str(HELP[kind]), required=False, initial=kind.value not in off
            )

    @property
    def off(self) -> list[str]:
        """The kinds that were left unchecked."""
        return [kind for kind, wanted in self.cleaned_data.items() if not wanted]
