"""A thread as its form says it: which of the pictures, components and videos belong to which of its posts.

The composer sends the pictures of all posts one after the other, in the order of the posts, and the components alike;
`part_pictures` and `part_blocks` say, beside each `part`, how many of them are its own. What is left over in front
belongs to the first post. A post has one video at most: `part_video` and `part_video_alt` stand beside each `part`.
So a form that knows nothing of this (an old draft, a browser without scripts) is read as it always was.

Scripts move a post by moving it. Without them each post has a number, `part_place`: what is to be read earlier is given
a smaller one. `in_order` puts the form right before anything else reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.http import QueryDict

from planet.web import images
from posts.actions import MAX_PARTS

T = TypeVar("T")
MOST_ORDERED: Final = MAX_PARTS + 2  # with the two empty ones of a form without scripts; more is refused anyway


@dataclass(frozen=True)
class Sheet:
    """One post of a thread, as it stands in the form: its words, its pictures as (key, description), its components."""

    text: str
    pictures: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)
    video: str = ""  # its id
    video_alt: str = ""

    @property
    def says_anything(self) -> bool:
        """Whether there is more in it than its place in the thread."""
        return bool(self.text.strip() or self.pictures or self.blocks or self.video)

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
    first, *rest = _all(text, parts, pictures, blocks, form)
    return [first, *(sheet for sheet in rest if sheet.says_anything)]


def _all(
    text: str, parts: Sequence[str], pictures: Sequence[tuple[str, str]], blocks: Sequence[Any], form: Any
) -> list[Sheet]:
    shots = _dealt(pictures, _counts(form, "part_pictures", len(parts)))
    beds = _dealt(blocks, _counts(form, "part_blocks", len(parts)))
    films = _each(form, "video", len(parts))
    told = _each(form, "video_alt", len(parts))
    return [Sheet(*one) for one in zip([text, *parts], shots, beds, films, told, strict=True)]


def typed(form: Any) -> list[Sheet]:
    """The same of what was typed, right or wrong, to show it in the form again."""
    if not isinstance(form, QueryDict):
        return [Sheet("")]
    parts = form.getlist("part")[:MAX_PARTS]
    return sheets(form.get("text", ""), parts, _described(form), form.getlist("block"), form)


def in_order(form: QueryDict) -> QueryDict:
    """The form with its posts where their numbers say, without the numbers; the first has 1 and may be overtaken."""
    parts, sent = form.getlist("part"), form.getlist("part_place")
    if not sent or len(parts) > MOST_ORDERED:
        return form
    posts = _all(form.get("text", ""), parts, _described(form), form.getlist("block"), form)
    places = [1, *(_place(sent, at) for at in range(len(parts)))]
    # Of two with the same number, the one that was given it goes before the one that had it; downwards, behind it.
    turned = sorted(range(len(posts)), key=lambda at: (places[at], (places[at] > at + 1) - (places[at] < at + 1), at))
    first, *rest = (posts[at] for at in turned)
    ordered, whole = form.copy(), [first, *rest]
    pictures = [picture for post in whole for picture in post.pictures]
    ordered["text"] = first.text
    ordered.setlist("part", [post.text for post in rest])
    ordered.setlist("part_pictures", [str(len(post.pictures)) for post in rest])
    ordered.setlist("part_blocks", [str(len(post.blocks)) for post in rest])
    for name, said in (("video", [post.video for post in whole]), ("video_alt", [post.video_alt for post in whole])):
        ordered[name] = said[0]
        ordered.setlist(f"part_{name}", said[1:])
    ordered.setlist("picture", [key for key, _ in pictures])
    ordered.setlist("alt", [*(alt for _, alt in pictures), *form.getlist("alt")[len(pictures) :]])
    ordered.setlist("block", [block for post in whole for block in post.blocks])
    ordered.pop("part_place")
    return ordered


def _place(sent: Sequence[str], at: int) -> int:
    """The number of a further post; its own where it has none, or what is none."""
    number = sent[at] if at < len(sent) else ""
    return int(number) if len(number) < 4 and number.isascii() and number.isdigit() else at + 2


def _described(form: QueryDict) -> list[tuple[str, str]]:
    """The pictures that are uploaded already, with what they show."""
    keys, alts = form.getlist("picture"), form.getlist("alt")
    return [(key, alts[place] if place < len(alts) else "") for place, key in enumerate(keys)]


def _each(form: Any, name: str, parts: int) -> list[str]:
    """What the first post says under a name, and each part under that name with `part_` before it."""
    if not isinstance(form, QueryDict):
        return [""] * (1 + parts)
    sent = form.getlist(f"part_{name}")[:parts]
    return [form.get(name, ""), *sent, *[""] * (parts - len(sent))]


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
