"""An article's Markdown: read once, then drawn as inert HTML. Page, preview and drafts all come through here.

    document = read(source)           # never raises, whatever the source
    document.parts(people)            # HTML, and between it the numbers of the blocks that stand there

`names` are the cashtags, topics, mentions and links found in the text (not in code, not inside links), by the same
tokeniser as in short posts. Reading takes time linear in the source, below half a second: one of little but marks
is not parsed at all (MOST_WEIGHT). What comes out is bounded as well: names, headings, notes are counted. A source
that is too dense, or whose HTML would be too long, is shown as plain text (`is_heavy`; publishing refuses it).
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from types import MappingProxyType
from typing import Final

import regex
from django.utils.html import escape
from markdown_it.token import Token as Piece

from planet.web import images
from posts.text import reading
from posts.text.parser import Markdown
from posts.text.rendering import Renderer
from posts.text.sanitise import REL, sanitise
from posts.text.tokens import Kind, Token, tokenise

SHOWN_PLAIN: Final = 100_000  # characters of a source that cannot be drawn
MOST_HTML: Final = 1_000_000
MOST_NAMES: Final = 500
# What parsing costs: a mark about 20 µs, a line as much as three marks, a cell as two; words next to nothing. An
# article of 100,000 characters as people write them weighs 4,000 to 8,000.
MOST_WEIGHT: Final = 20_000
LINE_WEIGHT: Final = 3
MOST_HEADINGS: Final = 200
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
SLUG_LENGTH: Final = 48

_markdown = Markdown()
_renderer = Renderer()
_TASK = regex.compile(r"\[([ xX])\][ \t]")
_MARK = regex.compile(r"[*_~`\[\]()!<>|\\&#＃$＄@＠]")
_LINE = regex.compile(r"^.", regex.MULTILINE)
_NO_SLUG = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_ALIGN: Final = {"text-align:center": "mid", "text-align:right": "right"}
_AUTO: Final = ("paragraph_open", "heading_open", "list_item_open", "blockquote_open", "th_open", "td_open")
_WORDS: Final = ("text", "text_special", "code_inline")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents."""

    level: int  # 2 is the highest: the page's title is 1
    id: str
    text: str


@dataclass(frozen=True)
class Document:
    """A source that has been read."""

    pieces: Sequence[Piece]
    headings: Sequence[Heading]
    names: Sequence[Token]
    pictures: Sequence[str]  # keys
    blocks: Sequence[int]  # as numbered in {{block:n}}
    opening: str  # the first paragraph, plain
    words: int
    characters: int  # of scripts without spaces
    source: str
    is_dense: bool = False  # too much so to be parsed

    @property
    def minutes(self) -> int:
        """How long it is to read."""
        return reading.minutes(self.words, self.characters, len(self.pictures))

    @property
    def length(self) -> int:
        """Its words, as a writer counts them: a character of Chinese is one."""
        return self.words + self.characters

    def parts(self, people: Container[str] = ()) -> list[str | int]:
        """HTML pieces and the numbers of the blocks between them. Only mentions of `people` are linked."""
        found = self._drawn(people)
        return [self._plainly()] if found is None else found

    @property
    def is_heavy(self) -> bool:
        """Whether its HTML would be too long, so that it is shown as plain text."""
        return self._drawn(()) is None

    def _drawn(self, people: Container[str]) -> list[str | int] | None:
        if self.is_dense:
            return None
        parts: list[str | int] = []
        room = MOST_HTML
        for is_place, run in groupby(self.pieces, key=lambda piece: piece.type == "place"):
            pieces = list(run)
            if is_place:
                parts += [piece.meta["block"] for piece in pieces]
                continue
            html = _renderer.draw(pieces, _markdown.options, people)
            if len(html) > room:
                return None
            room -= len(html)
            parts.append(sanitise(html))
        return parts

    def _plainly(self) -> str:
        lines = escape(self.source[:SHOWN_PLAIN]).replace("\n", "<br>")
        return sanitise(f'<p dir="auto">{lines}</p>')


def read(source: str, shown: Mapping[str, str] = NOTHING) -> Document:
    """Read Markdown. Any text is some Markdown; what makes no sense as such is text.

    `shown` says where pictures are shown that have no address of their own, or must not tell it: key → address.
    """
    # Lone surrogates cannot be encoded, and NUL marks the slots of cached cards.
    source = source.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    return _unparsed(source) if _is_dense(source) else _Reader(source, shown).document()


def _is_dense(source: str) -> bool:
    # Counted one after the other, so that the most hostile text is given up first. Each cell of a table is parsed anew.
    weight = source.count("|") + sum(1 for _ in islice(_MARK.finditer(source), MOST_WEIGHT + 1))
    return weight > MOST_WEIGHT or weight + LINE_WEIGHT * len(_LINE.findall(source)) > MOST_WEIGHT


def _unparsed(source: str) -> Document:
    words, characters = reading.count(source)
    opening = " ".join(source[:1000].split())
    return Document((), (), (), (), (), opening, words, characters, source, is_dense=True)


class _Reader:
    """One reading: walks the pieces once, links names, numbers headings, counts words."""

    def __init__(self, source: str, shown: Mapping[str, str]) -> None:
        self.source, self.shown = source, shown
        self.pieces = _markdown.parse(source)
        self.names: list[Token] = []
        self.pictures: dict[str, None] = {}
        self.headings: list[Heading] = []
        self.slugs: dict[str, int] = {}
        self.outline: list[int] = []  # the headings that the present one stands under, by how many # they have
        self.words = self.characters = 0
        self.opening = ""

    def document(self) -> Document:
        for place, piece in enumerate(self.pieces):
            if piece.type == "inline":
                self._inline(place, piece)
            elif piece.type in ("fence", "code_block"):
                self._count(piece.content)
            elif piece.type == "heading_open":
                self._heading(piece, self.pieces[place + 1], self.pieces[place + 2])
            _tidy(piece)
        return Document(
            pieces=self.pieces,
            headings=self.headings,
            names=self.names,
            pictures=list(self.pictures),
            blocks=[piece.meta["block"] for piece in self.pieces if piece.type == "place"],
            opening=self.opening,
            words=self.words,
            characters=self.characters,
            source=self.source,
        )

    def _count(self, text: str) -> None:
        words, characters = reading.count(text)
        self.words += words
        self.characters += characters

    # --- a line's pieces ------------------------------------------------------------------------------------------

    def _inline(self, place: int, line: Piece) -> None:
        before = self.pieces[place - 1]
        children = line.children or []
        plain = _plain(children)
        self._count(plain)
        if before.type == "paragraph_open" and before.level == 0 and not self.opening:
            self.opening = " ".join(plain.split())
        if before.type == "paragraph_open" and place >= 2 and self.pieces[place - 2].type == "list_item_open":
            children = self._task(children, place)
        alone = before.type == "paragraph_open" and all(
            child.type in ("image", "softbreak", "hardbreak") for child in children
        )
        if alone and children:  # pictures by themselves are figures, and no figure stands in a paragraph
            before.hidden = self.pieces[place + 1].hidden = True
            children = [child for child in children if child.type == "image"]
        line.children = list(self._named(children, alone=alone))

    def _named(self, children: Sequence[Piece], *, alone: bool) -> Iterator[Piece]:
        """The pieces with names for what was plain text, pictures looked up, and links told from their places."""
        links: list[bool] = []  # those that are open: whether each leads anywhere
        for child in _joined(children):
            if child.type == "link_open":
                links.append(self._lead(child))
                if links[-1]:
                    yield child
            elif child.type == "link_close":
                if links.pop():
                    yield child
            elif child.type == "text" and not any(links):
                yield from self._text(child)
            elif child.type == "image":
                yield self._picture(child, alone=alone and not any(links))
            else:
                yield child

    def _text(self, piece: Piece) -> Iterator[Piece]:
        for token in tokenise(piece.content):
            if token.kind is Kind.TEXT or len(self.names) >= MOST_NAMES:
                yield Piece("text", "", 0, content=token.raw)
            else:
                self.names.append(token)
                yield Piece("name", "", 0, meta={"token": token})

    def _picture(self, piece: Piece, *, alone: bool) -> Piece:
        """A picture of ours; any other is the words that describe it."""
        key, alt = str(piece.attrs.get("src", "")), _plain(piece.children or [])
        if not self._is_picture(key):
            return Piece("text", "", 0, content=alt)
        self.pictures[key] = None
        caption, at = str(piece.attrs.get("title", "")), self.shown.get(key, "")
        piece.meta = {"key": key, "at": at, "alt": alt, "caption": caption, "alone": alone}
        return piece

    def _is_picture(self, key: str) -> bool:
        return key in self.shown or images.is_key(key, "picture")

    def _lead(self, link: Piece) -> bool:
        """Whether a link leads anywhere. Away from here it opens beside, and says where when a pointer rests on it."""
        href = str(link.attrs.get("href", ""))
        if self._is_picture(href):
            self.pictures[href] = None
            href = images.url(href, 1600, self.shown.get(href, ""))
        elif images.is_key(href, "private"):
            href = ""
        link.attrs = {"class": "link", "href": href}
        if href and not href.startswith(("/", "#")):
            link.attrs |= {"title": href[:200], "rel": REL, "target": "_blank"}
        return bool(href)

    def _task(self, children: list[Piece], place: int) -> list[Piece]:
        """A list item that begins with [ ] or [x] is a task."""
        found = _TASK.match(children[0].content) if children and children[0].type == "text" else None
        if not found:
            return children
        children[0].content = children[0].content[found.end() - 1 :]
        item = self.pieces[place - 2]
        item.attrSet("class", "task")
        return [Piece("tick", "", 0, meta={"done": found[1] != " "}), *children]

    # --- headings -------------------------------------------------------------------------------------------------

    def _heading(self, opening: Piece, line: Piece, closing: Piece) -> None:
        """No level is skipped, whatever the writer's: under # comes h3 even for ###."""
        level = int(opening.tag[1])
        while self.outline and self.outline[-1] >= level:
            self.outline.pop()
        self.outline.append(level)
        opening.tag = closing.tag = f"h{min(len(self.outline) + 1, 6)}"
        text = " ".join(_plain(line.children or []).split())
        anchor = self._slug(text)
        opening.attrSet("id", anchor)
        if text and opening.level == 0 and len(self.headings) < MOST_HEADINGS:
            self.headings.append(Heading(int(opening.tag[1]), anchor, text[:150]))

    def _slug(self, text: str) -> str:
        slug = _NO_SLUG.sub("-", text.casefold()[: SLUG_LENGTH * 2]).strip("-")[:SLUG_LENGTH].strip("-") or "section"
        again = self.slugs[slug] = self.slugs.get(slug, 0) + 1
        return f"h-{slug}" if again == 1 else f"h-{slug}--{again}"  # no slug has two hyphens


def _tidy(piece: Piece) -> None:
    """What is not a text's: its direction, a cell's alignment as a class (styles are forbidden)."""
    if piece.type in _AUTO:
        piece.attrSet("dir", "auto")
    if piece.type in ("th_open", "td_open") and (style := piece.attrs.pop("style", None)) in _ALIGN:
        piece.attrSet("class", _ALIGN[str(style)])
    if piece.type == "th_open":
        piece.attrSet("scope", "col")


def _joined(children: Sequence[Piece]) -> Iterator[Piece]:
    """Runs of text as one piece; an escaped character stays apart: it begins no name, and ends none."""
    pending: list[str] = []
    for child in children:
        if child.type == "text" or (child.type == "text_special" and child.info == "entity"):
            pending.append(child.content)
            continue
        if pending:
            yield Piece("text", "", 0, content="".join(pending))
            pending = []
        if child.type == "text_special":
            child.type = "text"
        yield child
    if pending:
        yield Piece("text", "", 0, content="".join(pending))


def _plain(children: Sequence[Piece]) -> str:
    """The words of a line without their marks."""
    said = []
    for child in children:
        if child.type in _WORDS:
            said.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif child.type == "image":
            said.append(_plain(child.children or []))
    return "".join(said)
