"""The operators' queue of withdrawals, and what came in."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.accounts.models import User
from planet.cashier import errors
from planet.cashier.actions import withdrawing
from planet.cashier.models import Deposit, State, Withdrawal, WithdrawalEvent
from planet.moderation.admin_tools import Act, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry


class Queue(admin.SimpleListFilter):
    """What waits for approval comes first; the rest on demand."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Everything but the default."""
        return [("all", gettext_lazy("All")), *State.choices[1:]]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The default is called by its name."""
        found = super().choices(changelist)
        yield {**next(found), "display": State.REQUESTED.label}
        yield from found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The rows of a queue."""
        return queryset if self.value() == "all" else queryset.filter(state=self.value() or State.REQUESTED)


class Events(Rows):
    """The history of a withdrawal."""

    model = WithdrawalEvent
    fields = ("at", "after", "actor", "reason")
    ordering = ("id",)
    verbose_name_plural = gettext_lazy("History")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With who moved it."""
        return super().get_queryset(request).select_related("actor")


def _waits(withdrawal: Withdrawal) -> bool:
    return withdrawal.state == State.REQUESTED


@admin.register(Withdrawal)
class WithdrawalRoom(Room[Withdrawal]):
    """Withdrawals; each is let go or given back, with a reason. What is on its way takes care of itself."""

    list_display = ("created_at", "user", "amount", "network", "state", "provider", "changed_at")
    list_select_related = ("user",)
    list_filter = (Queue,)
    ordering = ("created_at",)
    search_by = ("pk", "user__handle", "address", "reference")
    search_help_text = gettext_lazy("A withdrawal's id, a handle, an address or the provider's id")
    fieldsets = (
        (None, {"fields": ("user", "amount", "asset", "network", "address", "state", "created_at", "changed_at")}),
        (gettext_lazy("Before you decide"), {"fields": ("verified", "sign_in", "before")}),
        (gettext_lazy("Provider"), {"fields": ("provider", "reference", "chain_id", "tries", "hold")}),
        (gettext_lazy("Decision"), {"fields": ("decided_by", "reason")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Events,)
    actions = ("approve", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        """With whose they are and who decided."""
        return super().get_queryset(request).select_related("user", "decided_by", "hold")

    @admin.display(description=gettext_lazy("Identity"))
    def verified(self, withdrawal: Withdrawal) -> str:
        """Whether it is known who the person is, and whether they may still sign in."""
        user = withdrawal.user
        return f"{user.get_kyc_state_display()}{'' if user.is_active else ' · ' + _('suspended')}"

    @admin.display(description=gettext_lazy("Sign-in changed"))
    def sign_in(self, withdrawal: Withdrawal) -> str:
        """When a password, address or second factor was last changed."""
        changed = withdrawal.user.credentials_changed_at
        return f"{changed:%Y-%m-%d %H:%M}" if changed else _("Never")

    @admin.display(description=gettext_lazy("Withdrawals that arrived before"))
    def before(self, withdrawal: Withdrawal) -> str:
        """How many, and how many of them to this address."""
        arrived = Withdrawal.objects.filter(user=withdrawal.user_id, state=State.CONFIRMED).exclude(pk=withdrawal.pk)
        here = arrived.filter(address=withdrawal.address).count()
        return _("%(all)d, %(here)d of them to this address") % {"all": arrived.count(), "here": here}

    @reasoned(gettext_lazy("Approve"), applies=_waits)
    def approve(self, act: Act[Withdrawal]) -> AuditEntry:
        """The worker sends it within seconds."""
        _impartial(act.actor, act.target)
        try:
            withdrawing.approve(actor=act.actor, withdrawal=act.target, reason=act.reason, now=act.now)
        except errors.Refused as refused:
            raise Refused(str(refused.text)) from None
        return act.record("withdrawal.approve", units=str(act.target.units), address=act.target.address)

    @reasoned(gettext_lazy("Give back"), danger=True, tells=True, applies=_waits)
    def reject(self, act: Act[Withdrawal]) -> AuditEntry:
        """The money is available again; the person reads why."""
        _impartial(act.actor, act.target)
        try:
            withdrawing.reject(actor=act.actor, withdrawal=act.target, reason=act.reason, now=act.now)
        except errors.Refused as refused:
            raise Refused(str(refused.text)) from None
        return act.record("withdrawal.reject", units=str(act.target.units), address=act.target.address)


def _impartial(actor: User, withdrawal: Withdrawal) -> None:
    if actor.pk == withdrawal.user_id:
        raise Refused(_("nobody decides about themselves."))


@admin.register(Deposit)
class DepositRoom(Room[Deposit]):
    """What came in."""

    list_display = ("at", "user", "amount", "asset", "provider", "external_id")
    list_select_related = ("user",)
    list_filter = ("at",)
    search_by = ("pk", "user__handle", "external_id")
    search_help_text = gettext_lazy("A deposit's id, a handle, or the provider's id")
    fields = ("id", "at", "user", "amount", "asset", "provider", "external_id", "transfer")
