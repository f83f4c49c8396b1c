"""What happens to components after publishing: votes, an idea's correction, what the clock finds out."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from planet.accounts.models import User
from planet.engagement import actions as engagement
from planet.engagement.models import Kind as Deed
from posts import blocks, broadcasts, locks
from posts.actions.permission import require_audience
from posts.blocks.idea.block import WINDOW
from posts.errors import AlreadyVoted, Gone, NoLongerEditable, NoSuchOption, NotAllowed, VotingOver
from posts.models import BlockVote, Post, PostBlock, PostRevision

logger = logging.getLogger(__name__)

CHUNK: Final = 100  # components that are followed in one transaction
MOST_CHUNKS: Final = 60  # a run; what is left is looked at in the next
_LATER: Final = timedelta(minutes=5)
_TALK: Final = frozenset({"poll"})  # components that have nothing to do with trading


@transaction.atomic
def vote(*, actor: User, block_id: UUID, option: int, now: datetime) -> PostBlock:
    """Vote on a component, once and for good. The same vote again changes nothing.

    Raises Gone, NotAllowed (not for the actor), NoSuchOption, VotingOver, AlreadyVoted (for another option).
    """
    row = _lock(block_id)
    require_audience(row.post, actor)
    block = blocks.find(row.kind)
    if block is None or not 0 <= option < block.options(row.data):
        raise NoSuchOption
    mine = BlockVote.objects.filter(block=row, user=actor).values_list("option", flat=True).first()
    if mine is not None:
        if mine != option:
            raise AlreadyVoted
        return row
    ends_at = block.ends_at(row.data)
    if ends_at and now >= ends_at:
        raise VotingOver
    # The row is locked: whoever else votes on it waits, so the counts are those of the votes.
    BlockVote.objects.create(block=row, user=actor, option=option, created_at=now)
    row.votes[option] += 1
    row.save(update_fields=["votes"])
    if row.kind not in _TALK:
        post = row.post
        engagement.record(Deed.COMPONENT, actor=actor, content_id=post.pk, creator_id=post.creator_id, at=now)
    broadcasts.voted(row.pk)
    return row


def _lock(block_id: UUID) -> PostBlock:
    """A component of a living post by nobody suspended, locked."""
    rows = PostBlock.objects.select_for_update(no_key=True, of=("self",)).select_related("post")
    row = rows.filter(pk=block_id, post__deleted_at=None, post__creator__user__is_active=True).first()
    if row is None:
        raise Gone
    return row


@transaction.atomic
def correct_idea(*, actor: User, block_id: UUID, data: dict[str, Any], now: datetime) -> PostBlock:
    """Change a trade idea within its first quarter of an hour; the asset and the time it was published stay.

    Raises ValidationError (the levels), Gone, NotAllowed, NoLongerEditable. The database refuses later changes, too.
    """
    post_id = PostBlock.objects.filter(pk=block_id, kind="idea").values_list("post", flat=True).first()
    try:
        post = locks.post(post_id) if post_id else None
    except Post.DoesNotExist:
        post = None
    if post is None:
        raise Gone
    if post.creator_id != actor.pk:
        raise NotAllowed
    row = _lock(block_id)
    if now >= row.created_at + WINDOW:
        raise NoLongerEditable
    wanted = {**data, "kind": row.kind, "symbol": row.data["symbol"]}
    new = dict(blocks.clean(wanted, author=actor, now=row.created_at).data)
    kept = {name: row.data[name] for name in ("symbol", "price", "simulated")}
    if {**new, **kept} == row.data:
        return row
    row.data = {**new, **kept}
    row.save(update_fields=["data"])
    _new_revision(post, now)
    return row


def _new_revision(post: Post, now: datetime) -> None:
    """The card is another one, and says that it was edited."""
    PostRevision.objects.create(post=post, revision=post.revision, text=post.text, at=post.edited_at or post.created_at)
    post.revision, post.edited_at = post.revision + 1, now
    post.save(update_fields=["revision", "edited_at"])
    broadcasts.edited(post.pk)


def follow_blocks(*, now: datetime) -> int:
    """Look at every component that is due: score ideas, settle questions. Returns how many were looked at.

    Harmless when it runs twice or side by side: rows that another run holds are left to it, and following the same
    minutes again changes nothing. After downtime what was missed is caught up with, stretch by stretch.
    """
    followed = 0
    for _ in range(MOST_CHUNKS):
        count = _follow_chunk(now)
        followed += count
        if count < CHUNK:
            break
    return followed


@transaction.atomic
def _follow_chunk(now: datetime) -> int:
    due = PostBlock.objects.select_for_update(no_key=True, skip_locked=True).filter(follow_at__lte=now)
    rows = list(due.order_by("follow_at", "pk")[:CHUNK])
    for row in rows:
        _follow(row, now)
    PostBlock.objects.bulk_update(rows, ["outcome", "follow_at"])
    return len(rows)


def _follow(row: PostBlock, now: datetime) -> None:
    block = blocks.find(row.kind)
    if block is None:
        row.follow_at = None
        return
    state = blocks.State(
        row.pk,
        row.post_id,
        block.upgrade(row.data, row.version),
        row.created_at,
        votes=row.votes,
        outcome=row.outcome,
        now=now,
    )
    try:
        followed = block.follow(state)
    except Exception:  # one component that cannot be followed must not stop all others
        logger.exception("could not follow %s %s", row.kind, row.pk)
        row.follow_at = now + _LATER
        return
    # A component that is behind is due again at once: after this run's time, so that a run ends.
    again = followed.follow_at
    row.outcome, row.follow_at = followed.outcome, again and max(again, now + timedelta(seconds=1))
    if followed.is_news:
        broadcasts.block_changed(row.post_id, row.pk)


def repair_votes(*, now: datetime) -> int:
    """Count the votes of the last days' components anew; what differs is logged and set right. Returns how many."""
    wrong = 0
    recent = PostBlock.objects.filter(created_at__gt=now - timedelta(days=100)).exclude(votes=[])
    for block_id in recent.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000):
        wrong += _recount(block_id)
    return wrong


@transaction.atomic
def _recount(block_id: UUID) -> bool:
    row = PostBlock.objects.select_for_update(no_key=True).get(pk=block_id)
    counted = _counted(row.pk, len(row.votes))
    if counted == row.votes:
        return False
    logger.error("component %s counted %s votes and has %s", row.pk, row.votes, counted)
    row.votes = counted
    row.save(update_fields=["votes"])
    return True


def _counted(block_id: UUID, options: int) -> list[int]:
    found = BlockVote.objects.filter(block=block_id).values_list("option").annotate(Count("pk")).order_by()
    counts = dict(found)
    return [counts.get(option, 0) for option in range(options)]
