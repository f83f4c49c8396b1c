"""What changes on a card without an edit: the catch-up of cards that are on a screen."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from posts.queries.rows import rows


@dataclass(frozen=True)
class State:
    """A post's counts, what the viewer did, and the revision that the card should show."""

    likes: int
    comments: int
    reposts: int
    bookmarks: int
    liked: bool
    bookmarked: bool
    reposted: bool
    revision: int

    def as_dict(self) -> dict[str, Any]:
        """By name, as sent to browsers."""
        return asdict(self)


def states(ids: Collection[UUID], *, viewer_id: UUID | None) -> dict[UUID, State]:
    """The state of each of these posts that still exists, in one query."""
    return {
        found.post.id: State(
            **found.counts.as_dict(),
            liked=found.done.liked,
            bookmarked=found.done.bookmarked,
            reposted=found.done.reposted,
            revision=found.post.revision,
        )
        for found in rows(list(ids), viewer_id=viewer_id)
    }
