"""The operators' queue of withdrawals, and what came in."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.accounts.access import person
from planet.cashier import contexts, errors, providers, queries
from planet.cashier.actions import funding, withdrawing
from planet.cashier.forms import FundsForm
from planet.cashier.models import Deposit, State, Withdrawal, WithdrawalApproval, WithdrawalEvent
from planet.ledger.errors import OtherBody
from planet.moderation.actions import ReasonMissing
from planet.moderation.admin_tools import Act, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry

MAY_FUND = "cashier.fund_treasury"


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


class Approvals(Rows):
    """Who said yes."""

    model = WithdrawalApproval
    fields = ("at", "operator", "reason")
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the operators."""
        return super().get_queryset(request).select_related("operator")


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
        (gettext_lazy("Before you decide"), {"fields": ("said_yes", "verified", "sign_in", "before")}),
        (gettext_lazy("Provider"), {"fields": ("provider", "reference", "chain_id", "tries", "hold")}),
        (gettext_lazy("Decision"), {"fields": ("decided_by", "reason")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Approvals, Events)
    actions = ("approve", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        """With whose they are and who decided."""
        return super().get_queryset(request).select_related("user", "decided_by", "hold")

    @admin.display(description=gettext_lazy("Amount"))
    def amount(self, withdrawal: Withdrawal) -> str:
        """As people write it."""
        return withdrawal.amount

    @admin.display(description=gettext_lazy("Approvals"))
    def said_yes(self, withdrawal: Withdrawal) -> str:
        """How many there are, of how many it needs."""
        counted = {"said": withdrawal.approvals.count(), "needed": queries.approvals_needed(withdrawal)}
        return _("%(said)d of %(needed)d") % counted

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
        """With the last yes that it needs the worker sends it within seconds."""
        try:
            approved = withdrawing.approve(actor=act.actor, withdrawal=act.target, reason=act.reason, now=act.now)
        except errors.Refused as refused:
            raise Refused(str(refused.text)) from None
        return act.record(
            "withdrawal.approve", units=str(approved.units), address=approved.address, state=approved.state
        )

    @reasoned(gettext_lazy("Give back"), danger=True, tells=True, applies=withdrawing.may_be_given_back)
    def reject(self, act: Act[Withdrawal]) -> AuditEntry:
        """The money is available again; the person reads why."""
        try:
            withdrawing.reject(actor=act.actor, withdrawal=act.target, reason=act.reason, now=act.now)
        except errors.Refused as refused:
            raise Refused(str(refused.text)) from None
        return act.record("withdrawal.reject", units=str(act.target.units), address=act.target.address)


@admin.register(Deposit)
class DepositRoom(Room[Deposit]):
    """What came in; and the page on which the operator's own money comes in."""

    change_list_template = "admin/deposits.html"
    list_display = ("at", "user", "amount", "asset", "provider", "external_id")
    list_select_related = ("user",)
    list_filter = ("at",)
    search_by = ("pk", "user__handle", "external_id")
    search_help_text = gettext_lazy("A deposit's id, a handle, or the provider's id")
    fields = ("id", "at", "user", "amount", "asset", "provider", "external_id", "transfer")

    @admin.display(description=gettext_lazy("Amount"))
    def amount(self, deposit: Deposit) -> str:
        """As people write it."""
        return deposit.amount

    def get_urls(self) -> list[URLPattern]:
        """With the treasury's page."""
        return [path("treasury/", self.admin_site.admin_view(self.treasury), name="treasury"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the way to the treasury for whoever may put money in."""
        may_fund = person(request).has_perm(MAY_FUND)
        return super().changelist_view(request, {**(extra_context or {}), "may_fund": may_fund})

    def treasury(self, request: HttpRequest) -> HttpResponse:
        """What the treasury holds, and a form that puts money in: it is shown once more before it is done."""
        if not person(request).has_perm(MAY_FUND):
            raise PermissionDenied
        form = FundsForm(request.POST or None)
        asked = form.cleaned_data if form.is_valid() else None
        if asked and asked["confirmed"] and self._fund(request, form):
            return redirect("admin:treasury")
        context = {
            **self.admin_site.each_context(request),
            **contexts.treasury(adding=asked["amount"] if asked else 0),
            "title": _("Treasury"),
            "opts": self.opts,
            "form": form,
            "asked": None if form.errors else asked,
        }
        return TemplateResponse(request, "admin/treasury.html", context, status=422 if form.errors else 200)

    def _fund(self, request: HttpRequest, form: FundsForm) -> bool:
        """Whether it is in the treasury, now or since before; otherwise the form says why not."""
        asked = form.cleaned_data
        try:
            _moved, is_new = funding.fund(
                actor=person(request), provider=providers.chosen().name, units=asked["amount"], key=asked["key"],
                reason=asked["reason"], now=timezone.now(),
            )  # fmt: skip
        except OtherBody:
            form.add_error("key", _("Another payment has this name: nothing was moved."))
        except ReasonMissing:
            form.add_error("reason", _("A reason is missing: nothing was moved."))
        else:
            done = _("It is in the treasury.") if is_new else _("This payment was put in before: nothing was moved.")
            self.message_user(request, done, messages.SUCCESS if is_new else messages.WARNING)
            return True
        return False
