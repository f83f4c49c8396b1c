"""A thread as its form says it: which of the pictures and components belong to which of its posts.

The composer sends the pictures of all posts one after the other, in the order of the posts, and the components alike;
`part_pictures` and `part_blocks` say, beside each `part`, how many of them are its own. What is left over in front
belongs to the first post. So a form that knows nothing of this (an old draft, a browser without scripts) is read as it
always was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import QueryDict

from planet.web import images
from posts.actions import MAX_PARTS

T = TypeVar("T")


@dataclass(frozen=True)
class Sheet:
    """One post of a thread, as it stands in the form: its words, its pictures as (key, description), its components."""

    text: str
    pictures: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)

    @property
    def says_anything(self) -> bool:
        """Whether there is more in it than its place in the thread."""
        return bool(self.text.strip() or self.pictures or self.blocks)

    @property
    def shots(self) -> list[dict[str, Any]]:
        """Its pictures, to show them in the form."""
        return [
            {"key": key, "alt": alt, "url": images.url(key, 480)}
            for key, alt in self.pictures
            if images.is_key(key, "picture")
        ]


def sheets(
    text: str, parts: Sequence[str], pictures: Sequence[tuple[str, str]], blocks: Sequence[Any], form: Any
) -> list[Sheet]:
    """The posts of a thread, the first first; `form` has the counts. Parts with nothing in them are left out."""
    shots = _dealt(pictures, _counts(form, "part_pictures", len(parts)))
    beds = _dealt(blocks, _counts(form, "part_blocks", len(parts)))
    first, *rest = (Sheet(*one) for one in zip([text, *parts], shots, beds, strict=True))
    return [first, *(sheet for sheet in rest if sheet.says_anything)]


def typed(form: Any) -> list[Sheet]:
    """The same of what was typed, right or wrong, to show it in the form again."""
    if not isinstance(form, QueryDict):
        return [Sheet("")]
    keys, alts = form.getlist("picture"), form.getlist("alt")
    pictures = [(key, alts[place] if place < len(alts) else "") for place, key in enumerate(keys)]
    return sheets(form.get("text", ""), form.getlist("part")[:MAX_PARTS], pictures, form.getlist("block"), form)


def _counts(form: Any, name: str, parts: int) -> list[int]:
    """How many things belong to each part; nothing that can be sent here is an error."""
    sent = form.getlist(name) if isinstance(form, QueryDict) else []
    known = [int(one) if len(one) < 4 and one.isascii() and one.isdigit() else 0 for one in sent[:parts]]
    return [*known, *[0] * (parts - len(known))]


def _dealt(things: Sequence[T], counts: Sequence[int]) -> list[list[T]]:
    """The things of the first post, then of each part; they are dealt from the end, as far as they go."""
    left, dealt = list(things), []
    for count in reversed(counts):
        start = max(0, len(left) - count)
        dealt.append(left[start:])
        left = left[:start]
    return [left, *reversed(dealt)]
