"""What people decided about each other: blocks and mutes."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from planet.accounts.models.user import User


class Relation(models.Model):
    """Something one person decided about another."""

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Block(Relation):
    """`owner` and `target` do not see, follow, mention or answer each other."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks")
    target = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocked_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "target"], name="block_unique"),
            models.CheckConstraint(condition=~models.Q(owner=models.F("target")), name="block_not_self"),
        ]


class Mute(Relation):
    """`owner` does not want to see `target`, who does not learn of it."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mutes")
    target = models.ForeignKey(User, on_delete=models.CASCADE, related_name="muted_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "target"], name="mute_unique"),
            models.CheckConstraint(condition=~models.Q(owner=models.F("target")), name="mute_not_self"),
        ]
