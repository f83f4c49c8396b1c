"""How each piece of a parsed article looks as HTML. Everything a person typed is escaped here, and sanitised after."""

from collections.abc import Callable, Container, Sequence
from typing import Any, Final, cast

import regex
from django.utils.html import escape
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token as Piece
from markdown_it.utils import EnvType, OptionsDict

from planet.web import images
from planet.web.templatetags.images import picture
from posts.text.render import inline

Rule = Callable[[Sequence[Piece], int, OptionsDict, EnvType], str]
_LANGUAGE = regex.compile(r"[A-Za-z0-9_+#.-]{1,20}")
_SHOWN_AT: Final = "(min-width: 700px) 640px, 92vw"
# A table scrolls by itself where it is wider than the page.
_FIXED: Final = {
    "table_open": '<div class="tablewrap" tabindex="0"><table>\n',
    "table_close": "</table></div>\n",
    "footnote_block_open": '<hr class="notes">\n<ol class="notes">\n',
    "footnote_block_close": "</ol>\n",
    "footnote_close": "</li>\n",
}


class Renderer(RendererHTML):
    """markdown-it's renderer with our own drawing of what is listed below."""

    def __init__(self) -> None:
        super().__init__()
        rules = cast("dict[str, Rule]", self.rules)
        rules.update({kind: _rule(draw) for kind, draw in _DRAWN.items()})
        rules.update({kind: _always(html) for kind, html in _FIXED.items()})
        rules["name"] = _name

    def draw(self, pieces: Sequence[Piece], options: OptionsDict, people: Container[str]) -> str:
        """The pieces as HTML that has not been sanitised yet."""
        return str(self.render(pieces, options, {"people": people}))


def _rule(draw: Callable[[Piece], str]) -> Rule:
    """A rule as markdown-it calls it, from a function of the piece alone."""
    return lambda pieces, place, _options, _env: draw(pieces[place])


def _always(html: str) -> Rule:
    return _rule(lambda _: html)


def _name(pieces: Sequence[Piece], place: int, _options: OptionsDict, env: EnvType) -> str:
    """A $cashtag, #topic, @mention or address, as in a short post."""
    return inline(pieces[place].meta["token"], env["people"])


def _text(piece: Piece) -> str:
    return escape(piece.content)


def _tick(piece: Piece) -> str:
    """The box of a task: a letter, which needs no label in any language."""
    return f'<span class="tick">{"☑" if piece.meta["done"] else "☐"}</span>'


def _image(piece: Piece) -> str:
    """A picture of ours: a figure where it stands alone, with its title as caption; else in the line."""
    key, at, alt, caption = (piece.meta[name] for name in ("key", "at", "alt", "caption"))
    if not piece.meta["alone"]:
        return picture(key, "480", alt, css="inline", at=at)
    shown = picture(key, "960", alt, sizes=_SHOWN_AT, at=at)
    said = f'<figcaption dir="auto">{escape(caption)}</figcaption>' if caption else ""
    return f'<figure><a class="pic" href="{escape(images.url(key, 1600, at))}" data-lightbox>{shown}</a>{said}</figure>'


def _code(piece: Piece) -> str:
    return f"<code>{escape(piece.content)}</code>"


def _lines(piece: Piece) -> str:
    """Lines of code; a fence may name their language."""
    named = _LANGUAGE.match(piece.info.strip())
    lang = f' data-lang="{escape(named[0])}"' if named else ""
    return f'<pre tabindex="0" dir="ltr"{lang}><code>{escape(piece.content)}</code></pre>\n'


def _note_ref(piece: Piece) -> str:
    """The small number in the text."""
    note = piece.meta["id"] + 1
    return f'<sup class="note"><a href="#fn-{note}" id="fnref-{_nth(piece.meta)}">{note}</a></sup>'


def _note(piece: Piece) -> str:
    return f'<li id="fn-{piece.meta["id"] + 1}" dir="auto">'


def _back(piece: Piece) -> str:
    """The way back to where the note was called."""
    # U+FE0E: the arrow as text, where a phone would show an emoji.
    return f' <a class="back" href="#fnref-{_nth(piece.meta)}">↩\ufe0e</a>'


def _nth(meta: dict[str, Any]) -> str:
    """The number of a note, and of its call where it is called several times."""
    again = f"-{meta['subId'] + 1}" if meta.get("subId") else ""
    return f"{meta['id'] + 1}{again}"


_DRAWN: Final[dict[str, Callable[[Piece], str]]] = {
    "text": _text,
    "tick": _tick,
    "image": _image,
    "code_inline": _code,
    "code_block": _lines,
    "fence": _lines,
    "footnote_ref": _note_ref,
    "footnote_open": _note,
    "footnote_anchor": _back,
}
