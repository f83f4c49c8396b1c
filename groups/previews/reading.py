"""What a page says of itself: its title, a description, its site's name, a picture. Imports no ORM."""

import codecs
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import ValidationError

from planet.web.text import clean_line

TITLE: Final = 200
DESCRIPTION: Final = 400
SITE: Final = 80
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)


@dataclass(frozen=True)
class Described:
    """A page as it describes itself; "" for what it does not say. `picture` is an address."""

    title: str = ""
    description: str = ""
    site: str = ""
    picture: str = ""


class _Head(HTMLParser):
    """Collects the title and the metadata of a page, and stops caring at its body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.title: list[str] = []
        self._in_title = False
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_over:
            return
        if tag == "body":
            self._is_over = True
        self._in_title = tag == "title" and not self.title
        if tag == "meta":
            values = {name: value or "" for name, value in attrs}
            name = (values.get("property") or values.get("name") or "").lower()
            if name and name not in self.meta:
                self.meta[name] = values.get("content", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "head"):
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)


def describe(body: bytes, *, address: str, charset: str = "") -> Described:
    """What the HTML of a page (perhaps cut off) says of it. Never raises."""
    head = _Head()
    head.feed(_decoded(body, charset))
    meta = head.meta
    title = meta.get("og:title") or meta.get("twitter:title") or "".join(head.title)
    description = meta.get("og:description") or meta.get("description") or ""
    site = meta.get("og:site_name") or (urlsplit(address).hostname or "").removeprefix("www.")
    picture = meta.get("og:image:secure_url") or meta.get("og:image") or ""
    return Described(
        _line(title, TITLE), _line(description, DESCRIPTION), _line(site, SITE), _joined(address, picture.strip())
    )


def _decoded(body: bytes, charset: str) -> str:
    said = _CHARSET.search(body[:4096])
    for name in (charset, said[1].decode("ascii") if said else "", "utf-8"):
        try:
            codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        try:
            return body.decode(name, errors="ignore")
        except (UnicodeError, LookupError, ValueError):
            continue
    return body.decode("utf-8", errors="ignore")


def _line(text: str, length: int) -> str:
    try:
        line = clean_line(text[: 4 * length].replace("\ufffd", ""))
    except ValidationError:
        return ""
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _joined(address: str, picture: str) -> str:
    try:
        whole = urljoin(address, picture) if picture else ""
    except ValueError:
        return ""
    return whole if len(whole) <= 2000 else ""
