"""Splits a text into words, $cashtags, #topics, @mentions and links.

Never raises, whatever the text; the tokens' `raw` put together are the text again. Chinese, Japanese, Korean, Thai and
their neighbours are written without spaces, so a tag or a mention may touch their letters: 买入$BTC吧 has a cashtag.
A topic may be closed with a second # as on Weibo: #比特币#.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import regex

MAX_NAME: Final = 40
MAX_TAGS: Final = 30
MAX_MENTIONS: Final = 20

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]"
_WORD = r"[\p{L}\p{M}\p{N}_]"
# A letter that makes what stands beside it part of a longer word.
_GLUE = rf"[{_WORD}--{_UNSPACED}]"
_TOKEN = regex.compile(
    rf"""
    (?<!{_GLUE}) (?P<link> (?i:https?)://[!-~]++ )
  | (?<![{_GLUE}$]) \$ (?P<asset> [A-Za-z][A-Za-z0-9]{{0,9}}+ | [0-9]{{1,5}}[A-Z]{{3,8}}+ ) (?!{_GLUE})
  | (?<![{_GLUE}&#＃/]) [#＃] (?P<topic> {_WORD}{{1,{MAX_NAME}}}+ ) (?!{_WORD}) (?: [#＃](?![{_WORD}#＃]) )?+
  | (?<![{_GLUE}@＠/+%\-]) [@＠] (?P<handle> [A-Za-z0-9_]{{3,20}}+ ) (?![{_GLUE}@＠])
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_NAME = regex.compile(rf"{_WORD}{{1,{MAX_NAME}}}+", regex.VERSION1)
_LETTER = regex.compile(r"\p{L}")
_SYMBOL = regex.compile(r"[A-Z][A-Z0-9]{0,9}|[0-9]{1,5}[A-Z]{3,8}")
_LINK_END = regex.compile(r"[<>\"`\\^{|}]")
_HOST = regex.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_CLOSES = {")": "(", "]": "["}


class Kind(StrEnum):
    """What a token is."""

    TEXT = "text"
    ASSET = "asset"
    TOPIC = "topic"
    MENTION = "mention"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text as typed (`raw`), and what it stands for: SOL, a topic's name, a lower-case handle, a URL."""

    kind: Kind
    raw: str
    value: str = ""


def tokenise(text: str) -> list[Token]:
    """The text in pieces, in order."""
    tokens: list[Token] = []
    plain = start = 0
    while match := _TOKEN.search(text, start):
        token = _token(match)
        if token is None:
            start = match.end()
            continue
        if match.start() > plain:
            tokens.append(Token(Kind.TEXT, text[plain : match.start()]))
        tokens.append(token)
        plain = start = match.start() + len(token.raw)
    if plain < len(text):
        tokens.append(Token(Kind.TEXT, text[plain:]))
    return tokens


def _token(match: "regex.Match[str]") -> Token | None:
    """The token found here, or None when it only looked like one."""
    if match["link"]:
        url = _trim(match["link"])
        return Token(Kind.LINK, url, url) if is_web(url) else None
    if match["asset"]:
        return Token(Kind.ASSET, match[0], match["asset"].upper())
    if match["topic"]:
        name = topic_name(match["topic"])
        return Token(Kind.TOPIC, match[0], name) if name else None
    return Token(Kind.MENTION, match[0], match["handle"].lower())


def topic_name(raw: str) -> str | None:
    """The one spelling of a topic: ＢＴＣ, Btc and btc are btc. None when it is no topic: no letter, or too long."""
    if len(raw) > MAX_NAME * 4:  # of an address somebody typed: folding takes its time
        return None
    name = _fold(raw)
    if not _NAME.fullmatch(name) or not _LETTER.search(name) or _fold(name) != name:
        return None
    return name


def symbol(raw: str) -> str | None:
    """The one spelling of an asset's symbol, or None when it cannot be one."""
    upper = raw.upper()
    return upper if _SYMBOL.fullmatch(upper) else None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _trim(url: str) -> str:
    """The link without what belongs to the sentence: closing punctuation, brackets that it did not open."""
    if end := _LINK_END.search(url):
        url = url[: end.start()]
    while url:
        last = url[-1]
        if last in ".,:;!?'*_~" or (last in _CLOSES and url.count(last) > url.count(_CLOSES[last])):
            url = url[:-1]
        else:
            break
    return url


def is_web(url: str) -> bool:
    """Whether it leads to a named host on the web; no user names: https://bank.example@evil.example is no link."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return "@" not in parts.netloc and len(host) <= 253 and _HOST.fullmatch(host) is not None


def tags(tokens: Iterable[Token]) -> Sequence[tuple[Kind, str]]:
    """The different assets and topics, in order, at most MAX_TAGS."""
    found = dict.fromkeys((token.kind, token.value) for token in tokens if token.kind in (Kind.ASSET, Kind.TOPIC))
    return list(found)[:MAX_TAGS]


def handles(tokens: Iterable[Token]) -> list[str]:
    """The different handles mentioned, in order, at most MAX_MENTIONS."""
    found = dict.fromkeys(token.value for token in tokens if token.kind is Kind.MENTION)
    return list(found)[:MAX_MENTIONS]
