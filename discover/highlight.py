"""Marks in the HTML of cards what was searched for. Adds nothing but <mark>, and only to text between tags."""

from collections.abc import Collection, Iterable, Sequence
from html import unescape
from typing import Final

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from discover.parser import Kind, Query
from planet.web.prepared import fetch

# What a card says begins and ends here (templates/posts/_card.html); names and buttons are not searched.
_BEGIN: Final = "data-body>"
_END: Final = '<div class="acts"'
_TAG = regex.compile(r"(<[^>]*>)")
# Text in these is drawn or sent, not read.
_CLOSED = regex.compile(r"<(/?)(svg|script|style|template|textarea|select|button|time)\b")
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_PART = regex.compile(rf"[{_UNSPACED}ー]+|[\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}ー]]+", regex.VERSION1)
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
# Which words of the page are, to the index, the same as one that was asked for.
_SAME: Final = """
SELECT word FROM unnest(%(words)s::text[]) word
 WHERE EXISTS (SELECT FROM discover_terms(word) found
                WHERE found.term IN (SELECT term FROM unnest(%(asked)s::text[]) piece, discover_terms(piece)))
"""


def highlight(cards: Sequence[str], query: Query) -> list[SafeString]:
    """The cards with what the query asked for marked; one query for all of them."""
    said = [term.value for term in query.terms if term.kind is Kind.WORD and not term.negated]
    parts = [part for value in said for part in _PART.findall(value)]
    runs = {part.lower() for part in parts if _IS_UNSPACED.match(part)}
    words = _same(cards, [part for part in parts if not _IS_UNSPACED.match(part)])
    # Longest first: of 比特币 and 比特 the longer one is marked where both stand.
    wanted = [*sorted(map(regex.escape, runs), key=len, reverse=True)]
    if words:
        options = "|".join(sorted(map(regex.escape, words), key=len, reverse=True))
        wanted.append(
            rf"(?<![\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}ー]])(?:{options})(?![\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}ー]])"
        )
    if not wanted:
        return [mark_safe(card) for card in cards]  # noqa: S308  # finished cards, untouched
    pattern = regex.compile("|".join(wanted), regex.IGNORECASE | regex.VERSION1)
    return [_marked(card, pattern) for card in cards]


def _same(cards: Iterable[str], asked: Collection[str]) -> set[str]:
    if not asked:
        return set()
    there = {word.lower() for card in cards for text in _texts(card) for word in _PART.findall(text)}
    words = sorted(word for word in there if len(word) < 60 and not _IS_UNSPACED.match(word))
    return {row[0] for row in fetch(_SAME, {"words": words, "asked": list(asked)})}


def _pieces(card: str) -> tuple[str, list[str], str]:
    """What comes before the body, the body cut at its tags (texts at even places), and what comes after it."""
    head, begin, rest = card.partition(_BEGIN)
    body, end, tail = rest.partition(_END)
    return head + begin, _TAG.split(body), end + tail


def _texts(card: str) -> Iterable[str]:
    return (unescape(piece) for piece in _pieces(card)[1][::2])


def _marked(card: str, pattern: "regex.Pattern[str]") -> SafeString:
    head, pieces, tail = _pieces(card)
    closed = 0
    for place, piece in enumerate(pieces):
        if place % 2:
            if found := _CLOSED.match(piece):
                closed += -1 if found[1] else 1
        elif piece and closed <= 0:
            pieces[place] = _mark(unescape(piece), pattern)
    return mark_safe(head + "".join(pieces) + tail)  # noqa: S308  # every text was escaped anew


def _mark(text: str, pattern: "regex.Pattern[str]") -> str:
    parts, last = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[last : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        last = match.end()
    return "".join([*parts, escape(text[last:])])
