"""Which digests were sent."""

from typing import ClassVar

from django.db import models

from planet.accounts.models import User


class Digest(models.Model):
    """One period of one person's digest; the row is made before the mail goes out, so that no second one can.

    `period` is the person's local day (or Monday) that it was for. `sent_at` stays null when the worker died with the
    mail in its hands: nobody can know whether it arrived, so it is not sent again.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    period = models.DateField()
    rows = models.PositiveIntegerField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "period"], name="digest_once")]
