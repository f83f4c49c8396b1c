"""Founding a group, and changing it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from groups import gates
from groups.actions.founding import check_ways
from groups.actions.settings import MOST_QUESTIONS
from groups.forms.fields import PictureField, RightsField, TopicsField
from groups.models import Admission, Group, Visibility
from groups.rights import FOR_MEMBERS
from planet.web.text import LineField, TextField

SLOW: Final = ((0, _("Off")), (5, "5 s"), (10, "10 s"), (30, "30 s"), (60, _("1 min")), (300, _("5 min")),
               (900, _("15 min")), (3600, _("1 hour")))  # fmt: skip
EDITING: Final = ((0, _("Not at all")), (15, _("15 minutes")), (60, _("1 hour")), (2880, _("2 days")),
                  (43200, _("30 days")))  # fmt: skip
QUESTION_LENGTH: Final = 200


class Named(forms.Form):
    """How a group presents itself."""

    name = LineField(label=_("Name"), max_length=60)
    about = LineField(
        label=_("What it is about"),
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 3, "data-plain-text": ""}),
        help_text=_("Up to 400 characters. In the directory and on the group's card."),
    )
    topics = TopicsField(
        label=_("Topics"), required=False, max_length=400, help_text=_("Up to 8, such as #macro #defi #solana.")
    )
    avatar = PictureField()


class _Ways(forms.Form):
    """Who knows of the group, and how people come in."""

    visibility = forms.ChoiceField(
        label=_("Who may know of it"), choices=Visibility, widget=forms.RadioSelect, initial=Visibility.PUBLIC
    )
    admission = forms.ChoiceField(
        label=_("How people join"), choices=Admission, widget=forms.RadioSelect, initial=Admission.OPEN
    )

    def clean(self) -> dict[str, Any]:
        """Not open to everybody and hidden from them at once."""
        data = super().clean() or {}
        if "visibility" in data and "admission" in data:
            try:
                check_ways(data["visibility"], data["admission"])
            except ValidationError as error:
                self.add_error("admission", error)
        return data


class FoundForm(Named, _Ways):
    """A new group."""

    handle = LineField(
        label=_("Handle"),
        max_length=30,
        help_text=_("The group's address: /g/handle/. It is chosen once and stays."),
        widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "handle", "about", "topics", "avatar", "visibility", "admission")


class IdentityForm(Named):
    """How a group presents itself, with what its members read."""

    remove_avatar = forms.BooleanField(label=_("Remove the picture"), required=False)
    rules = TextField(
        label=_("Rules"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 6, "data-plain-text": ""}),
        help_text=_("One a line. People see them before they join."),
    )
    welcome = TextField(
        label=_("Welcome"),
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 3, "data-plain-text": ""}),
        help_text=_("What new members read first."),
    )
    field_order = ("name", "about", "topics", "avatar", "remove_avatar", "rules", "welcome")

    @classmethod
    def of(cls, group: Group, data: Any = None, files: Any = None) -> "IdentityForm":
        """Filled with what the group says now."""
        names = ("name", "about", "topics", "rules", "welcome")
        return cls(data, files, initial={name: getattr(group, name) for name in names})


class WaysForm(_Ways):
    """Who knows of the group, how people come in, and what is asked of them."""

    questions = TextField(
        label=_("Entry questions"),
        required=False,
        max_length=1200,
        widget=forms.Textarea({"rows": 5, "data-plain-text": ""}),
        help_text=_("One a line, up to five. People who ask to join answer them."),
    )
    gates = forms.MultipleChoiceField(
        label=_("Asked of everybody who joins"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whichever way they come. Who is in already stays."),
    )
    joins_per_minute = forms.IntegerField(
        label=_("At most so many joins a minute"),
        min_value=0,
        max_value=10_000,
        help_text=_("More than this have to ask first: it stops a flood of accounts. 0 for no limit."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = self.fields["gates"]
        assert isinstance(asked, forms.MultipleChoiceField)  # noqa: S101  # for the type checker
        asked.choices = [(gate.kind, gate.label) for gate in gates.kinds() if not gate.steps]
        for gate in gates.kinds():
            if gate.steps:
                self.fields[f"gate_{gate.kind}"] = _least_field(gate)
        self.order_fields(name for name in [*self.fields] if name != "joins_per_minute")

    @classmethod
    def of(cls, group: Group, questions: Sequence[str], data: Any = None) -> "WaysForm":
        """Filled with how it is now."""
        initial = {
            "visibility": group.visibility,
            "admission": group.admission,
            "questions": "\n".join(questions),
            "gates": [str(gate.get("kind")) for gate in gates.asked_by(group)],
            "joins_per_minute": group.joins_per_minute,
        }
        initial |= {f"gate_{gate.get('kind')}": gate.get("least") for gate in gates.asked_by(group)}
        return cls(data, initial=initial)

    def clean_questions(self) -> list[str]:
        """One a line."""
        found = [line.strip() for line in str(self.cleaned_data["questions"]).splitlines() if line.strip()]
        if len(found) > MOST_QUESTIONS:
            message = _("At most %(limit)d questions.")
            raise ValidationError(message, params={"limit": MOST_QUESTIONS}, code="questions")
        if any(len(line) > QUESTION_LENGTH for line in found):
            message = _("A question has at most %(limit)d characters.")
            raise ValidationError(message, params={"limit": QUESTION_LENGTH}, code="question")
        return found

    def chosen_gates(self, group: Group) -> list[Mapping[str, Any]]:
        """The gates as they are stored; one that stands already keeps what it was given."""
        now = {str(gate.get("kind")): gate for gate in gates.asked_by(group)}
        steps = [(gate.kind, self.cleaned_data[f"gate_{gate.kind}"]) for gate in gates.kinds() if gate.steps]
        return [
            *(now.get(kind, {"kind": kind}) for kind in self.cleaned_data["gates"]),
            *({"kind": kind, "least": least} for kind, least in steps if least),
        ]


def _least_field(gate: gates.Gate) -> forms.TypedChoiceField:
    choices: list[tuple[Any, Any]] = [("", _("Not asked")), *gate.steps]
    return forms.TypedChoiceField(label=str(gate.label), required=False, choices=choices, coerce=int, empty_value=None)


@cache
def _zones() -> list[tuple[str, str]]:
    """Every time zone there is; read from the disk once."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class ConductForm(forms.Form):
    """What members may do, how fast, and when."""

    member_rights = RightsField(FOR_MEMBERS, label=_("Every member may"))
    slow_seconds = forms.TypedChoiceField(
        label=_("Slow mode"),
        coerce=int,
        choices=SLOW,
        help_text=_("The time between two messages of one member. Those who look after the group are spared."),
    )
    edit_window_minutes = forms.TypedChoiceField(label=_("Messages can be edited for"), coerce=int, choices=EDITING)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    time_zone = forms.ChoiceField(label=_("Time zone of the quiet hours"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101  # for the type checker
        zone.choices = _zones()

    @classmethod
    def of(cls, group: Group, data: Any = None) -> "ConductForm":
        """Filled with how it is now; a number that is none of the choices stays one."""
        names = ("member_rights", "slow_seconds", "edit_window_minutes", "quiet_from", "quiet_until", "time_zone")
        form = cls(data, initial={name: getattr(group, name) for name in names})
        for name in ("slow_seconds", "edit_window_minutes"):
            field, value = form.fields[name], getattr(group, name)
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  # for the type checker
            known: list[Any] = list(field.choices)  # type: ignore[arg-type]  # ours is a list
            if value not in [choice[0] for choice in known]:
                field.choices = [*known, (value, str(value))]
        return form

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours, or neither."""
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Give both ends of the quiet hours, or neither."))
        return data
