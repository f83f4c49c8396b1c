"""From rows to what templates show: neutral for the cards, and live for one viewer at one moment."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from posts.access import readable
from posts.blocks import registry
from posts.blocks.base import Block, Data, State
from posts.models import BlockVote, PostBlock


@dataclass(frozen=True)
class BlockView:
    """A component as its templates see it."""

    block: Block
    state: State

    @property
    def id(self) -> UUID:
        """The component's id."""
        return self.state.id

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.block.kind

    @property
    def url(self) -> str:
        """Where its post's components stand in full, without scripts too."""
        return f"/p/{self.state.post_id}/blocks/"

    @property
    def template(self) -> str:
        """The card."""
        return f"posts/blocks/{self.kind}.html"

    @property
    def live_template(self) -> str:
        """The part of the card that differs between viewers and moments."""
        return f"posts/blocks/{self.kind}_live.html"

    @cached_property
    def card(self) -> Data:
        """What does not differ."""
        return self.block.card(self.state.data)

    @cached_property
    def live(self) -> Data:
        """What does; neutral when the state is nobody's."""
        return self.block.live(self.state)


def of_posts(ids: Iterable[UUID]) -> dict[UUID, list[BlockView]]:
    """The components of some posts in order, for nobody in particular; one query."""
    found: dict[UUID, list[BlockView]] = {}
    rows = PostBlock.objects.filter(post__in=list(ids)).order_by("post", "position")
    for row in rows.defer("outcome", "votes", "follow_at"):
        if one := _neutral(row):
            found.setdefault(row.post_id, []).append(one)
    return found


def _neutral(row: PostBlock) -> BlockView | None:
    block = registry.find(row.kind)
    if block is None:
        return None  # a kind that was taken away: the post stays readable
    return BlockView(block, State(row.pk, row.post_id, block.upgrade(row.data, row.version), row.created_at))


def live(ids: Collection[UUID], *, viewer_id: UUID | None, now: datetime) -> dict[UUID, BlockView]:
    """Those of some components that somebody (None: a guest) may see, as they are for them now; three queries."""
    rows = list(PostBlock.objects.filter(pk__in=ids).select_related("post"))
    visible = set(readable(viewer_id, {row.post_id for row in rows}).values_list("pk", flat=True))
    shown = [row for row in rows if row.post_id in visible]
    mine: dict[UUID, int] = {}
    if viewer_id:
        votes = BlockVote.objects.filter(block__in=[row.pk for row in shown], user=viewer_id)
        mine = dict(votes.values_list("block", "option"))
    return {row.pk: found for row in shown if (found := view(row, viewer_id=viewer_id, mine=mine.get(row.pk), now=now))}


def view(row: PostBlock, *, viewer_id: UUID | None, mine: int | None, now: datetime) -> BlockView | None:
    """One component for one viewer; its post is loaded. None when nobody knows the kind any more."""
    block = registry.find(row.kind)
    if block is None:
        return None
    state = State(
        row.pk,
        row.post_id,
        block.upgrade(row.data, row.version),
        row.created_at,
        votes=row.votes,
        outcome=row.outcome,
        mine=mine,
        author_id=row.post.creator_id,
        viewer_id=viewer_id,
        now=now,
    )
    return BlockView(block, state)
