"""Tokens to HTML: everything a person typed is escaped, and a link can only be a link."""

from collections.abc import Container
from typing import Final
from urllib.parse import quote

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from posts.text.tokens import Kind, Token, tokenise

SHOWN_LINK: Final = 44
_PARAGRAPH = regex.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def render(text: str, *, people: Container[str] = ()) -> SafeString:
    """The text as paragraphs. `people` holds the lower-case handles that may be linked; other mentions stay words.

    The result has no NUL, so that a cache may use NUL for marks of its own.
    """
    html = "".join(inline(token, people) for token in tokenise(text.replace("\x00", "\ufffd")))
    paragraphs = (part.strip("\n") for part in _PARAGRAPH.split(html))
    lines = (part.replace("\n", "<br>") for part in paragraphs if part.strip())
    # Every part went through inline, which escapes.
    return mark_safe("".join(f'<p dir="auto">{line}</p>' for line in lines))  # noqa: S308


def inline(token: Token, people: Container[str]) -> str:
    """One token as HTML, escaped."""
    raw = escape(token.raw)
    if token.kind is Kind.ASSET:
        # Symbols are [A-Z0-9]: nothing to escape, and the chip shows the canonical spelling.
        return f'<a class="chip" href="/asset/{token.value}/" data-asset="{token.value}"><b>${token.value}</b></a>'
    if token.kind is Kind.TOPIC:
        return f'<a class="link" href="/topic/{quote(token.value)}/">{raw}</a>'
    if token.kind is Kind.MENTION and token.value in people:
        return f'<a class="link" href="/@{token.value}/">{raw}</a>'
    if token.kind is Kind.LINK:
        shown = escape(_shown(token.value))
        title = f' title="{raw}"' if shown.endswith("…") else ""
        return (
            f'<a class="link" href="{raw}" rel="nofollow ugc noopener noreferrer" target="_blank" dir="ltr"{title}>'
            f"{shown}</a>"
        )
    return raw


def _shown(url: str) -> str:
    """A link as people read it: without the scheme, and short."""
    bare = url.split("://", 1)[1].removesuffix("/")
    return bare if len(bare) <= SHOWN_LINK else f"{bare[: SHOWN_LINK - 1]}…"


def excerpt(text: str, length: int = 160) -> str:
    """The text on one line, cut at a word where it has words, with an ellipsis when it was longer."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > length // 2 else cut}…"
