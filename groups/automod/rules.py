"""What strikes a rule: pure computation on a text, a name and a few numbers. Imports no ORM; ends in bounded time.

What each kind's `setting` holds:

    words      {"words": [...]}   whole words in any spelling of case and width; a * at the end: whatever begins so
    pattern    {"pattern": "…"}   a regular expression, given up after PATTERN_SECONDS
    mentions   {"most": 5}        people named in one message
    links      {"allow": [...]}   hosts that may be linked to (and theirs below), or {"deny": [...]}: that may not
    newcomers  {"minutes": 60, "may_not": ["links", "mentions", "write"]}   in a member's first minutes
    names      {"words": [...]}   in the display name or handle of whoever writes
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import urlsplit

import regex

PATTERN_SECONDS: Final = 0.05  # for one pattern on one message
MESSAGE_SECONDS: Final = 0.2  # for all patterns of a group on one message: what is left is skipped
PATTERN_LENGTH: Final = 200
MOST_WORDS: Final = 500
WORD_LENGTH: Final = 60
MAY_NOT: Final = ("links", "mentions", "write")
# Written without spaces between words: a word of these stands wherever its characters do.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_HAS_UNSPACED = regex.compile(f"[{_UNSPACED}]")
_MARKS = regex.compile(r"\p{Mn}+")


class BadPattern(ValueError):
    """A pattern that cannot be read."""


@dataclass(frozen=True)
class Seen:
    """What a message shows to the rules. `minutes` is for how long its author has been a member."""

    text: str
    name: str
    handle: str
    mentions: int
    links: Sequence[str]
    minutes: float


@dataclass
class Budget:
    """How much time patterns may still take, and which rules ran out of theirs."""

    left: float = MESSAGE_SECONDS
    slow: list[int] = field(default_factory=list)


Rule = tuple[int, str, Mapping[str, Any]]  # id, kind, setting


def strikes(rule: Rule, seen: Seen, budget: Budget) -> bool:
    """Whether a message strikes a rule; a kind that this version does not know strikes nothing."""
    pk, kind, setting = rule
    if kind == "pattern":
        return _matches(pk, setting, seen.text, budget)
    check = _CHECKS.get(kind)
    return check(setting, seen) if check else False


def compiled(pattern: str) -> Any:
    """A pattern ready for use. Raises BadPattern."""
    if not pattern or len(pattern) > PATTERN_LENGTH:
        raise BadPattern(pattern)
    try:
        return _compiled(pattern)
    except (regex.error, RecursionError, OverflowError, MemoryError, ValueError) as error:
        raise BadPattern(str(error)) from None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    return regex.compile(pattern, regex.IGNORECASE | regex.VERSION1)


def _matches(pk: int, setting: Mapping[str, Any], text: str, budget: Budget) -> bool:
    """Whether a pattern is in a text. Out of time it is not, and the rule is noted as slow."""
    if budget.left <= 0:
        return False
    began = time.perf_counter()
    try:
        found = compiled(str(setting.get("pattern", ""))).search(text, timeout=min(PATTERN_SECONDS, budget.left))
    except TimeoutError:
        budget.slow.append(pk)
        return False
    except BadPattern:
        return False
    finally:
        budget.left -= time.perf_counter() - began
    return found is not None


def folded(text: str) -> str:
    """One spelling of the same words: ＳＣＡＭ, Scam and scám."""
    return str(_MARKS.sub("", normalize("NFKD", normalize("NFKC", text).casefold())))


def has_word(words: Sequence[str], *texts: str) -> bool:
    """Whether one of some words is in one of some texts."""
    wanted = _wanted(tuple(words))
    return wanted is not None and any(wanted.search(folded(text)) for text in texts)


@lru_cache(maxsize=512)
def _wanted(words: tuple[str, ...]) -> Any:
    """The words as one expression without alternatives that repeat: its time is linear in the text."""
    parts = [_part(folded(word.strip())) for word in words[:MOST_WORDS] if word.strip(" *")]
    return regex.compile("|".join(sorted(parts, key=len, reverse=True))) if parts else None


def _part(word: str) -> str:
    is_open = word.endswith("*")
    said = str(regex.escape(word.rstrip("*"), literal_spaces=True))
    if _HAS_UNSPACED.search(word):
        return said
    return rf"(?<![\p{{L}}\p{{N}}]){said}" + ("" if is_open else r"(?![\p{L}\p{N}])")


def _words(setting: Mapping[str, Any], seen: Seen) -> bool:
    return has_word(setting.get("words", ()), seen.text)


def _names(setting: Mapping[str, Any], seen: Seen) -> bool:
    return has_word(setting.get("words", ()), seen.name, seen.handle)


def _mentions(setting: Mapping[str, Any], seen: Seen) -> bool:
    return seen.mentions > int(setting.get("most", 0))


def _links(setting: Mapping[str, Any], seen: Seen) -> bool:
    if "deny" in setting:
        return any(is_below(link, setting["deny"]) for link in seen.links)
    return any(not is_below(link, setting.get("allow", ())) for link in seen.links)


def is_below(link: str, hosts: Sequence[str]) -> bool:
    """Whether a link leads to one of some hosts, or to one below them."""
    try:
        host = (urlsplit(link if "//" in link else f"//{link}").hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _newcomers(setting: Mapping[str, Any], seen: Seen) -> bool:
    if seen.minutes >= float(setting.get("minutes", 0)):
        return False
    may_not = setting.get("may_not", ())
    return (
        "write" in may_not or ("links" in may_not and bool(seen.links)) or ("mentions" in may_not and seen.mentions > 0)
    )


_CHECKS: Final[dict[str, Callable[[Mapping[str, Any], Seen], bool]]] = {
    "words": _words,
    "names": _names,
    "mentions": _mentions,
    "links": _links,
    "newcomers": _newcomers,
}
