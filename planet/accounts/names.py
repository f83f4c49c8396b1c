"""Display names: free, but nobody poses as the house or hides letters of one alphabet among another's."""

import re

from confusable_homoglyphs import confusables
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planet.accounts import handles
from planet.web.text import clean_line

MAX_LENGTH = 40
_WORD = re.compile(r"\w+")


def _latin(name: str) -> str:
    """The name as it reads to somebody who knows Latin letters: look-alikes of other alphabets replaced."""
    found = confusables.is_confusable(name, greedy=True, preferred_aliases=["latin"]) or []
    latin = {
        finding["character"]: next((h["c"] for h in finding["homoglyphs"] if h["c"].isascii()), finding["character"])
        for finding in found
    }
    return "".join(latin.get(character, character) for character in name)


def check(name: str) -> str:
    """The display name as it is stored, cleaned. Raises ValidationError when nobody may carry it."""
    name = clean_line(name)
    if not name:
        raise ValidationError(_("Type a name that can be seen."), code="name_empty")
    if len(name) > MAX_LENGTH:
        raise ValidationError(
            _("A display name has at most %(limit)s characters."), code="name_long", params={"limit": MAX_LENGTH}
        )
    if any(confusables.is_dangerous(word, preferred_aliases=["latin"]) for word in _WORD.findall(name)):
        raise ValidationError(_("This name mixes letters of different alphabets in one word."), code="name_mixed")
    plain = "".join(character for character in _latin(name).lower() if character.isalnum())
    if handles.is_reserved(plain):
        raise ValidationError(_("This name is reserved. Choose another."), code="name_reserved")
    return name
