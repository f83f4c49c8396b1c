"""What is talked about, as operators see it: held back before it shows, and let go again, with a reason."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from discover import actions
from discover.models import Trend
from planet.moderation.admin_tools import Act, Room, reasoned
from planet.moderation.models import AuditEntry


@admin.register(Trend)
class TrendRoom(Room[Trend]):
    """Topics and assets, what surges most on top."""

    list_display = ("tag", "authors_day", "authors_week", "surge", "counted_at", "is_held")
    list_filter = ("is_held",)
    search_by = ("tag__name",)
    search_help_text = gettext_lazy("A topic's or asset's whole name, without its sign")
    fields = ("tag", "authors_day", "authors_week", "surge", "counted_at", "is_held", "acts")
    ordering = ("-surge",)
    actions = ("hold", "release")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trend]:
        """With the names."""
        return super().get_queryset(request).select_related("tag")

    @reasoned(gettext_lazy("Hold back"), danger=True, applies=lambda trend: not trend.is_held)
    def hold(self, act: Act[Trend]) -> AuditEntry:
        """Keep it out of what is shown as talked about; its page and search stay."""
        actions.hold(tag_id=act.target.pk, is_held=True)
        return act.record("trend.hold")

    @reasoned(gettext_lazy("Let go"), applies=lambda trend: trend.is_held)
    def release(self, act: Act[Trend]) -> AuditEntry:
        """Show it again when it surges."""
        actions.hold(tag_id=act.target.pk, is_held=False)
        return act.record("trend.release")
