"""Accounts, transfers, their legs, and holds.

The rules that must hold whatever the code does are in the database: planet/ledger/migrations, 0002 to 0004.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planet.accounts.models import User
from planet.ledger.assets import Asset, written
from planet.ledger.fields import UnitsField
from planet.ledger.kinds import PERSONAL, AccountKind, name_of
from planet.web.ids import uuid7


class Account(models.Model):
    """A balance of one asset. `number` counts the legs that are in `balance`; newer credits wait to be folded in.

    Only the functions of the database write `balance`: one that is not what it was and the legs since is refused.
    """

    kind = models.CharField(_("kind"), max_length=9, choices=AccountKind)
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    owner = models.ForeignKey(User, verbose_name=_("owner"), null=True, on_delete=models.PROTECT, related_name="+")
    balance = UnitsField(_("balance"), default=0)
    number = models.BigIntegerField(_("legs"), default=0)
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("account"), _("accounts")
        constraints: ClassVar = [
            # Finds a person's account; the platform has one of each kind.
            models.UniqueConstraint(fields=["owner", "kind", "asset"], name="ledger_one_account", nulls_distinct=False),
            models.CheckConstraint(name="ledger_no_debt", condition=Q(balance__gte=0) | Q(kind=AccountKind.EXTERNAL)),
            models.CheckConstraint(
                name="ledger_owned_by_people",
                condition=Q(owner__isnull=False, kind__in=sorted(PERSONAL))
                | (Q(owner__isnull=True) & ~Q(kind__in=sorted(PERSONAL))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner or 'Planet'} · {self.get_kind_display()} · {self.asset}"

    @property
    def amount(self) -> str:
        """The balance as people write it."""
        return written(self.balance, Asset(self.asset))


class Transfer(models.Model):
    """A movement between accounts that happened. Its legs sum to zero in each asset; it is never changed or deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=24)
    key = models.CharField(_("key"), max_length=120, unique=True)
    body = models.BinaryField(_("body hash"), max_length=32)
    actor = models.ForeignKey(
        User,
        verbose_name=pgettext_lazy("actor", "by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    memo = models.CharField(_("memo"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", verbose_name=_("reverses"), null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("transfer"), _("transfers")

    def __str__(self) -> str:
        return f"{name_of(self.kind)} {self.pk}"


class Leg(models.Model):
    """What one transfer does to one account. `number` and `balance` are written once: with it, or by a fold."""

    id = models.BigAutoField(primary_key=True)
    # Both are asked for by a trigger when a leg is written, and never deleted: a foreign key would lock every payee.
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="legs", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="legs", db_index=False, db_constraint=False
    )
    asset = models.CharField(max_length=8, choices=Asset)
    units = UnitsField()
    number = models.BigIntegerField(null=True)
    balance = UnitsField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("leg"), _("legs")
        constraints: ClassVar = [
            # A transfer's legs, and one leg an account.
            models.UniqueConstraint(fields=["transfer", "account"], name="ledger_one_leg"),
            # An account's chain of balances, without a gap and without a fork.
            models.UniqueConstraint(fields=["account", "number"], name="ledger_chain"),
            models.CheckConstraint(name="ledger_leg_moves", condition=~Q(units=0)),
            models.CheckConstraint(
                name="ledger_leg_folded",
                condition=Q(number__isnull=True, balance__isnull=True) | Q(number__isnull=False, balance__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # A person's history, newest first.
            models.Index(fields=["account", "-id"], name="ledger_history"),
            # What waits to be folded in.
            models.Index(fields=["account", "id"], name="ledger_waiting", condition=Q(number__isnull=True)),
        ]

    @property
    def amount(self) -> str:
        """What it moves, as people write it; the sign is always there."""
        return ("+" if self.units > 0 else "−") + written(abs(self.units), Asset(self.asset))

    @property
    def balance_after(self) -> str:
        """The account's balance with it, as people write it; empty while it waits to be folded in."""
        return "" if self.balance is None else written(self.balance, Asset(self.asset))


class HoldEnd(models.TextChoices):
    """How a hold ended."""

    RELEASED = "released", _("Released")
    CAPTURED = "captured", _("Captured")
    EXPIRED = "expired", _("Expired")


class Hold(models.Model):
    """Money that a person set aside for something: it comes back, or pays for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(User, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+", db_index=False)
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    units = UnitsField(_("base units"))
    placed = models.OneToOneField(Transfer, verbose_name=_("placed"), on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    end = models.CharField(_("end"), max_length=8, choices=HoldEnd, blank=True)
    ended = models.OneToOneField(
        Transfer, verbose_name=_("ended"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("hold"), _("holds")
        constraints: ClassVar = [
            models.CheckConstraint(name="ledger_hold_holds", condition=Q(units__gt=0)),
            models.CheckConstraint(
                name="ledger_hold_ends",
                condition=Q(end="", ended__isnull=True, ended_at__isnull=True)
                | (~Q(end="") & Q(ended__isnull=False, ended_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            # The task that gives back what nobody took.
            models.Index(F("expires_at"), name="ledger_hold_expiry", condition=Q(end="")),
            # What a person has set aside.
            models.Index(fields=["owner", "asset"], name="ledger_hold_open", condition=Q(end="")),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.asset} · {self.get_end_display() or _('Open')}"

    @property
    def amount(self) -> str:
        """How much, as people write it."""
        return written(self.units, Asset(self.asset))
