"""The form of the manual identity check."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planet.accounts.kyc import actions, countries, documents
from planet.accounts.models import DocumentType
from planet.web import images
from planet.web.text import LineField

_PICTURE = {"accept": images.ACCEPT}


class ManualForm(forms.Form):
    """What an operator needs to recognise a person; the pictures arrive cleaned, as JPEG bytes."""

    legal_name = LineField(
        label=_("Full name"),
        max_length=120,
        help_text=_("As it stands in the document. Nobody but the people who check sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    country = forms.ChoiceField(label=_("Issuing country"))
    document_type = forms.ChoiceField(label=_("Document"), choices=DocumentType.choices)
    document_number = LineField(
        label=_("Document number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    document = forms.FileField(
        label=_("Picture of the document"),
        help_text=_("The side with your picture, sharp and complete. JPEG, PNG or WebP, at most 10 MB."),
        widget=forms.FileInput(attrs=_PICTURE),
    )
    selfie = forms.FileField(
        label=_("Picture of you with the document"),
        help_text=_("Your face and the document beside it, both easy to recognise."),
        widget=forms.FileInput(attrs=_PICTURE | {"capture": "user"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Choose a country")), *countries.choices()]  # type: ignore[attr-defined]

    def clean_document_number(self) -> str:
        """Something with letters or digits in it, in Latin letters: a look-alike would make another person of it."""
        number = unicodedata.normalize("NFKC", self.cleaned_data["document_number"])
        if not all(character.isascii() for character in number if character.isalnum()):
            raise ValidationError(_("Use the letters A–Z and digits, as in the lines at the foot of the document."))
        if sum(character.isalnum() for character in number) < 4:
            raise ValidationError(_("Type the number as it is printed in the document."))
        return number

    def clean_document(self) -> bytes:
        """The document, cleaned."""
        return documents.clean(self.cleaned_data["document"])

    def clean_selfie(self) -> bytes:
        """The selfie, cleaned."""
        return documents.clean(self.cleaned_data["selfie"])

    @property
    def paper(self) -> actions.Paper:
        """The document as it was described."""
        data = self.cleaned_data
        return actions.Paper(
            data["legal_name"], data["country"], DocumentType(data["document_type"]), data["document_number"]
        )

    @property
    def pictures(self) -> dict[documents.Which, bytes]:
        """Both pictures, cleaned."""
        return {"document": self.cleaned_data["document"], "selfie": self.cleaned_data["selfie"]}
