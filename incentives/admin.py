"""The settlement room: policies, weeks and awards as operators see them. What was written stays; acts need a reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives import queries, tasks, weeks
from incentives.actions import approving, paying, policies
from incentives.errors import Busy, NotAhead, NotDisputable, SecondApproval, Spent, UnknownOperator, WrongState
from incentives.forms import PolicyForm
from incentives.links.admin import AppealRoom, ClusterRoom
from incentives.models import Approval, Award, Flag, Policy, Settlement, State
from planet.accounts.access import person
from planet.ledger.assets import Asset, written
from planet.moderation.admin_tools import Act, ReasonForm, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry

__all__ = ["AppealRoom", "AwardRoom", "ClusterRoom", "PolicyRoom", "SettlementRoom"]

SHOWN = 20
NANO = 10**9


def usdt(units: int | None) -> str:
    """Base units as people write them; a dash for what is not known yet."""
    return "–" if units is None else written(units, Asset.USDT)


@admin.register(Policy)
class PolicyRoom(Room[Policy]):
    """Every version of the rules, the newest first. A new one is written on a page of its own, and never changed."""

    change_list_template = "admin/policies.html"
    list_display = ("version", "first_week", "base", "for_viewer", "most", "cap", "author", "created_at")
    list_select_related = ("author",)
    search_by = ("pk",)
    search_help_text = gettext_lazy("A version")
    fieldsets = (
        (None, {"fields": ("version", "first_week", "reason", "author", "created_at")}),
        (gettext_lazy("Pool"), {"fields": ("base", "for_viewer", "most", "smallest", "cap")}),
        (gettext_lazy("Attention"), {"fields": ("weights",)}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the page on which the next version is written."""
        view = self.admin_site.admin_view(self.write_next)
        return [path("next/", view, name="incentives_policy_next"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the way to the next version for whoever may write it."""
        return super().changelist_view(request, {**(extra_context or {}), "may_write": self._has(request, "add")})

    def write_next(self, request: HttpRequest) -> HttpResponse:
        """The newest version in a form; what comes out of it is the next."""
        if not self._has(request, "add"):
            raise PermissionDenied
        now = timezone.now()
        newest = Policy.objects.order_by("-version").first()
        following = weeks.week_of(now) + weeks.WEEK
        form = PolicyForm(request.POST or None, initial=PolicyForm.written(newest, starts=following))
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = policies.write(
                    actor=person(request), starts=data["starts"], reason=data["reason"], now=now, **form.amounts()
                )
            except NotAhead:
                form.add_error("starts", _("This week has begun."))
            else:
                return redirect(reverse("admin:incentives_policy_change", args=[made.pk]))
        context = {**self.admin_site.each_context(request), "title": _("Next policy"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/policy.html", context, status=422 if form.errors else 200)

    @admin.display(description=gettext_lazy("first week"))
    def first_week(self, policy: Policy) -> str:
        """From when it holds."""
        return weeks.name_of(policy.starts)

    @admin.display(description=gettext_lazy("pool: base"))
    def base(self, policy: Policy) -> str:
        """In USDT."""
        return usdt(policy.base_units)

    @admin.display(description=gettext_lazy("pool: for each active viewer"))
    def for_viewer(self, policy: Policy) -> str:
        """In USDT."""
        return usdt(policy.per_viewer_units)

    @admin.display(description=gettext_lazy("pool: at most"))
    def most(self, policy: Policy) -> str:
        """In USDT."""
        return usdt(policy.most_units)

    @admin.display(description=gettext_lazy("smallest payout"))
    def smallest(self, policy: Policy) -> str:
        """In USDT."""
        return usdt(policy.minimum_units)

    @admin.display(description=gettext_lazy("most for one creator"))
    def cap(self, policy: Policy) -> str:
        """In per cent of the pool."""
        return f"{policy.cap_bp / 100:g} %"

    @admin.display(description=gettext_lazy("weights"))
    def weights(self, policy: Policy) -> SafeString:
        """Each with its name, as parts of one."""
        fields = [field for field in Policy._meta.fields if field.name.endswith("_nano")]
        rows = [(field.verbose_name, getattr(policy, field.name) / NANO) for field in fields]
        return format_html_join("", "<p>{}: {}</p>", rows)


class Approvals(Rows):
    """Who said yes."""

    model = Approval
    fields = ("at", "operator", "reason")
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the operators."""
        return super().get_queryset(request).select_related("operator")


@admin.register(Settlement)
class SettlementRoom(Room[Settlement]):
    """Every week, the newest first: how far it has come, what is remarkable, and two operators' yes."""

    list_display = ("name", "state", "policy", "active_viewers", "pool", "paid_out", "rolled_over", "remarkable")
    list_select_related = ("policy",)
    list_filter = ("state",)
    ordering = ("-week",)
    fieldsets = (
        (None, {"fields": ("name", "state", "policy", "next_step")}),
        (gettext_lazy("Money"), {"fields": ("funded", "rolled_in", "pool", "earned", "paid_out", "rolled_over")}),
        (gettext_lazy("To look at"), {"fields": ("all_flags", "most_earned", "changes")}),
        (gettext_lazy("Proof"), {"fields": ("active_viewers", "inputs_sha256", "statement_sha256", "merkle_root")}),
        (gettext_lazy("When"), {"fields": ("opened_at", "closed_at", "computed_at", "approved_at", "paid_at")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Approvals,)
    actions = ("approve", "pay")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Settlement]:
        """With policy and flags."""
        flags = Prefetch("flags", Flag.objects.select_related("award__creator").order_by("pk"))
        return super().get_queryset(request).select_related("policy").prefetch_related(flags)

    # --- looking ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("next step"))
    def next_step(self, settlement: Settlement) -> str:
        """What the week waits for."""
        return {
            State.OPEN: _("The clock freezes the inputs two hours after the week."),
            State.CLOSED: _("The clock computes it within the hour."),
            State.COMPUTED: _("Two operators look at it and approve."),
            State.APPROVED: _("The clock pays within the hour."),
            State.PAID: _("Awards can be corrected for seven days."),
        }[State(settlement.state)]

    @admin.display(description=gettext_lazy("pool"))
    def pool(self, settlement: Settlement) -> str:
        """What there was to share."""
        return usdt(settlement.pool_units)

    @admin.display(description=gettext_lazy("put in by the policy"))
    def funded(self, settlement: Settlement) -> str:
        """From the treasury."""
        return usdt(settlement.funded_units)

    @admin.display(description=gettext_lazy("rolled over from before"))
    def rolled_in(self, settlement: Settlement) -> str:
        """What the weeks before left."""
        return usdt(settlement.rolled_in_units)

    @admin.display(description=gettext_lazy("earned"))
    def earned(self, settlement: Settlement) -> str:
        """By all creators together."""
        return self._total(settlement, "amount_units")

    @admin.display(description=gettext_lazy("to be paid"))
    def paid_out(self, settlement: Settlement) -> str:
        """With what had accrued."""
        return self._total(settlement, "paid_units")

    @admin.display(description=gettext_lazy("rolls over"))
    def rolled_over(self, settlement: Settlement) -> str:
        """Into the next week."""
        return self._total(settlement, "rolled_over_units")

    @admin.display(description=gettext_lazy("flags"))
    def remarkable(self, settlement: Settlement) -> int:
        """How many flags."""
        return len(settlement.flags.all())

    @admin.display(description=gettext_lazy("flags"))
    def all_flags(self, settlement: Settlement) -> SafeString | str:
        """Each with its figures; none stops anything."""
        rows = [
            (flag, flag.award.creator if flag.award else "", ", ".join(f"{k} {v}" for k, v in flag.figures.items()))
            for flag in settlement.flags.all()
        ]
        return format_html_join("", "<p>{} {} · {}</p>", rows) or _("Nothing remarkable.")

    @admin.display(description=gettext_lazy("who earned most"))
    def most_earned(self, settlement: Settlement) -> SafeString | str:
        """The first twenty."""
        awards = settlement.awards.filter(amount_units__gt=0).select_related("creator")
        rows = [
            (reverse("admin:incentives_award_change", args=[award.pk]), award.creator, award.earned)
            for award in awards.order_by("-amount_units", "id")[:SHOWN]
        ]
        return format_html_join("", '<p><a href="{}">{}</a> {}</p>', rows) or _("Nobody.")

    @admin.display(description=gettext_lazy("changes since the week before"))
    def changes(self, settlement: Settlement) -> SafeString | str:
        """The twenty largest."""
        moved = queries.moved(settlement, limit=SHOWN)
        rows = [(one.handle, usdt(one.before), usdt(one.now)) for one in moved]
        return format_html_join("", "<p>@{}: {} → {}</p>", rows) or _("None.")

    @staticmethod
    def _total(settlement: Settlement, name: str) -> str:
        return usdt(int(settlement.totals[name])) if settlement.totals else "–"

    # --- acting -----------------------------------------------------------------------------------

    @reasoned(gettext_lazy("Approve"), applies=lambda settlement: settlement.state == State.COMPUTED)
    def approve(self, act: Act[Settlement]) -> AuditEntry:
        """One of two."""
        try:
            return approving.approve(actor=act.actor, settlement=act.target, reason=act.reason, now=act.now)
        except WrongState:
            raise Refused(_("that does not apply any more.")) from None
        except SecondApproval:
            raise Refused(_("you have approved it; somebody else has to, too.")) from None
        except UnknownOperator:
            raise Refused(_("it needs two operators whose identity is verified: verify yours first.")) from None

    @reasoned(gettext_lazy("Pay now"), applies=lambda settlement: settlement.state == State.APPROVED)
    def pay(self, act: Act[Settlement]) -> AuditEntry:
        """The worker pays at once, in its batches; the clock would within the hour."""
        transaction.on_commit(tasks.settle.delay)
        return act.record("pool.pay")


class CorrectionForm(ReasonForm):
    """Why, and what the creator gets instead."""

    instead = forms.DecimalField(
        label=gettext_lazy("Earned instead, in USDT"), min_value=0, max_digits=18, decimal_places=6, initial=0,
        help_text=gettext_lazy("Less than it was; what comes back goes into the next week's pool."),
    )  # fmt: skip


@admin.register(Award)
class AwardRoom(Room[Award]):
    """What each creator got. After a dispute an award is undone by reversing entries, within seven days."""

    list_display = ("settlement", "creator", "earned", "paid", "is_withheld", "settled_at")
    list_select_related = ("settlement", "creator")
    search_by = ("pseudonym", "creator__handle")
    search_help_text = gettext_lazy("A creator's whole handle, or a pseudonym from the published files")
    fields = (
        *("settlement", "creator", "pseudonym", "before", "earned", "paid", "settled_at", "credit", "payout"),
        *("is_withheld", "corrected", "acts"),
    )
    actions = ("correct",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Award]:
        """With everything that a page of it shows."""
        rows = super().get_queryset(request)
        return rows.select_related("settlement", "creator", "credit", "payout", "correction__operator")

    @admin.display(description=gettext_lazy("earned"))
    def earned(self, award: Award) -> str:
        """In USDT."""
        return usdt(award.amount_units)

    @admin.display(description=gettext_lazy("accrued before"))
    def before(self, award: Award) -> str:
        """In USDT."""
        return usdt(award.before_units)

    @admin.display(description=gettext_lazy("to be paid"))
    def paid(self, award: Award) -> str:
        """In USDT."""
        return usdt(award.paid_units)

    @admin.display(description=gettext_lazy("corrected"))
    def corrected(self, award: Award) -> SafeString | str:
        """To what, by whom and why."""
        found = getattr(award, "correction", None)
        if found is None:
            return "–"
        return format_html("{} · {} · {}", usdt(found.units), found.operator, found.reason)

    @reasoned(
        gettext_lazy("Correct"),
        danger=True,
        form=CorrectionForm,
        applies=lambda award: award.settled_at is not None and award.credit_id is not None,
    )
    def correct(self, act: Act[Award]) -> AuditEntry:
        """Undo it, and give less or nothing instead."""
        units = int(act.data["instead"].scaleb(Asset.USDT.decimals))
        try:
            return paying.correct(actor=act.actor, award=act.target, units=units, reason=act.reason, now=act.now)
        except NotDisputable:
            raise Refused(_("the seven days are over, it was corrected before, or it would not be less.")) from None
        except Spent:
            raise Refused(_("the creator has spent it.")) from None
        except Busy:
            raise Refused(_("a week is being settled right now; try again in a minute.")) from None
