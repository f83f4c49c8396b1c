"""For you: what is hot, weighed by whom and what the reader follows; with the reason for each post.

Four streams, each a short walk of an index below the cursor, merged by what each post is worth to the reader
(posts.ranking: the score, and a bonus for what is followed). A post is in exactly one stream, so that the one figure
in the cursor says where every stream goes on:

- `followed`: of whom the reader follows,
- `topic`: of others, about a topic that the reader follows,
- `hot`: the rest,
- `new`: one a page by somebody with few followers, the newest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404

from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page
from planet.web.prepared import fetch
from posts import ranking
from posts.queries import foryou_sql
from posts.queries.rows import Because, Row, rows

_signer = Signer(salt="posts.queries.foryou")
TOP: Final = UUID(int=2**128 - 1)
MOST_WAITING: Final = 12
REMEMBERED: Final = 24  # explored posts, left out where their stream comes to them
PLACE_OF_NEW: Final = 6  # of the exploration slot, in the middle of the second screen
FEW_FOLLOWERS: Final = 1000
MANY_FOLLOWS: Final = 200  # from here on a walk over the hottest of all is worth a try


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: below this worth and post; what waited, what was explored, and how far."""

    worth: float = inf
    post: UUID = TOP
    waiting: tuple[UUID, ...] = ()
    explored: tuple[UUID, ...] = ()
    explore_before: UUID = TOP

    def write(self) -> str:
        """As text, signed. Floats keep every digit."""
        return _signer.sign_object(
            [
                self.worth.hex(),
                self.post.hex,
                [pk.hex for pk in self.waiting],
                [pk.hex for pk in self.explored],
                self.explore_before.hex,
            ]
        )

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """From text. Raises Http404 for one that we did not write."""
        if not text:
            return cls()
        try:
            worth, post, waiting, explored, explore_before = _signer.unsign_object(text)
            return cls(
                float.fromhex(worth),
                UUID(post),
                tuple(map(UUID, waiting)),
                tuple(map(UUID, explored)),
                UUID(explore_before),
            )
        except (BadSignature, ValueError, TypeError, AttributeError):
            raise Http404 from None


@dataclass(frozen=True)
class _Found:
    """A candidate: which post, in which stream, what it is worth to the reader."""

    post: UUID
    stream: str
    worth: float
    topic: str


def for_you(*, viewer: User, after: str | None = None) -> Page[Row]:
    """One page. Two statements; a page may be shorter where a few authors or topics fill everything."""
    cursor = Cursor.read(after)
    found, is_more, fresh = _candidates(viewer, cursor)
    page, waiting, looked = ranking.diverse(found, size=PAGE_SIZE - bool(fresh), most_waiting=MOST_WAITING)
    chosen, explored = _with_new([one.item for one in page], [one.item.post for one in waiting], fresh)
    shown = {row.id: row for row in rows([one.post for one in chosen], viewer_id=viewer.pk)}
    items = [replace(shown[one.post], because=_because(one)) for one in chosen if one.post in shown]
    is_more = is_more or bool(waiting) or looked < len(found)
    return Page(items, _next(cursor, found, looked, waiting, explored).write() if is_more else None)


def _candidates(viewer: User, cursor: Cursor) -> tuple[list[ranking.Candidate[_Found]], bool, list[_Found]]:
    """What may stand on the page in order, what waited first; whether there is more; and what may be explored."""
    many = viewer.following_count >= MANY_FOLLOWS
    values = {
        "viewer": viewer.pk,
        "worth": cursor.worth,
        "post": cursor.post,
        "waiting": list(cursor.waiting),
        "skip": [*cursor.explored, *cursor.waiting],
        "explore_before": cursor.explore_before,
        "followed_bonus": ranking.FOLLOWED,
        "topic_bonus": ranking.TOPIC,
        "few": FEW_FOLLOWERS,
    }
    waited, found, fresh = [], [], []
    lanes = _Lanes()
    for post, creator, stream, worth, of_topics, names, followed in fetch(
        foryou_sql.MANY if many else foryou_sql.FEW, values
    ):
        one = _Found(post, stream.removeprefix("waiting "), worth, next(iter(followed), ""))
        candidate = ranking.Candidate(one, creator, names)
        if stream == "new":
            fresh.append(one)
        elif stream.startswith("waiting"):
            waited.append(candidate)
        else:
            found.append(candidate)
            lanes.add((stream, None), worth, foryou_sql.LOOKED_AT)
            if stream == "followed":
                lanes.add((stream, creator), worth, foryou_sql.OF_AUTHOR)
            for topic in of_topics:
                lanes.add((stream, topic), worth, foryou_sql.OF_TOPIC)
    known = [one for one in found if one.item.worth >= lanes.floor()]
    return [*_by_worth(waited), *_by_worth(known)], len(known) < len(found), fresh


def _by_worth(candidates: list[ranking.Candidate[_Found]]) -> list[ranking.Candidate[_Found]]:
    return sorted(candidates, key=lambda one: (-one.item.worth, -one.item.post.int))


class _Lanes:
    """How far down each stream, author and topic is known: what was cut off there may stand anywhere below."""

    def __init__(self) -> None:
        self._lowest: dict[object, float] = {}
        self._count: dict[object, int] = {}
        self._most: dict[object, int] = {}

    def add(self, lane: object, worth: float, most: int) -> None:
        """One more of a lane, of which at most so many were looked at."""
        self._lowest[lane] = min(worth, self._lowest.get(lane, inf))
        self._count[lane] = self._count.get(lane, 0) + 1
        self._most[lane] = most

    def floor(self) -> float:
        """The worth above which nothing is missing."""
        full = [lane for lane, count in self._count.items() if count >= self._most[lane]]
        return max((self._lowest[lane] for lane in full), default=-inf)


def _with_new(
    chosen: list[_Found], waiting: Sequence[UUID], fresh: Sequence[_Found]
) -> tuple[list[_Found], UUID | None]:
    """The page with something new in it, if there is something that is not on it anyway; and which that is."""
    taken = {*(one.post for one in chosen), *waiting}
    new = next((one for one in fresh if one.post not in taken), None)
    if new is None:
        return chosen, None
    return [*chosen[:PLACE_OF_NEW], new, *chosen[PLACE_OF_NEW:]], new.post


def _next(
    cursor: Cursor,
    found: Sequence[ranking.Candidate[_Found]],
    looked: int,
    waiting: Sequence[ranking.Candidate[_Found]],
    explored: UUID | None,
) -> Cursor:
    """Below the last candidate that was looked at; those that waited before are no measure."""
    waited = set(cursor.waiting)
    last = next((one.item for one in reversed(found[:looked]) if one.item.post not in waited), None)
    return Cursor(
        last.worth if last else cursor.worth,
        last.post if last else cursor.post,
        tuple(one.item.post for one in waiting),
        (*cursor.explored, *([explored] if explored else []))[-REMEMBERED:],
        explored or cursor.explore_before,
    )


def _because(one: _Found) -> Because:
    return Because(one.stream, one.topic)
