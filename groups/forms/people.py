"""Coming in, roles, and what is done about members."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.actions.joining import ANSWER_LENGTH
from groups.forms.fields import RightsField, SpanField
from groups.models import Question, Role
from groups.rights import FOR_HELPERS, FOR_MEMBERS, Right
from planet.web.text import LineField, TextField

REASON_LENGTH: Final = 200


class ReasonField(LineField):
    """Why, in a line; may be left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Reason"), required=False, max_length=REASON_LENGTH, **options)


class AskForm(forms.Form):
    """The answers to the group's questions."""

    def __init__(self, data: Any = None, *, questions: Sequence[Question]) -> None:
        super().__init__(data)
        self.questions = questions
        for question in questions:
            self.fields[f"answer_{question.pk}"] = TextField(
                label=question.text,
                max_length=ANSWER_LENGTH,
                widget=forms.Textarea({"rows": 3, "data-plain-text": ""}),
            )

    def answers(self) -> list[dict[str, str]]:
        """The answers with their questions, as they are stored."""
        return [
            {"question": question.text, "answer": self.cleaned_data[f"answer_{question.pk}"]}
            for question in self.questions
        ]


class ReasonForm(forms.Form):
    """A reason that the person is told."""

    reason = ReasonField(help_text=_("The person reads it."))


class RestrictForm(forms.Form):
    """Which rights are taken from a member, and for how long."""

    taken = RightsField(FOR_MEMBERS, label=_("Take away"))
    span = SpanField(label=_("For"), initial="24")
    reason = ReasonField(help_text=_("For the group's log."))

    def clean_taken(self) -> Right:
        """At least one."""
        taken = Right(self.cleaned_data["taken"])
        if not taken:
            raise forms.ValidationError(_("Choose what is taken away."), code="required")
        return taken


class BanForm(forms.Form):
    """For how long somebody may not come back, and whether what they said stays."""

    span = SpanField(label=_("For"), initial="")
    reason = ReasonField(help_text=_("For the group's log."))
    clear = forms.BooleanField(label=_("Delete all their messages"), required=False)


class BanByHandleForm(BanForm):
    """The same, for somebody who is not in the group."""

    handle = LineField(label=_("Handle"), max_length=21)
    field_order = ("handle", "span", "reason", "clear")


class HandleForm(forms.Form):
    """Somebody, by handle."""

    handle = LineField(
        label=_("Handle"), max_length=21, widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off"})
    )


class RoleForm(forms.Form):
    """What a role is called, how high it stands, and what its holders may do."""

    name = LineField(label=_("Name"), max_length=24)
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=999,
        help_text=_("Holders act only on members of a lower rank. Moderators begin at 100, admins at 200."),
    )
    helping = RightsField(FOR_HELPERS, label=_("Looking after the group"))
    talking = RightsField(FOR_MEMBERS, label=_("In conversation, beyond what every member may"))

    @classmethod
    def of(cls, role: Role | None, data: Any = None) -> "RoleForm":
        """Filled with a role; empty for a new one."""
        if role is None:
            return cls(data, initial={"rank": 10})
        initial = {"name": role.name, "rank": role.rank, "helping": role.rights, "talking": role.rights}
        return cls(data, initial=initial)

    @property
    def rights(self) -> int:
        """Both halves together."""
        return int(self.cleaned_data["helping"] | self.cleaned_data["talking"])


class MemberRoleForm(forms.Form):
    """The role and the title of a member."""

    role = forms.TypedChoiceField(label=_("Role"), required=False, coerce=int, empty_value=None)
    title = LineField(
        label=_("Title"), required=False, max_length=24, help_text=_("Shown in the role's place, such as “Night desk”.")
    )

    def __init__(self, data: Any = None, *, roles: Sequence[Role], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["role"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  # for the type checker
        field.choices = [("", _("No role")), *((role.pk, role.name) for role in roles)]


LIFETIMES: Final = (("", _("Never")), ("1", _("In 1 hour")), ("24", _("In 1 day")), ("168", _("In 1 week")),
                    ("720", _("In 30 days")))  # fmt: skip


class LinkForm(forms.Form):
    """What an invite link is called, and whom it lets in."""

    name = LineField(label=_("Name"), max_length=40, help_text=_("Only helpers see it: where you will post the link."))
    expires = forms.ChoiceField(label=_("Ends"), required=False, choices=LIFETIMES)
    max_uses = forms.IntegerField(label=_("At most so many people"), required=False, min_value=1, max_value=1_000_000)
    needs_approval = forms.BooleanField(label=_("People who come by it are approved first"), required=False)

    def expires_at(self, now: datetime, standing: datetime | None = None) -> datetime | None:
        """When the link ends; an untouched choice keeps what stands."""
        chosen = self.cleaned_data["expires"]
        if chosen == "keep":
            return standing
        return now + timedelta(hours=int(chosen)) if chosen else None

    @classmethod
    def keeping(cls, data: Any = None, *, initial: dict[str, Any]) -> "LinkForm":
        """For a link that has an end already, which may stay."""
        form = cls(data, initial={**initial, "expires": "keep"})
        field = form.fields["expires"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker
        field.choices = [("keep", _("As it is")), *LIFETIMES]
        return form


class ConfirmForm(forms.Form):
    """The group's handle, typed to show that one means it."""

    handle = LineField(label=_("Type the group's handle to confirm"), max_length=30)

    def __init__(self, data: Any = None, *, expected: str) -> None:
        super().__init__(data)
        self.expected = expected

    def clean_handle(self) -> str:
        """Exactly this one."""
        if self.cleaned_data["handle"].lower().removeprefix("/g/").strip("/@") != self.expected:
            raise forms.ValidationError(_("That is not this group's handle."), code="handle")
        return self.expected


class AppealForm(forms.Form):
    """Why an operator's measure is wrong."""

    text = TextField(label=_("Your appeal"), max_length=2000, widget=forms.Textarea({"rows": 6, "data-plain-text": ""}))
