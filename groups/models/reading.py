"""How far each member has read."""

from typing import ClassVar

from django.db import models

from groups.models.groups import Channel
from planet.accounts.models import User


class ReadPosition(models.Model):
    """`user` has read `channel` up to `number`, in every tab.

    Joining writes one for each channel there is, at its end. So a missing row in a channel that is no thread means that
    the channel came later, and nothing of it is read; in a thread it means that the member does not follow it.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            # All of a person's badges in one read.
            models.UniqueConstraint(fields=["user", "channel"], name="read_position_unique"),
        ]
