"""The audit log, to read."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from planet.moderation.admin_tools import Room
from planet.moderation.models import AuditEntry


class About(admin.SimpleListFilter):
    """What was acted on: the kinds that have a room. Asking the log itself would read all of it."""

    title = _("what")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Every kind of thing that operators can act on."""
        rooms = sorted(model_admin.admin_site.rooms, key=lambda room: room.opts.label)
        return [(room.opts.label_lower, room.opts.verbose_name_plural) for room in rooms if room.actions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The entries about a kind."""
        return queryset.filter(target_kind=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditRoom(Room[AuditEntry]):
    """Every act of an operator, the newest first."""

    list_display = ("at", "actor", "action", "target_kind", "target_id", "reason")
    list_select_related = ("actor",)
    list_filter = (("at", admin.DateFieldListFilter), About)
    search_by = ("pk", "target_id", "actor__handle")
    search_help_text = _("The id of what was acted on, or an operator's handle")
    fields = ("id", "at", "actor", "action", "target_kind", "target_id", "reason", "pretty_details")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """With the operators."""
        return super().get_queryset(request).select_related("actor")

    @admin.display(description=_("Details"))
    def pretty_details(self, entry: AuditEntry) -> SafeString:
        """The details as indented JSON."""
        return format_html("<pre>{}</pre>", json.dumps(entry.details, indent=2, ensure_ascii=False))
