"""What people choose about their inbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.notifications import choosing, quiet
from planet.notifications.models import SWITCHABLE, Channel, Cycle, Kind, Preferences

HELP = {
    Kind.FOLLOW: _("Somebody starts to follow you."),
    Kind.LIKE: _("Somebody likes a post of yours. Likes of one post come as one notification."),
    Kind.COMMENT: _("Somebody comments on your post or replies to your comment."),
    Kind.MENTION: _("Somebody writes your @handle in a post or comment."),
    Kind.REPOST: _("Somebody reposts or quotes a post of yours."),
    Kind.TIP: _("Somebody gives you money. Tips for one thing come as one notification a day."),
    Kind.POST: _("A creator publishes whose bell you rang on their page."),
}
FILTERS = ("filter_strangers", "filter_new", "filter_faceless", "filter_unverified")


@dataclass(frozen=True)
class Line:
    """A kind, with its switch on every channel."""

    label: str
    help: str
    switches: list[forms.BoundField]


class SwitchesForm(forms.Form):
    """A checkbox for each kind on each channel; checked means wanted."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (kind, channel), wanted in choosing.switches(user).items():
            label = f"{Kind(kind).label}: {Channel(channel).label}"
            self.fields[f"{kind}_{channel}"] = forms.BooleanField(label=label, required=False, initial=wanted)

    @property
    def lines(self) -> Iterator[Line]:
        """The kinds, as the page shows them."""
        for kind in SWITCHABLE:
            found = [self[f"{kind.value}_{channel.value}"] for channel in Channel]
            yield Line(str(kind.label), str(HELP[kind]), found)

    @property
    def wanted(self) -> dict[tuple[str, str], bool]:
        """What was checked."""
        return {cast("tuple[str, str]", tuple(name.split("_"))): on for name, on in self.cleaned_data.items()}


class WishesForm(forms.ModelForm[Preferences]):
    """Filters, quiet hours, digest."""

    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("For quiet hours and the morning of the digest."))

    class Meta:
        model = Preferences
        fields = ("digest", "time_zone", "quiet_from", "quiet_to", *FILTERS)
        labels = {  # noqa: RUF012  # Django's own form
            "digest": _("E-mail with what you have not read"),
            "quiet_from": _("Quiet from"),
            "quiet_to": _("Quiet until"),
            "filter_strangers": _("People I do not follow"),
            "filter_new": _("Accounts younger than 30 days"),
            "filter_faceless": _("Accounts without a picture"),
            "filter_unverified": _("Accounts without a verified identity"),
        }
        widgets = {  # noqa: RUF012
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = cast("forms.ChoiceField", self.fields["time_zone"])
        zones.choices = [(name, name.replace("_", " ")) for name in quiet.zones()]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, other in (("quiet_from", "quiet_to"), ("quiet_to", "quiet_from")):
            if data.get(name) is None and data.get(other) is not None:
                self.add_error(name, _("Say both when it begins and when it ends, or neither."))
        return data

    @property
    def filters(self) -> list[forms.BoundField]:
        """Whom to put aside, as the page shows it."""
        return [self[name] for name in FILTERS]

    @property
    def wishes(self) -> choosing.Wishes:
        """What was chosen."""
        return choosing.Wishes(**{**self.cleaned_data, "digest": Cycle(self.cleaned_data["digest"])})
