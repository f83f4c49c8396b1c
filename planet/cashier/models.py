"""What came in, what goes out and how far it is, and what a provider told us."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planet.accounts.models import User
from planet.cashier.addresses import Network
from planet.ledger.assets import Asset, brief
from planet.ledger.fields import UnitsField
from planet.ledger.models import Hold, Transfer
from planet.web.ids import uuid7


class DepositAddress(models.Model):
    """Where a person's deposits arrive; a provider made it, and it stays theirs."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.CharField(max_length=12)
    network = models.CharField(max_length=10, choices=Network)
    address = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "provider", "network"], name="cashier_address_once"),
            # Whose deposit it is that arrived.
            models.UniqueConstraint(fields=["provider", "network", "address"], name="cashier_address_of_one"),
        ]


class Deposit(models.Model):
    """Money that came in, once: a provider's own id for it is never credited again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, verbose_name=_("to"), on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.CharField(_("provider"), max_length=12)
    external_id = models.CharField(_("provider's id"), max_length=80)
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    units = UnitsField(_("base units"))
    transfer = models.OneToOneField(Transfer, verbose_name=_("transfer"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("deposit"), _("deposits")
        permissions: ClassVar = [("fund_treasury", "Can put money into the treasury")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "external_id"], name="cashier_deposit_once"),
        ]
        indexes: ClassVar = [
            # What a person paid in during the last day, and their list.
            models.Index(fields=["user", "-at"], name="cashier_deposit_of"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.asset}"

    @property
    def amount(self) -> str:
        """How much, as people write it."""
        return brief(self.units, Asset(self.asset))


class State(models.TextChoices):
    """How far a withdrawal is."""

    REQUESTED = "requested", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent")
    CONFIRMED = "confirmed", _("Arrived")
    FAILED = "failed", _("Returned")


IN_FLIGHT = (State.REQUESTED, State.APPROVED, State.SENT)


class Withdrawal(models.Model):
    """Money that a person wants out. It is held until it has arrived or comes back.

    `id` is the idempotency key towards the provider; `number` counts a person's withdrawals, so that a form that is
    sent twice is one of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, verbose_name=_("of"), on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    units = UnitsField(_("base units"))
    network = models.CharField(_("network"), max_length=10, choices=Network)
    address = models.CharField(_("address"), max_length=120)
    provider = models.CharField(_("provider"), max_length=12)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED)
    hold = models.OneToOneField(Hold, verbose_name=_("hold"), on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("provider's id"), max_length=80, blank=True)
    chain_id = models.CharField(_("transaction"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("requested"))
    changed_at = models.DateTimeField(_("changed"))
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(null=True)
    unheard_at = models.DateTimeField(null=True)  # when the provider said that it never heard of it

    class Meta:
        verbose_name, verbose_name_plural = _("withdrawal"), _("withdrawals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "number"], name="cashier_withdrawal_numbered"),
            models.CheckConstraint(name="cashier_withdrawal_moves", condition=Q(units__gt=0)),
        ]
        indexes: ClassVar = [
            # A person's list, newest first, and what went out during the last day.
            models.Index(fields=["user", "-created_at"], name="cashier_withdrawal_of"),
            # The operators' queue, and what the tasks carry on with.
            models.Index(
                fields=["state", "next_try_at"],
                condition=Q(state__in=["requested", "approved", "sent"]),
                name="cashier_in_flight",
            ),
            # Who has sent money to an address that others sent to, too (incentives.links).
            models.Index(
                fields=["network", "address", "user"],
                condition=Q(state__in=["sent", "confirmed"]),
                name="cashier_same_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.asset} · {self.get_state_display()}"

    @property
    def amount(self) -> str:
        """How much, as people write it."""
        return brief(self.units, Asset(self.asset))

    @property
    def is_open(self) -> bool:
        """Whether it is still under way."""
        return self.state in IN_FLIGHT


class WithdrawalEvent(models.Model):
    """One step of a withdrawal: who moved it, when, and why."""

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    after = models.CharField(max_length=9, choices=State)
    actor = models.ForeignKey(
        User, verbose_name=pgettext_lazy("actor", "by"), null=True, on_delete=models.PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        # The history of a withdrawal.
        indexes: ClassVar = [models.Index(fields=["withdrawal", "id"], name="cashier_history")]


class WithdrawalApproval(models.Model):
    """An operator's yes to a withdrawal. One is enough for a small one; a large one needs two people's."""

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="approvals", db_index=False)
    operator = models.ForeignKey(
        User, verbose_name=_("operator"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("approval"), _("approvals")
        constraints: ClassVar = [
            # Nobody says yes twice; and who said yes to a withdrawal.
            models.UniqueConstraint(fields=["withdrawal", "operator"], name="cashier_approval_once"),
        ]

    def __str__(self) -> str:
        return f"{self.withdrawal}: {self.operator}"


class HeardCall(models.Model):
    """The nonce of a signed call that was obeyed: never again. Forgotten once the call is too old anyway."""

    nonce = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        # What can be forgotten.
        indexes: ClassVar = [models.Index(fields=["at"], name="cashier_heard_at")]
