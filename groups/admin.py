"""Groups as operators see them: what they present, never what is said in them; measures step by step, and appeals."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.actions import sanctioning
from groups.actions.sanctioning import TooSteep
from groups.errors import AlreadyDone
from groups.models import Group, GroupKind, Sanction, SanctionLevel, Visibility
from planet.moderation.admin_tools import Act, ReasonForm, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry


class MeasureForm(ReasonForm):
    """Why, and for how long. The owner reads the reason."""

    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=gettext_lazy("Left empty: until an operator lifts it."),
    )


class StandingFilter(admin.SimpleListFilter):
    """Which measure stands."""

    title = gettext_lazy("measure")
    parameter_name = "measure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The levels."""
        return list(SanctionLevel.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The groups under a measure."""
        if not self.value():
            return queryset
        measures = Sanction.objects.filter(group=OuterRef("pk"), lifted_at=None, level=self.value())
        return queryset.filter(Exists(measures))


class VisibilityFilter(admin.SimpleListFilter):
    """Who knows of the group."""

    title = gettext_lazy("visibility")
    parameter_name = "visibility"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The three."""
        return list(Visibility.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The groups of one."""
        return queryset.filter(visibility=self.value()) if self.value() else queryset


class Measures(Rows):
    """What operators did about a group."""

    model = Sanction
    fields = ("at", "level", "reason", "by", "until", "appealed_at", "decision", "lifted_at")
    ordering = ("-id",)
    verbose_name_plural = gettext_lazy("Measures")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the operators."""
        return super().get_queryset(request).select_related("by")


def _measured(group: Group) -> bool:
    return sanctioning.standing_of(group) is not None


@admin.register(Group)
class GroupRoom(Room[Group]):
    """Every group, the newest first; conversations between people are nobody else's."""

    list_display = ("name", "handle", "owner", "members_count", "visibility", "measure", "created_at")
    list_filter = (VisibilityFilter, StandingFilter)
    search_by = ("pk", "handle__startswith", "owner__handle")
    search_help_text = gettext_lazy("The beginning of a group's handle, its owner's whole handle, or its id")
    fieldsets = (
        (None, {"fields": ("name", "page", "owner", "created_at", "closed_at", "measure")}),
        (gettext_lazy("What it says"), {"fields": ("about", "rules", "welcome", "topics")}),
        (gettext_lazy("Coming in"), {"fields": ("visibility", "admission", "gates", "members_count")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Measures,)
    actions = ("warn", "limit", "freeze", "close", "lift")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Groups, with their owners."""
        measures = Sanction.objects.filter(group=OuterRef("pk"), lifted_at=None).order_by("-id")
        rows = super().get_queryset(request).filter(kind=GroupKind.GROUP).select_related("owner")
        return rows.annotate(standing_level=measures.values("level")[:1])

    @admin.display(description=gettext_lazy("Page"))
    def page(self, group: Group) -> SafeString:
        """A link to what everybody sees."""
        return format_html('<a href="{0}">{0}</a>', group.get_absolute_url())

    @admin.display(description=gettext_lazy("Measure"))
    def measure(self, group: Group) -> str:
        """The one that stands."""
        level = getattr(group, "standing_level", None) or ""
        return str(dict(SanctionLevel.choices).get(level, "–"))

    @reasoned(gettext_lazy("Warn the owner"), tells=True, form=MeasureForm)
    def warn(self, act: Act[Group]) -> AuditEntry:
        """The owner reads what is wrong; nothing else changes."""
        return _take(act, SanctionLevel.WARN)

    @reasoned(gettext_lazy("Limit: not listed, nobody new"), tells=True, form=MeasureForm)
    def limit(self, act: Act[Group]) -> AuditEntry:
        """Nobody finds it, nobody comes in."""
        return _take(act, SanctionLevel.LIMIT)

    @reasoned(gettext_lazy("Freeze: read-only"), danger=True, tells=True, form=MeasureForm)
    def freeze(self, act: Act[Group]) -> AuditEntry:
        """Nobody writes, its owner included."""
        return _take(act, SanctionLevel.FREEZE)

    @reasoned(gettext_lazy("Close: only its owner and export"), danger=True, tells=True, form=MeasureForm)
    def close(self, act: Act[Group]) -> AuditEntry:
        """Members do not see it any more; nothing is deleted."""
        return _take(act, SanctionLevel.CLOSE)

    @reasoned(gettext_lazy("Lift the measure"), tells=True, applies=_measured)
    def lift(self, act: Act[Group]) -> AuditEntry:
        """Everything is as it was."""
        try:
            return sanctioning.lift(actor=act.actor, group_id=act.target.pk, reason=act.reason, now=act.now)
        except AlreadyDone:
            raise Refused(_("no measure stands.")) from None


def _take(act: Act[Group], level: SanctionLevel) -> AuditEntry:
    days = act.data.get("days")
    until = act.now + timedelta(days=days) if days else None
    try:
        return sanctioning.sanction(
            actor=act.actor, group_id=act.target.pk, level=level, reason=act.reason, until=until, now=act.now
        )
    except TooSteep:
        raise Refused(_("a group is closed only after it was limited or frozen. Freeze it first.")) from None


class AppealFilter(admin.SimpleListFilter):
    """Whether there is an appeal to decide."""

    title = gettext_lazy("appeal")
    parameter_name = "appeal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The queue, or what was decided."""
        return [("waiting", gettext_lazy("Waiting")), ("decided", gettext_lazy("Decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The rows of a state."""
        if not self.value():
            return queryset
        return queryset.filter(appealed_at__isnull=False, decided_at__isnull=self.value() == "waiting")


def _waits(row: Sanction) -> bool:
    return row.appealed_at is not None and row.decided_at is None


@admin.register(Sanction)
class SanctionRoom(Room[Sanction]):
    """Measures against groups, and the appeals of their owners."""

    list_display = ("of_group", "level", "reason", "by", "at", "until", "appealed_at", "decided_at", "lifted_at")
    list_filter = (AppealFilter,)
    search_by = ("group__handle", "by__handle")
    search_help_text = gettext_lazy("A group's, or an operator's, whole handle")
    fieldsets = (
        (None, {"fields": ("of_group", "level", "reason", "by", "at", "until", "lifted_at")}),
        (gettext_lazy("Appeal"), {"fields": ("appealed_at", "appeal", "decision", "decided_by", "decided_at")}),
    )
    actions = ("uphold", "grant")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sanction]:
        """With groups and operators."""
        return super().get_queryset(request).select_related("group", "by", "decided_by")

    @admin.display(description=gettext_lazy("Group"))
    def of_group(self, row: Sanction) -> str:
        """The group's name and handle."""
        return f"{row.group.name} (/g/{row.group.handle}/)"

    @reasoned(gettext_lazy("Decline the appeal"), tells=True, applies=_waits)
    def uphold(self, act: Act[Sanction]) -> AuditEntry:
        """The measure stands."""
        return _decide(act, uphold=True)

    @reasoned(gettext_lazy("Grant the appeal"), tells=True, applies=_waits)
    def grant(self, act: Act[Sanction]) -> AuditEntry:
        """The measure is lifted."""
        return _decide(act, uphold=False)


def _decide(act: Act[Sanction], *, uphold: bool) -> AuditEntry:
    try:
        return sanctioning.decide(
            actor=act.actor, sanction_id=act.target.pk, uphold=uphold, reason=act.reason, now=act.now
        )
    except AlreadyDone:
        raise Refused(_("it is decided already.")) from None
