"""New posts and the bells of those who want to hear of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from creators.models import Bell
from planet.notifications.actions import notify, retract
from planet.notifications.models import Kind
from posts.access import audience_among
from posts.models import Post, PostTag, Ringing
from posts.text import excerpt

BATCH: Final = 500
MOST_BATCHES: Final = 40  # a run; the next one goes on

_LATER: Final = """
INSERT INTO posts_ringing (post_id, after)
SELECT %(post)s, 0 WHERE EXISTS (SELECT FROM creators_bell WHERE creator_id = %(creator)s)
ON CONFLICT (post_id) DO UPDATE SET after = 0
"""


def ring_later(post: Post) -> None:
    """Remember, in the transaction that publishes, that bells are to ring; nothing where the creator has none.

    In the one that deletes: that who was told of the post shall not be led to what is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATER, {"post": post.pk, "creator": post.creator_id})


def ring_due(*, now: datetime) -> int:
    """Ring what is to ring, batch by batch; how many were told. Two of these at once share the work."""
    told = 0
    for _ in range(MOST_BATCHES):
        many = _ring(now)
        if many is None:
            break
        told += many
    return told


@transaction.atomic
def _ring(now: datetime) -> int | None:
    """The next batch of one post; None: nothing is left that is not in other hands."""
    waiting = Ringing.objects.select_for_update(skip_locked=True, of=("self",)).select_related("post__creator__user")
    row = waiting.order_by("post").first()
    if row is None:
        return None
    post = row.post
    bells = Bell.objects.filter(creator=post.creator_id, follow__gt=row.after, created_at__lte=post.created_at)
    found = list(bells.order_by("follow").values_list("follow", "follow__follower")[:BATCH])
    if not found:
        row.delete()
        return 0
    people = [follower for _, follower in found]
    told = _silence(post, people) if post.deleted_at else _tell(post, people, now)
    row.after = found[-1][0]
    row.save(update_fields=["after"])
    return told


def _silence(post: Post, people: Sequence[UUID]) -> int:
    retract(recipients=people, group_key=f"post:{post.pk}")
    return 0


def _tell(post: Post, people: Sequence[UUID], now: datetime) -> int:
    recipients = sorted(audience_among(post, people))
    notify(
        recipients=recipients,
        kind=Kind.POST,
        actor=post.creator.user,
        group_key=f"post:{post.pk}",
        url=post.get_absolute_url(),
        excerpt=excerpt(post.text),
        where=[
            f"topic:{tag}" for tag in PostTag.objects.filter(post=post).order_by("tag").values_list("tag", flat=True)
        ],
        now=now,
    )
    return len(recipients)
