"""Tips, and what one person gave another altogether."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from planet.ledger.assets import Asset, brief
from planet.ledger.fields import UnitsField
from planet.ledger.models import Transfer
from planet.web.ids import uuid7

MESSAGE_LENGTH = 200


class Tip(models.Model):
    """What `payer` gave `receiver` for a thing, in USDT. Its money is `transfer`; this row says what for.

    `number` counts the tips of one payer for one thing: a form knows which one it would send, so whatever is sent
    twice from it, or from another one that was opened at the same time, is one tip.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payer = models.ForeignKey(User, verbose_name=_("from"), on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(User, verbose_name=_("to"), on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=12)  # of the thing, as it is registered
    object_id = models.UUIDField(_("thing"))
    number = models.PositiveIntegerField(_("number"))
    units = UnitsField(_("base units"))
    message = models.CharField(_("message"), max_length=MESSAGE_LENGTH, blank=True)
    transfer = models.OneToOneField(Transfer, verbose_name=_("transfer"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("tip"), _("tips")
        constraints: ClassVar = [
            # Which tip the payer's next one for the thing is.
            models.UniqueConstraint(fields=["payer", "kind", "object_id", "number"], name="tip_numbered"),
            models.CheckConstraint(name="tip_gives", condition=Q(units__gt=0)),
            models.CheckConstraint(name="tip_not_to_oneself", condition=~Q(payer=F("receiver"))),
        ]
        indexes: ClassVar = [
            # What a thing received, newest first, as its owner reads it.
            models.Index(fields=["kind", "object_id", "-id"], name="tip_of_thing"),
            # What a person received, newest first.
            models.Index(fields=["receiver", "-id"], name="tip_received"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} USDT · {self.kind}"

    @property
    def amount(self) -> str:
        """How much, as people write it."""
        return brief(self.units, Asset.USDT)


class Support(models.Model):
    """What one person gave one creator in all tips; named among the supporters only where the person wants that."""

    id = models.BigAutoField(primary_key=True)
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    supporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    units = UnitsField(default=0)
    tips = models.PositiveIntegerField(default=0)
    is_named = models.BooleanField(default=False)
    newest_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receiver", "supporter"], name="support_once"),
        ]
        indexes: ClassVar = [
            # A creator's supporters, who gave most first; and how many are not named.
            models.Index(fields=["receiver", "is_named", "-units", "id"], name="support_most"),
        ]

    @property
    def amount(self) -> str:
        """How much, as people write it."""
        return brief(self.units, Asset.USDT)
