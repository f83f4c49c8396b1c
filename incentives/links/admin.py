"""The operators' room of linked accounts: what speaks for it, confirm and dismiss; and the appeals."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.forms import AnswerForm
from incentives.links import deciding
from incentives.links.scoring import Family
from incentives.models import Cluster, ClusterState, Evidence, LinkAppeal, Member
from planet.moderation.admin_tools import Act, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry

SHOWN = 50


class Newest(Rows):
    """At most so many rows: a large cluster opens as fast as a small one."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Its first rows."""
        formset = super().get_formset(request, obj, **kwargs)

        class First(formset):  # type: ignore[misc,valid-type]
            def get_queryset(self) -> Any:
                return super().get_queryset()[:SHOWN]

        return First


class Members(Newest):
    """Which accounts."""

    model = Member
    fields = ("person",)
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the people."""
        return super().get_queryset(request).select_related("person")


class Speaks(Newest):
    """What speaks for it, the strongest first."""

    model = Evidence
    fields = ("first", "second", "confidence", "said", "seen_at", "cleared_at")
    readonly_fields = ("said",)
    ordering = ("-confidence", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the people."""
        return super().get_queryset(request).select_related("first", "second")

    @admin.display(description=gettext_lazy("evidence"))
    def said(self, row: Evidence) -> str:
        """In words, with the figures; no addresses, no names."""
        return " ".join(said(row))


def said(row: Evidence) -> list[str]:
    """A sentence for each family, with how strong it is."""
    words = {
        Family.DEVICE: _("One browser, which %(people)s accounts used"),
        Family.BLOCK: _("One network in %(hours)s hours on %(days)s days, at most %(people)s accounts there"),
        Family.FUNDING: _("Withdrawals to one address, which %(people)s accounts used"),
        Family.MUTUAL: _("%(share)s ‰ of what they give and get is each other's"),
        Family.NAME: _("One legal name and country, which %(people)s accounts have"),
    }
    return [f"{words[family] % row.facts[family]} ({strength} ‰)." for family, strength in row.edge.strengths]


@admin.register(Cluster)
class ClusterRoom(Room[Cluster]):
    """Accounts that are held for one person's: those to be looked at, those that count, and those that did."""

    list_display = (
        "__str__",
        "state",
        "confidence",
        "accounts",
        "proposed_at",
        "in_force_at",
        "expires_at",
        "ended_at",
    )
    list_filter = ("state",)
    search_by = ("pk",)
    search_help_text = gettext_lazy("An id")
    inlines = (Members, Speaks)
    actions = ("confirm", "dismiss")
    fieldsets = (
        (None, {"fields": ("state", "confidence", "proposed_at", "in_force_at", "expires_at", "ended_at")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cluster]:
        """With the accounts."""
        return super().get_queryset(request).prefetch_related("members__person")

    @admin.display(description=gettext_lazy("accounts"))
    def accounts(self, cluster: Cluster) -> str:
        """A few of them."""
        names = [str(member.person) for member in cluster.members.all()]
        return ", ".join(names[:5]) + (f" +{len(names) - 5}" if len(names) > 5 else "")

    @reasoned(gettext_lazy("Confirm: they count as one"), applies=lambda one: one.state == ClusterState.PROPOSED)
    def confirm(self, act: Act[Cluster]) -> AuditEntry:
        """One person's: they count together from now on."""
        return _decided(deciding.confirm, act, cluster_id=act.target.pk)

    @reasoned(gettext_lazy("Dismiss: they are several people"), applies=lambda one: one.is_live)
    def dismiss(self, act: Act[Cluster]) -> AuditEntry:
        """Several people's: for half a year the same evidence does not bring it back."""
        return _decided(deciding.dismiss, act, cluster_id=act.target.pk)


@admin.register(LinkAppeal)
class AppealRoom(Room[LinkAppeal]):
    """What people say against being linked."""

    list_display = ("__str__", "created_at", "is_accepted", "answered_at")
    list_filter = (("answered_at", admin.EmptyFieldListFilter),)
    list_select_related = ("person",)
    search_by = ("person__handle__startswith",)
    search_help_text = gettext_lazy("A handle")
    actions = ("reply",)
    fieldsets = (
        (None, {"fields": ("person", "link", "text", "created_at")}),
        (gettext_lazy("Answer"), {"fields": ("is_accepted", "answer", "operator", "answered_at")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )

    @admin.display(description=gettext_lazy("linked accounts"))
    def link(self, appeal: LinkAppeal) -> SafeString:
        """The cluster, where the evidence is."""
        url = reverse("admin:incentives_cluster_change", args=[appeal.cluster_id])
        return format_html('<a href="{}">{}</a>', url, appeal.cluster)

    @reasoned(gettext_lazy("Answer"), tells=True, applies=lambda one: one.answered_at is None, form=AnswerForm)
    def reply(self, act: Act[LinkAppeal]) -> AuditEntry:
        """Take the account out, or leave it."""
        return _decided(deciding.answer, act, appeal_id=act.target.pk, accept=act.data["accept"])


def _decided(decide: Any, act: Act[Any], **what: Any) -> AuditEntry:
    try:
        entry: AuditEntry = decide(actor=act.actor, reason=act.reason, now=act.now, **what)
    except deciding.NotLive:
        raise Refused(_("it was decided before, or is over.")) from None
    except deciding.OwnAccount:
        raise Refused(_("you are one of these accounts.")) from None
    return entry
