"""What a message says: light Markdown in, small and inert HTML out. Imports no ORM.

**bold**, *italic* or _italic_, ~~struck~~, `code`, a block between ``` lines, and lines that begin with > as a quote.
Names, topics, assets and links are those of posts, found by the same tokeniser, drawn by the same renderer: everything
somebody typed is escaped, and a link can only be a link. Reading takes time linear in the text, and never raises.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from posts.text import Kind, Token, tokenise
from posts.text import excerpt as cut
from posts.text.render import inline as drawn

LENGTH: Final = 4000
ALL: Final = "all"
ADMINS: Final = "admins"
CALLS: Final = (ALL, ADMINS)

_FENCE = regex.compile(r"^```[^\n`]{0,20}\n(.*?)(?:\n```[ \t]*$|\Z)", regex.MULTILINE | regex.DOTALL)
_CODE = regex.compile(r"`([^`\n]+)`")
_MARK = regex.compile(r"(\*\*|~~|\*|_)")
_TAGS: Final = {"**": "strong", "*": "em", "_": "em", "~~": "s"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of a line: `mark` is one of the marks, "code", "token" or "text"."""

    mark: str
    raw: str
    token: Token | None = None


def render(text: str, *, people: Container[str] = ()) -> SafeString:
    """The text as HTML. `people` are the handles (and `all`, `admins`) whose mention means somebody here."""
    html = "".join(_block(kind, raw, people) for kind, raw in _blocks(text.replace("\x00", "\ufffd")))
    # Every part went through escape or the renderer of posts, which escapes.
    return mark_safe(html)  # noqa: S308


def excerpt(text: str, length: int = 120) -> str:
    """The text on one line without its marks, cut at a word."""
    said = []
    for kind, raw in _blocks(text):
        pieces = [] if kind == "code" else _pieces(raw)
        shut = _pairs(pieces)
        said.append(raw if kind == "code" else "".join(p.raw for i, p in enumerate(pieces) if i not in shut))
    return cut("\n".join(said), length)


def names(text: str) -> list[Token]:
    """The mentions, links, topics and assets of a text, without those in code."""
    found: list[Token] = []
    for kind, raw in _blocks(text):
        if kind != "code":
            found += [piece.token for piece in _pieces(raw) if piece.token]
    return found


def has_link(text: str) -> bool:
    """Whether the text leads out of Planet."""
    return any(token.kind is Kind.LINK for token in names(text))


# --- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """The text as ("code" | "quote" | "plain", its lines)."""
    place = 0
    for fence in _FENCE.finditer(text):
        yield from _lines(text[place : fence.start()])
        yield "code", fence[1]
        place = fence.end()
    yield from _lines(text[place:])


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for is_quote, lines in groupby(text.strip("\n").split("\n"), key=lambda line: line.startswith(">")):
        raw = "\n".join(line[1:].removeprefix(" ") if is_quote else line for line in lines)
        if raw.strip():
            yield ("quote" if is_quote else "plain"), raw


def _block(kind: str, raw: str, people: Container[str]) -> str:
    if kind == "code":
        return f'<pre dir="ltr"><code>{escape(raw)}</code></pre>'
    said = f'<p dir="auto">{_line(raw, people).strip().replace(chr(10), "<br>")}</p>'
    return f"<blockquote>{said}</blockquote>" if kind == "quote" else said


# --- lines ------------------------------------------------------------------------------------------------------------


def _line(raw: str, people: Container[str]) -> str:
    pieces = _pieces(raw)
    pairs = _pairs(pieces)
    drawn_pieces = (
        _tag(piece.mark, pairs[at]) if at in pairs else _html(piece, people) for at, piece in enumerate(pieces)
    )
    return "".join(drawn_pieces)


def _tag(mark: str, opens: bool) -> str:
    return f"<{'' if opens else '/'}{_TAGS[mark]}>"


def _html(piece: _Piece, people: Container[str]) -> str:
    if piece.mark == "code":
        return f"<code>{escape(piece.raw)}</code>"
    if piece.token is None:
        return escape(piece.raw)
    if piece.token.kind is not Kind.MENTION:
        return drawn(piece.token, people)
    name, shown = piece.token.value, escape(piece.raw)
    if name not in people:
        return shown
    return f'<b class="mention">{shown}</b>' if name in CALLS else f'<a class="mention" href="/@{name}/">{shown}</a>'


def _pieces(raw: str) -> list[_Piece]:
    """A line's runs; a mark stands by itself."""
    found: list[_Piece] = []
    place = 0
    for code in _CODE.finditer(raw):
        found += _named(raw[place : code.start()])
        found.append(_Piece("code", code[1]))
        place = code.end()
    return found + list(_named(raw[place:]))


def _named(raw: str) -> Iterator[_Piece]:
    for token in tokenise(raw):
        if token.kind is not Kind.TEXT:
            yield _Piece("token", token.raw, token)
            continue
        for part in _MARK.split(token.raw):
            if part:
                yield _Piece(part if part in _TAGS else "text", part)


def _pairs(pieces: list[_Piece]) -> dict[int, bool]:
    """The marks that have a partner, by their place: True for one that opens. They nest, and never cross."""
    pairs: dict[int, bool] = {}
    open_marks: list[int] = []
    for at, piece in enumerate(pieces):
        if piece.mark not in _TAGS:
            continue
        before, after = _edge(pieces, at - 1, -1), _edge(pieces, at + 1, 0)
        partner = next((i for i in reversed(open_marks) if pieces[i].mark == piece.mark), None)
        if partner is not None:
            if not before.isspace() and _free(piece.mark, after) and partner != at - 1:
                pairs[partner], pairs[at] = True, False
                open_marks = [i for i in open_marks if i < partner]
        elif not after.isspace() and _free(piece.mark, before):
            open_marks.append(at)
    return pairs


def _edge(pieces: list[_Piece], at: int, character: int) -> str:
    """The character beside a mark; a space where the line ends."""
    if not 0 <= at < len(pieces):
        return " "
    return pieces[at].raw[character]


def _free(mark: str, beside: str) -> bool:
    """Inside a word an underscore is a letter of it, and a single * a sign: snake_case_names and 2*3*4 stay whole."""
    if mark == "_":
        return not (beside.isalnum() or beside == "_")
    return mark != "*" or not (beside.isascii() and beside.isalnum())
