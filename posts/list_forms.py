"""What people send about their lists."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from planet.web.text import LineField
from posts.actions.lists import NAME_LENGTH
from posts.models import List


class ListForm(forms.Form):
    """A list's name."""

    name = LineField(label=_("Name"), max_length=NAME_LENGTH)


class MemberForm(forms.Form):
    """Whom to put on a list, by handle."""

    handle = forms.CharField(label=_("Handle"), max_length=21)

    def clean_handle(self) -> str:
        """Without the @."""
        handle: str = self.cleaned_data["handle"]
        return handle.removeprefix("@")


class MembershipForm(forms.Form):
    """On which lists somebody is, and perhaps the name of a new one."""

    lists = forms.TypedMultipleChoiceField(
        label=_("Lists"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple
    )
    name = LineField(label=_("A new list"), required=False, max_length=NAME_LENGTH)

    def __init__(self, data: Any = None, *, lists: Iterable[List], initial: set[UUID]) -> None:
        self.now_on = initial
        super().__init__(data, initial={"lists": [str(pk) for pk in initial]})
        self.fields["lists"].choices = [(str(one.pk), one.name) for one in lists]  # type: ignore[attr-defined]

    def clean_lists(self) -> set[UUID]:
        """As a set."""
        return set(self.cleaned_data["lists"])
