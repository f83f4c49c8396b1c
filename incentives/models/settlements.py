"""The settlement of each week, who approved it, and what each creator got."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incentives.models.policies import Policy
from incentives.weeks import DISPUTABLE, name_of
from planet.accounts.models import User
from planet.ledger.assets import Asset, written
from planet.ledger.fields import UnitsField
from planet.ledger.models import Transfer


class State(models.TextChoices):
    """How far a week has come; always the next, never back."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Inputs frozen")
    COMPUTED = "computed", _("Computed, to be approved")
    APPROVED = "approved", _("Approved, being paid")
    PAID = "paid", _("Paid")


class Settlement(models.Model):
    """The settlement of a week. Each group of fields is written once, with the step that brings it."""

    week = models.DateField(_("week"), unique=True)  # its Monday
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    policy = models.ForeignKey(Policy, verbose_name=_("policy"), on_delete=models.PROTECT, related_name="+")
    salt = models.BinaryField(max_length=32)  # of this week's pseudonyms; never leaves the database
    opened_at = models.DateTimeField(_("opened"))
    # With closed.
    closed_at = models.DateTimeField(_("inputs frozen at"), null=True)
    active_viewers = models.PositiveIntegerField(_("active viewers"), null=True)
    funded_units = models.BigIntegerField(_("put into the pool"), null=True)
    rolled_in_units = models.BigIntegerField(_("rolled over from before"), null=True)
    folder = models.CharField(_("folder"), max_length=120, blank=True)  # in the storage
    inputs_sha256 = models.CharField(_("hash of the inputs"), max_length=64, blank=True)
    # With computed.
    computed_at = models.DateTimeField(_("computed at"), null=True)
    statement_sha256 = models.CharField(_("hash of the statement"), max_length=64, blank=True)
    merkle_root = models.CharField(_("Merkle root"), max_length=66, blank=True)  # empty: nobody is a creator
    totals = models.JSONField(_("totals"), default=dict)  # totals.json
    approved_at = models.DateTimeField(_("approved at"), null=True)
    paid_at = models.DateTimeField(_("paid at"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("settlement"), _("settlements")
        constraints: ClassVar = [
            models.CheckConstraint(name="settlement_on_monday", condition=Q(week__iso_week_day=1)),
            *(
                models.CheckConstraint(
                    name=f"settlement_{field}",
                    condition=Q(state__in=states, **{f"{field}__isnull": True})
                    | (~Q(state__in=states) & Q(**{f"{field}__isnull": False})),
                )
                for field, states in {
                    "closed_at": [State.OPEN],
                    "computed_at": [State.OPEN, State.CLOSED],
                    "approved_at": [State.OPEN, State.CLOSED, State.COMPUTED],
                    "paid_at": [State.OPEN, State.CLOSED, State.COMPUTED, State.APPROVED],
                }.items()
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The week as people write it."""
        return name_of(self.week)

    @property
    def pool_units(self) -> int | None:
        """What was there to be shared."""
        if self.funded_units is None or self.rolled_in_units is None:
            return None
        return self.funded_units + self.rolled_in_units

    @property
    def disputable_until(self) -> datetime | None:
        """Until when an award can be corrected."""
        return self.paid_at and self.paid_at + DISPUTABLE


class Approval(models.Model):
    """An operator looked at the computed week and said yes. Two different ones let it be paid."""

    settlement = models.ForeignKey(
        Settlement, verbose_name=_("settlement"), on_delete=models.PROTECT, related_name="approvals"
    )
    operator = models.ForeignKey(User, verbose_name=_("operator"), on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("approval"), _("approvals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["settlement", "operator"], name="approval_once"),
            models.CheckConstraint(name="approval_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.settlement}: {self.operator}"


class Award(models.Model):
    """What a week came to for one creator, known in the published files by a pseudonym of that week."""

    settlement = models.ForeignKey(
        Settlement, verbose_name=_("settlement"), on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    creator = models.ForeignKey(
        User, verbose_name=_("creator"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pseudonym = models.UUIDField(_("pseudonym"))
    before_units = models.BigIntegerField(_("accrued before"))
    # With computed.
    points_nano = UnitsField(_("points"), null=True)
    amount_units = models.BigIntegerField(_("earned"), null=True)
    paid_units = models.BigIntegerField(_("to be paid"), null=True)
    accrued_units = models.BigIntegerField(_("accrued after"), null=True)
    # With the money.
    settled_at = models.DateTimeField(_("settled at"), null=True)
    credit = models.OneToOneField(
        Transfer, verbose_name=_("credit"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    payout = models.OneToOneField(
        Transfer, verbose_name=_("payout"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_withheld = models.BooleanField(_("withheld"), default=False)  # whoever may not be paid keeps it accrued

    class Meta:
        verbose_name, verbose_name_plural = _("award"), _("awards")
        constraints: ClassVar = [
            # A creator's weeks.
            models.UniqueConstraint(fields=["creator", "settlement"], name="award_once"),
            # A line of the statement.
            models.UniqueConstraint(fields=["settlement", "pseudonym"], name="award_pseudonym"),
            models.CheckConstraint(
                name="award_adds_up",
                condition=Q(points_nano=None, amount_units=None, paid_units=None, accrued_units=None)
                | Q(
                    points_nano__gte=0,
                    amount_units__gte=0,
                    paid_units__gte=0,
                    accrued_units__gte=0,
                    accrued_units=F("before_units") + F("amount_units") - F("paid_units"),
                ),
            ),
            models.CheckConstraint(
                name="award_settled",
                condition=Q(settled_at=None, credit=None, payout=None, is_withheld=False)
                | Q(settled_at__isnull=False, amount_units__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # Who got most.
            models.Index(fields=["settlement", "-amount_units", "id"], name="award_most"),
            # What is still to be paid.
            models.Index(fields=["settlement", "id"], name="award_waiting", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.settlement}: {self.creator}"

    @property
    def earned(self) -> str:
        """What the week brought, as people write it."""
        return "" if self.amount_units is None else written(self.amount_units, Asset.USDT)


class FlagKind(models.TextChoices):
    """What an operator should look at before saying yes."""

    JUMP = "jump", _("A creator's share jumped")
    CONCENTRATION = "concentration", _("Few creators get most")
    NEW_AT_CAP = "new_at_cap", _("A new creator is at the cap")
    ROLL_OVER = "roll_over", _("More than half of the pool rolls over")


class Flag(models.Model):
    """Something remarkable about a computed week; it stops nothing."""

    settlement = models.ForeignKey(
        Settlement, verbose_name=_("settlement"), on_delete=models.PROTECT, related_name="flags"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=FlagKind)
    award = models.ForeignKey(Award, verbose_name=_("award"), null=True, on_delete=models.PROTECT, related_name="flags")
    figures = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("flag"), _("flags")

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Correction(models.Model):
    """An award that was undone after a dispute, by reversing entries, and what was given instead."""

    award = models.OneToOneField(Award, verbose_name=_("award"), on_delete=models.PROTECT, related_name="correction")
    units = models.BigIntegerField(_("earned instead"))
    reason = models.CharField(_("reason"), max_length=500)
    operator = models.ForeignKey(User, verbose_name=_("operator"), on_delete=models.PROTECT, related_name="+")
    credit = models.OneToOneField(
        Transfer, verbose_name=_("credit"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name, verbose_name_plural = _("correction"), _("corrections")
        constraints: ClassVar = [
            models.CheckConstraint(name="correction_not_negative", condition=Q(units__gte=0)),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.award)
