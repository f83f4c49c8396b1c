"""What tells that several accounts are one person's: keyed hashes only, and for some weeks only.

No cookie, address or name is kept. Nobody is shown a row of these; `incentives.links` asks which people share one.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from planet.accounts.models.user import User


class DeviceTrace(models.Model):
    """A browser that somebody was signed in with, known again by a cookie of its own."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    device = models.UUIDField()
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            # Who shares a browser.
            models.UniqueConstraint(fields=["device", "user"], name="device_trace_once"),
        ]
        # What is to be forgotten.
        indexes: ClassVar = [models.Index(fields=["last_on"], name="device_trace_old")]


class BlockTrace(models.Model):
    """The hours (UTC, bit 0 is midnight's) of a day in which somebody came from a block of addresses."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    block = models.UUIDField()
    day = models.DateField()
    hours = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            # Who else came from a block that day.
            models.UniqueConstraint(fields=["block", "day", "user"], name="block_trace_once"),
            models.CheckConstraint(name="block_trace_hours", condition=models.Q(hours__gt=0, hours__lt=1 << 24)),
        ]
        indexes: ClassVar = [
            # Where somebody came from.
            models.Index(fields=["user", "day"], name="block_trace_of"),
            # What is to be forgotten: rows lie in the order of their days.
            BrinIndex(fields=["day"], name="block_trace_old"),
        ]


class NameTrace(models.Model):
    """The legal name and the country of somebody whose identity check is approved."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="+")
    name = models.UUIDField()

    class Meta:
        # Who is called alike.
        indexes: ClassVar = [models.Index(fields=["name"], name="name_trace_alike")]
