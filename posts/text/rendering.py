"""How each piece of a parsed article looks as HTML. Everything a person typed is escaped here, and sanitised after."""

from collections.abc import Sequence
from typing import Any, Final

import regex
from django.utils.html import escape
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token as Piece
from markdown_it.utils import EnvType, OptionsDict

from planet.web import images
from planet.web.templatetags.images import picture
from posts.text.render import inline

Pieces = Sequence[Piece]
_LANGUAGE = regex.compile(r"[A-Za-z0-9_+#.-]{1,20}")
_SHOWN_AT: Final = "(min-width: 700px) 640px, 92vw"


class Renderer(RendererHTML):
    """Each method draws the pieces of its name; the others are markdown-it's own."""

    def text(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Words."""
        return escape(tokens[idx].content)

    def name(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """A $cashtag, #topic, @mention or address, as in a short post."""
        return inline(tokens[idx].meta["token"], env["people"])

    def tick(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The box of a task: a letter, which needs no label in any language."""
        return f'<span class="tick">{"☑" if tokens[idx].meta["done"] else "☐"}</span>'

    def image(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """An own picture: a figure where it stands alone, with its title as caption; else in the line."""
        key, alt, caption = (tokens[idx].meta[name] for name in ("key", "alt", "caption"))
        if not tokens[idx].meta["alone"]:
            return picture(key, "480", alt, css="inline")
        shown = picture(key, "960", alt, sizes=_SHOWN_AT)
        said = f'<figcaption dir="auto">{escape(caption)}</figcaption>' if caption else ""
        return f'<figure><a class="pic" href="{escape(images.url(key, 1600))}" data-lightbox>{shown}</a>{said}</figure>'

    def code_inline(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """A word of code."""
        return f"<code>{escape(tokens[idx].content)}</code>"

    def code_block(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Lines of code."""
        return f'<pre tabindex="0" dir="ltr"><code>{escape(tokens[idx].content)}</code></pre>\n'

    def fence(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Lines of code whose language is named."""
        named = _LANGUAGE.match(tokens[idx].info.strip())
        lang = f' data-lang="{escape(named[0])}"' if named else ""
        return f'<pre tabindex="0" dir="ltr"{lang}><code>{escape(tokens[idx].content)}</code></pre>\n'

    def table_open(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """A table scrolls by itself where it is wider than the page."""
        return '<div class="tablewrap" tabindex="0"><table>\n'

    def table_close(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of one."""
        return "</table></div>\n"

    def footnote_ref(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The small number in the text."""
        note = tokens[idx].meta["id"] + 1
        return f'<sup class="note"><a href="#fn-{note}" id="fnref-{_nth(tokens[idx].meta)}">{note}</a></sup>'

    def footnote_block_open(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The notes at the end."""
        return '<hr class="notes">\n<ol class="notes">\n'

    def footnote_block_close(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of them."""
        return "</ol>\n"

    def footnote_open(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """One note."""
        return f'<li id="fn-{tokens[idx].meta["id"] + 1}" dir="auto">'

    def footnote_close(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of one."""
        return "</li>\n"

    def footnote_anchor(self, tokens: Pieces, idx: int, options: OptionsDict, env: EnvType) -> str:
        """The way back to where the note was called."""
        # U+FE0E: the arrow as text, where a phone would show an emoji.
        return f' <a class="back" href="#fnref-{_nth(tokens[idx].meta)}">↩\ufe0e</a>'


def _nth(meta: dict[str, Any]) -> str:
    """The number of a note, and of its call where it is called several times."""
    again = f"-{meta['subId'] + 1}" if meta.get("subId") else ""
    return f"{meta['id'] + 1}{again}"
