"""Judges HTML as a browser would: well-formed, and nothing in it that acts."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

VOID: Final = frozenset({"br", "hr", "img"})
ALLOWED: Final = VOID | {
    *("p", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("sup", "span", "b", "div", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"),
}
ATTRIBUTES: Final = {
    *("dir", "href", "title", "data-asset", "data-lightbox", "id", "src", "srcset", "sizes", "width", "height", "alt"),
    *("tabindex", "data-lang", "start", "class", "rel", "target", "loading", "decoding", "scope"),
}
OURS: Final = re.compile(r"(?:h-|fn-|fnref-)[^\s\"'<>&]+")
SHOWN: Final = re.compile(r"/media/picture/[0-9a-f]{2}/[0-9a-f]{32}-\d+x\d+/\d+\.webp")
REL: Final = "nofollow ugc noopener noreferrer"


class Judge(HTMLParser):
    """Reads HTML strictly: every element is closed in order, every element and attribute is known and harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.faults.append(f"element <{tag}>")
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        given = dict(attrs)
        if tag == "a" and "href" in given:  # without it nothing leads anywhere
            self._link(given["href"] or "", given)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.faults.append(f"attribute {name} of <{tag}>")
        if name == "id":
            self.ids.append(value)
            if not OURS.fullmatch(value):
                self.faults.append(f"id {value!r}")
        if name == "src" and not SHOWN.fullmatch(value):
            self.faults.append(f"picture {value!r}")
        if name == "srcset" and not all(SHOWN.fullmatch(one.split()[0]) for one in value.split(",")):
            self.faults.append(f"pictures {value!r}")

    def _link(self, href: str, attributes: dict[str, str | None]) -> None:
        if any(ord(character) < 33 for character in href) or "\\" in href:
            self.faults.append(f"address {href!r}")
        if href.startswith(("/", "#")) and not href.startswith("//"):
            return
        parts = urlsplit(href)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            self.faults.append(f"address {href!r}")
        if attributes.get("rel") != REL or attributes.get("target") != "_blank":
            self.faults.append(f"link to {href!r} vouches")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.faults.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("instruction")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("section")


def faults(*parts: str) -> list[str]:
    """What is wrong with these pieces of a page; each is well-formed by itself, ids are unique in all."""
    found: list[str] = []
    ids: list[str] = []
    for html in parts:
        judge = Judge()
        judge.feed(html)
        judge.close()
        found += [*judge.faults, *(f"<{tag}> is not closed" for tag in judge.open)]
        ids += judge.ids
        if "\0" in html:
            found.append("NUL")
    found += [f"id {one!r} twice" for one, times in Counter(ids).items() if times > 1]
    return found
