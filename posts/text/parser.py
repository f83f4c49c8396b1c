"""The Markdown that articles are written in, and what of CommonMark it is not.

CommonMark with tables, strikethrough, footnotes and task lists. No HTML: a tag is text. A link leads to a named host on
the web or to a page of this planet, nowhere else. A line `{{block:2}}` is the place of the second block of the article.
"""

from typing import Final

import regex
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin

from planet.web import images
from posts.text.tokens import is_web

MOST_NESTED: Final = 16
LABEL_LENGTH: Final = 40

_PLACE = regex.compile(r"\{\{[ ]?block:(\d{1,2})[ ]?\}\}[ ]*")
_LABEL = regex.compile(rf"\[\^([^\s\[\]]{{1,{LABEL_LENGTH}}}+)\]")
# A page of ours, or a place on this one. A second slash or a backslash would lead to another host.
_LOCAL = regex.compile(r"(?:/(?![/\\])|#)[!-~]*+")


class Markdown(MarkdownIt):
    """The parser. It holds no state between texts, so that one serves all threads."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True, "maxNesting": MOST_NESTED})
        self.enable(["table", "strikethrough"])
        # An escaped character stays a token of its own: `\#no` is no topic. The renderer joins what is left.
        self.disable("text_join")
        self.use(footnote_plugin, inline=False)
        self.inline.ruler.at("footnote_ref", _footnote_ref)
        self.block.ruler.before("paragraph", "place", _place, {"alt": ["paragraph"]})

    def validateLink(self, url: str) -> bool:  # noqa: N802  # markdown-it's name
        """Whether an address may be linked, or shown as a picture, at all; what may not stays text."""
        if url.lower().startswith(("http://", "https://")):
            return is_web(url)
        return _LOCAL.fullmatch(url) is not None or images.is_key(url, "picture", "private")


def _place(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001
    """A line that places a block; only at the top, not in a list or a quote."""
    if state.level or state.sCount[start] >= 4:
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = _PLACE.fullmatch(line)
    if not found:
        return False
    if not silent:
        state.line = start + 1
        token = state.push("place", "", 0)
        token.meta = {"block": int(found[1])}
        token.map = [start, state.line]
    return True


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    """`[^label]` as in the plugin, but a label is short: looking for its end must not take the rest of the text."""
    notes = state.env.get("footnotes")
    if not notes or not state.src.startswith("[^", state.pos):
        return False
    found = _LABEL.match(state.src, state.pos, state.posMax)
    if not found or f":{found[1]}" not in notes["refs"]:
        return False
    if not silent:
        note = notes["refs"][f":{found[1]}"]
        listed = notes.setdefault("list", {})
        if note < 0:
            note = notes["refs"][f":{found[1]}"] = len(listed)
            listed[note] = {"label": found[1], "count": 0}
        token = state.push("footnote_ref", "", 0)
        token.meta = {"id": note, "subId": listed[note]["count"], "label": found[1]}
        listed[note]["count"] += 1
    state.pos = found.end()
    return True
