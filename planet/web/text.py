"""What people type: one spelling, nothing invisible, nothing that breaks out of its line.

`clean_line` and `clean_text` change what is harmless to change (Unicode form, invisible characters, runs of space,
heaps of accents) and refuse only what they cannot repair: text that was not UTF-8 when it arrived. Names, bios, posts
and comments all pass through here, on the way in; templates escape on the way out.
"""

import unicodedata
from typing import Any

import regex
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MARKS_PER_LETTER = 4  # Vietnamese and Hebrew need three, Tibetan four; "zalgo" needs dozens

_NEWLINE = regex.compile(r"\r\n?|[\u2028\u2029\x85\v\f]")
# Joiners are part of emoji (👩‍🚀) and of Arabic and Indic spelling; anywhere else they are invisible and hide things.
_JOINED_SCRIPTS = "".join(
    rf"\p{{{script}}}"
    for script in (
        "Arabic", "Syriac", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu",
        "Kannada", "Malayalam", "Sinhala", "Khmer",
    )
)  # fmt: skip
_JOINER_IN_WORD = regex.compile(rf"(?<=[{_JOINED_SCRIPTS}])[\u200c\u200d](?=[{_JOINED_SCRIPTS}])")
_JOINER_IN_EMOJI = regex.compile(
    r"(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?)\u200d(?=\p{Extended_Pictographic})"
)
_VARIATION_OF_EMOJI = regex.compile(r"(?<=[\p{Extended_Pictographic}0-9#*])\ufe0f")
_FLAG = regex.compile(r"(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f")  # 🏴󠁧󠁢󠁳󠁣󠁴󠁿
_KEPT = (_JOINER_IN_WORD, _JOINER_IN_EMOJI, _VARIATION_OF_EMOJI, _FLAG)
# Format, control, private-use and unassigned characters, variation selectors, and letters that draw nothing
# (Hangul fillers, the Braille blank, the Khmer inherent vowels, the combining grapheme joiner).
_INVISIBLE = regex.compile(
    r"[\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Cs}\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f--[\n\t]]",
    regex.V1,
)
_SPACE = regex.compile(r"[\p{Zs}\t]+")
_BLANK_LINES = regex.compile(r"\n{3,}")
# Normalising sorts the marks on a letter in quadratic time: heaps are cut before (at Unicode's own bound, UAX 15).
_HEAP = regex.compile(r"(\p{M}{30})\p{M}+")
_MARKS = regex.compile(rf"([\p{{Mn}}\p{{Me}}]{{{MARKS_PER_LETTER}}})[\p{{Mn}}\p{{Me}}]+")
_VISIBLE = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")


def _without_invisible(text: str) -> str:
    """Drop invisible characters, but keep the joiners and selectors that emoji and joined scripts are spelled with."""
    kept = {span for pattern in _KEPT for match in pattern.finditer(text) for span in range(*match.span())}
    if not kept:
        return str(_INVISIBLE.sub("", text))
    return "".join(c for i, c in enumerate(text) if i in kept or not _INVISIBLE.fullmatch(c))


def clean_text(text: str) -> str:
    """Text of several lines: NFC, visible, at most one blank line in a row, no space at the ends of lines.

    Returns "" when nothing visible is left. Raises ValidationError when the text arrived as broken UTF-8.
    """
    text = _visible(text)
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    text = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return text if _VISIBLE.search(text) else ""


def clean_source(text: str) -> str:
    """Text in which space has a meaning, as in Markdown: cleaned by `clean_text`'s rules, with its spaces and lines."""
    text = _visible(text).strip("\n")
    return text if _VISIBLE.search(text) else ""


def _visible(text: str) -> str:
    """NFC, without anything invisible and without heaps of marks. Raises ValidationError for broken UTF-8."""
    if "\ufffd" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError(_("This text is damaged: it is not valid UTF-8. Type it again."), code="encoding")
    text = _HEAP.sub(r"\1", _without_invisible(_NEWLINE.sub("\n", text)))
    text = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", _MARKS.sub(r"\1", text))


def clean_line(text: str) -> str:
    """One line of text, for names and titles: as `clean_text`, and line breaks become spaces."""
    return str(_SPACE.sub(" ", clean_text(text).replace("\n", " ")))


class LineField(forms.CharField):
    """A form field for one line of text, cleaned before its length is judged."""

    def to_python(self, value: Any) -> str:
        """The cleaned line."""
        return clean_line(super().to_python(value) or "")


class TextField(forms.CharField):
    """A form field for several lines of text, cleaned before its length is judged."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        """The cleaned text."""
        return clean_text(super().to_python(value) or "")
