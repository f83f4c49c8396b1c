"""Components of posts (polls, trade ideas, charts, …), the votes on them, and what people think of an asset."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from planet.accounts.models import User
from planet.web.ids import uuid7
from posts.models.post import Post


class PostBlock(models.Model):
    """A component of a post: a kind of posts.blocks, and what its author said in that kind's words.

    `data` never changes once it is published, with one exception: a trade idea's within its first quarter of an hour.
    The database keeps to that as well (migration `blocks_stay`). What happens afterwards is in `votes`, one count an
    option, which change with the rows they count, and in `outcome`. `follow_at` is when the clock looks at it next.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="blocks", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    version = models.PositiveSmallIntegerField(default=1)
    data = models.JSONField(default=dict)
    votes = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    follow_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            # Also finds the components of a page of posts.
            models.UniqueConstraint(fields=["post", "position"], name="post_block_position"),
        ]
        indexes: ClassVar = [
            # What the clock looks at next.
            models.Index(
                fields=["follow_at", "id"], condition=models.Q(follow_at__isnull=False), name="post_block_followed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.post_id}"


class BlockVote(models.Model):
    """A person's one vote on a component."""

    id = models.BigAutoField(primary_key=True)
    block = models.ForeignKey(PostBlock, on_delete=models.CASCADE, related_name="ballots", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    option = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # One vote; and what a viewer voted on the components of a page.
        constraints: ClassVar = [models.UniqueConstraint(fields=["block", "user"], name="block_vote_once")]


class Stance(models.Model):
    """Whether a person expects an asset to rise, said once a UTC day."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    symbol = models.CharField(max_length=10)
    day = models.DateField()
    is_bull = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "symbol", "day"], name="stance_once_a_day")]


class StanceCount(models.Model):
    """How many expect an asset to rise, and to fall, on a UTC day. Changes with the rows that it counts."""

    id = models.BigAutoField(primary_key=True)
    symbol = models.CharField(max_length=10)
    day = models.DateField()
    bulls = models.PositiveIntegerField(default=0)
    bears = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["symbol", "day"], name="stance_count_of_day")]
