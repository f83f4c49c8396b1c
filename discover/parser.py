"""Reads what somebody typed into the search box.

`from:ines $SOL has:picture -leverage "funding rate" OR basis after:2026-01-01`. Never raises: an operator that is not
ours, or that has a value it cannot have, is a word like any other; of ours it is `misread`, so that a page can say what
would be understood.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import regex

from posts.text import symbol, topic_name

MAX_LENGTH: Final = 200
MAX_TERMS: Final = 16
OPERATORS: Final = ("from", "has", "lang", "before", "after")
HAS: Final = ("picture", "video", "link", "article", "poll", "idea", "chart", "pnl")
_QUOTES: Final = str.maketrans("“”„«»「」『』＂", '""""""""""')
_PIECE = regex.compile(r'(?P<minus>[-−－])?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_OPERATOR = regex.compile(r"(?P<name>[a-z]+)[:：](?P<value>\S+)", regex.IGNORECASE)
_HANDLE = regex.compile(r"[@＠]?([A-Za-z0-9_]{3,20}|(?i:me))")
_LANGUAGE = regex.compile(r"([a-z]{2,3})(?:-[a-z0-9]+)*", regex.IGNORECASE)
_VISIBLE = regex.compile(r"[\p{L}\p{N}]")


class Kind(StrEnum):
    """What a term asks for."""

    WORD = "word"  # a word, or several in a row
    ASSET = "asset"
    TOPIC = "topic"
    AUTHOR = "author"
    HAS = "has"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a post must have, or with `negated` must not."""

    kind: Kind
    value: str
    negated: bool = False


@dataclass(frozen=True)
class Query:
    """Every clause must hold, and a clause holds when one of its terms does."""

    clauses: tuple[tuple[Term, ...], ...] = ()
    before: dt.date | None = None  # posts of days before this one
    after: dt.date | None = None  # posts of this day and later
    # What looks like an operator of ours but asks for nothing that there is, as (operator, what was typed).
    misread: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term, in order."""
        return tuple(term for clause in self.clauses for term in clause)

    @property
    def is_anchored(self) -> bool:
        """Whether some clause says what a post must have; else it only says what it must not."""
        return any(not any(term.negated for term in clause) for clause in self.clauses)

    @property
    def words(self) -> str:
        """What is said in words, without operators: for people and topics."""
        said = [term.value for term in self.terms if not term.negated and term.kind in _NAMED]
        return " ".join(said)

    def __bool__(self) -> bool:
        return bool(self.clauses or self.before or self.after)


_NAMED: Final = (Kind.WORD, Kind.TOPIC, Kind.ASSET, Kind.AUTHOR)


def parse(text: str) -> Query:
    """The query in a text of any kind."""
    clauses: list[list[Term]] = []
    dates: dict[str, dt.date] = {}
    misread: list[tuple[str, str]] = []
    is_or = False
    count = 0
    text = text.replace("\x00", " ")[:MAX_LENGTH].translate(_QUOTES)
    for piece in _PIECE.finditer(text):
        if piece["word"] == "OR" and not piece["minus"] and clauses:
            is_or = True
            continue
        if found := _date(piece):
            dates[found[0]] = found[1]
            continue
        term = _term(piece)
        if term is None:
            continue
        count += 1
        if count > MAX_TERMS:
            break
        if term.kind is Kind.WORD and (wrong := _misread(piece)):
            misread.append(wrong)
        if is_or:
            clauses[-1].append(term)
        else:
            clauses.append([term])
        is_or = False
    return Query(tuple(map(tuple, clauses)), dates.get("before"), dates.get("after"), tuple(dict.fromkeys(misread)))


def _date(piece: "regex.Match[str]") -> tuple[str, dt.date] | None:
    match = _OPERATOR.fullmatch(piece["word"] or "")
    if match is None or piece["minus"] or match["name"].lower() not in ("before", "after"):
        return None
    try:
        return match["name"].lower(), dt.date.fromisoformat(match["value"])
    except ValueError:
        return None


def _misread(piece: "regex.Match[str]") -> tuple[str, str] | None:
    """The operator of ours that a word begins like, and the word."""
    match = _OPERATOR.fullmatch(piece["word"] or "")
    return (match["name"].lower(), piece[0]) if match and match["name"].lower() in OPERATORS else None


def _term(piece: "regex.Match[str]") -> Term | None:
    negated = bool(piece["minus"])
    if piece["phrase"] is not None:
        kind, value = Kind.WORD, " ".join(piece["phrase"].split())
    else:
        kind, value = _operator(piece["word"]) or (Kind.WORD, piece["word"])
    return Term(kind, value, negated) if _VISIBLE.search(value) else None


def _operator(word: str) -> tuple[Kind, str] | None:
    """What a word asks for beside itself; None: nothing."""
    if word[0] in "$＄" and (name := symbol(word[1:])):
        return Kind.ASSET, name
    if word[0] in "#＃" and (name := topic_name(word[1:].rstrip("#＃"))):
        return Kind.TOPIC, name
    match = _OPERATOR.fullmatch(word)
    return _named(match["name"].lower(), match["value"]) if match else None


def _named(name: str, value: str) -> tuple[Kind, str] | None:
    if name == "from" and (found := _HANDLE.fullmatch(value)):
        return Kind.AUTHOR, found[1].lower()
    if name == "has":
        wanted = value.lower().removesuffix("s")
        return (Kind.HAS, wanted) if wanted in HAS else None
    if name == "lang" and (found := _LANGUAGE.fullmatch(value)):
        return Kind.LANGUAGE, found[1].lower()
    return None
