"""What is hot and what is best: numbers in, numbers out.

FORMULAS.md §4, "hot posts": log₂(1 + V) + t/H, with H = 12 hours. A key that needs no rescoring as time passes: what is
twelve hours younger is worth twice the engagement. V is the sum over distinct people of their trust times the weight
of what they did (each kind once): like 1, bookmark 1, repost or quote 2, comment 3. What counts at all is said by
`planet.engagement`, for this as for the weekly pool. The score itself `posts.actions.scoring` computes in SQL, for many
posts at once; its tests hold the two together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2
from typing import Final, Generic, TypeVar

# By kind of interaction, as planet.engagement has them.
WEIGHTS: Final[Mapping[str, float]] = {"like": 1.0, "bookmark": 1.0, "share": 2.0, "comment": 3.0, "component": 0.0}
TRUST: Final[Mapping[int, float]] = {0: 0.5, 1: 0.8, 2: 1.0, 3: 1.2}  # by trust level
HOT_SECONDS: Final = 12 * 3600
COMMENT_SECONDS: Final = 24 * 3600  # a conversation lives longer than a headline

# What a reader's own choices are worth in For you, in doublings: whom they follow, which topics.
FOLLOWED: Final = 1.0
TOPIC: Final = 0.5

MOST_OF_AUTHOR: Final = 2  # a page
MOST_OF_TOPIC: Final = 4

T = TypeVar("T")


def value(acts: Iterable[tuple[str, int, int]]) -> float:
    """V of what distinct people did, as (kind, trust level of who did it, how many of them did)."""
    return sum((WEIGHTS[kind] * TRUST[level] * people for kind, level, people in acts), start=0.0)


def hot(*, value: float, created_at: datetime) -> float:
    """The score of a post."""
    return log2(1 + value) + created_at.timestamp() / HOT_SECONDS


def comment_rank(*, likes: int, replies: int, created_at: datetime) -> float:
    """The same for a comment; an answer is half a like, for it may be one in anger."""
    return log2(1 + likes + replies / 2) + created_at.timestamp() / COMMENT_SECONDS


@dataclass(frozen=True)
class Candidate(Generic[T]):
    """Something that may stand on a page: what it is, whose, and about what."""

    item: T
    author: object
    topics: Collection[object] = ()


def diverse(
    candidates: Sequence[Candidate[T]], *, size: int, most_waiting: int
) -> tuple[list[Candidate[T]], list[Candidate[T]], int]:
    """A page in the given order: at most two of an author and four of a topic; what is too much waits for the next.

    Returns the page, what waits, and how many candidates were looked at: the page ends when it is full or when no more
    may wait, so that nothing is lost and what must be remembered stays small.
    """
    page: list[Candidate[T]] = []
    waiting: list[Candidate[T]] = []
    authors: dict[object, int] = {}
    topics: dict[object, int] = {}
    for looked, candidate in enumerate(candidates):
        if len(page) == size or len(waiting) == most_waiting:
            return page, waiting, looked
        if authors.get(candidate.author, 0) >= MOST_OF_AUTHOR or any(
            topics.get(topic, 0) >= MOST_OF_TOPIC for topic in candidate.topics
        ):
            waiting.append(candidate)
            continue
        page.append(candidate)
        authors[candidate.author] = authors.get(candidate.author, 0) + 1
        for topic in candidate.topics:
            topics[topic] = topics.get(topic, 0) + 1
    return page, waiting, len(candidates)
