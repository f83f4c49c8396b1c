"""The last gate: whatever the renderer made, only these elements with these attributes leave it.

The renderer above makes nothing else. Should it ever, or should the parser have a fault, what comes out here is inert
all the same: no script, no style, no form, no frame, no address but of the web or of this planet.
"""

from typing import Final

import nh3
import regex

REL: Final = "nofollow ugc noopener noreferrer"

_HEADINGS: Final = ("h2", "h3", "h4", "h5", "h6")
_TAGS: Final = {
    *("p", "br", "hr", *_HEADINGS, "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "sup"),
    *("span", "b", "div", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img"),
}
_ATTRIBUTES: Final = {
    "*": {"dir"},
    "a": {"href", "title", "data-asset", "data-lightbox", "id"},
    "img": {"src", "srcset", "sizes", "width", "height", "alt"},
    "pre": {"tabindex", "data-lang"},
    "div": {"tabindex"},
    "ol": {"start"},
    "li": {"id"},
    **{tag: {"id"} for tag in _HEADINGS},
}
_VALUES: Final = {
    "a": {"rel": {REL}, "target": {"_blank"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "th": {"scope": {"col"}},
}
_CLASSES: Final = {
    "a": {"chip", "link", "back", "pic"},
    "div": {"tablewrap"},
    "hr": {"notes"},
    "img": {"inline"},
    "li": {"task"},
    "ol": {"notes"},
    "span": {"tick"},
    "sup": {"note"},
    "td": {"mid", "right"},
    "th": {"mid", "right"},
    "ul": {"tasks"},
}
# Ours begin like this, so that no heading can pose as an element of the page around it.
_ID = regex.compile(r"(?:h-|fn-|fnref-)[\p{L}\p{M}\p{N}-]{1,80}")
_ASKED = regex.compile(r"/p/[0-9a-f-]{36}/pictures/[0-9a-f]{32}-")
_NUMBER = regex.compile(r"-?[0-9]{1,9}")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value, or None to drop the attribute."""
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name in ("tabindex", "start", "width", "height"):
        return value if _NUMBER.fullmatch(value) else None
    if name in ("src", "srcset"):
        # Of a picture of ours: asked for at its post, or in the storage, which may be elsewhere and absolute.
        is_ours = _ASKED.match(value) or ("picture/" in value and value.startswith(("/", "https://", "http://")))
        return value if tag == "img" and is_ours else None
    if name == "href" and value.startswith(("//", "/\\")):
        return None
    return value


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    tag_attribute_values=_VALUES,
    allowed_classes=_CLASSES,
    attribute_filter=_attribute,
    url_schemes={"http", "https"},
    link_rel=None,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """Well-formed HTML of allowed elements only; what is not allowed is dropped, what it said stays as text."""
    return _cleaner.clean(html)
