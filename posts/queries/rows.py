"""What a card needs to know: the post, the faces on it, and what the viewer did with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from planet.web.prepared import fetch
from posts.queries import sql

T = TypeVar("T")


@dataclass(frozen=True)
class Face:
    """How a person shows on a card: what a name row and an avatar need of a User."""

    id: UUID
    handle: str
    display_name: str
    avatar: str
    is_creator: bool
    is_verified: bool

    @property
    def name(self) -> str:
        """What to call the person."""
        return self.display_name or self.handle

    def get_absolute_url(self) -> str:
        """The person's homepage."""
        return f"/@{self.handle}/"


@dataclass(frozen=True)
class Content:
    """A post's own words at one revision."""

    id: UUID
    creator_id: UUID
    revision: int
    text: str
    created_at: datetime
    edited_at: datetime | None

    def get_absolute_url(self) -> str:
        """The post's page."""
        return f"/p/{self.id}/"


@dataclass(frozen=True)
class Counts:
    """How many people did what with a post."""

    likes: int
    comments: int
    reposts: int
    bookmarks: int

    def as_dict(self) -> dict[str, int]:
        """By name, as sent to browsers."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Done:
    """What the viewer did with a post."""

    liked: bool = False
    bookmarked: bool = False
    reposted: bool = False


@dataclass(frozen=True)
class Because:
    """Why a reader is shown a post that they did not ask for: `followed`, `topic` (which), `hot` or `new`."""

    stream: str
    topic: str = ""


@dataclass(frozen=True)
class Row:
    """An item of a timeline: a post, or a repost that shows its original (`post`, by `author`)."""

    id: UUID
    reposter: Face | None
    post: Content
    author: Face
    counts: Counts
    tip_units: int  # of USDT; 0 too where the author does not show it and somebody else looks
    has_quote: bool
    quote: Content | None  # None although has_quote: deleted, or its author hidden or suspended
    quote_author: Face | None
    done: Done
    because: Because | None = None


def rows(ids: Sequence[UUID], *, viewer_id: UUID | None, unasked: bool = False) -> list[Row]:
    """The items with these ids, in this order, in one query.

    Without the deleted, those of suspended people, and those whose audience the viewer is not in. `unasked` leaves the
    audience out: for a broadcast to those who were asked when they subscribed, and for nothing else.
    """
    if not ids:
        return []
    values = {"ids": list(ids), "viewer": viewer_id, "unasked": unasked}
    return [_row(iter(found)) for found in fetch(sql.ROWS, values)]


def row(post_id: UUID, *, viewer_id: UUID | None) -> Row | None:
    """The item with this id; None when it was deleted, its author is suspended, or it is for others."""
    return next(iter(rows([post_id], viewer_id=viewer_id)), None)


def _row(values: Iterator[Any]) -> Row:
    """Reads the columns of sql.ROWS in their order."""
    item_id, is_repost = islice(values, 2)
    reposter = Face(*islice(values, 6))
    post, counts = Content(*islice(values, 6)), Counts(*islice(values, 4))
    tip_units, author = int(next(values)), Face(*islice(values, 6))
    has_quote = next(values)
    quote, quote_author = _optional(Content, islice(values, 6)), _optional(Face, islice(values, 6))
    return Row(
        item_id, reposter if is_repost else None, post, author, counts, tip_units, has_quote, quote, quote_author,
        Done(*values),
    )  # fmt: skip


def _optional(kind: type[T], values: Iterable[Any]) -> T | None:
    """`kind` from its columns; None when the outer join found nothing."""
    found = tuple(values)
    return kind(*found) if found[0] is not None else None
