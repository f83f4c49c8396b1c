"""How long a text is to read. Chinese, Japanese and Korean are counted in characters, everything else in words."""

from typing import Final

import regex

WORDS_A_MINUTE: Final = 230
CHARACTERS_A_MINUTE: Final = 400  # of scripts that write no spaces
SECONDS_A_PICTURE: Final = 8

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+(?:['’.,\-_][\p{L}\p{N}\p{M}]+)*+")


def count(text: str) -> tuple[int, int]:
    """How many words of spaced scripts a text has, and how many characters of the others."""
    characters = len(_UNSPACED.findall(text))
    spaced = _UNSPACED.sub(" ", text) if characters else text
    return len(_WORD.findall(spaced)), characters


def minutes(words: int, characters: int, pictures: int = 0) -> int:
    """The reading time, rounded, at least one minute."""
    seconds = words * 60 / WORDS_A_MINUTE + characters * 60 / CHARACTERS_A_MINUTE + pictures * SECONDS_A_PICTURE
    return max(1, round(seconds / 60))
