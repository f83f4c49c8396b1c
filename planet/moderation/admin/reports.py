"""The queue of reports: one row a thing, however many people reported it; dismiss or uphold, with a reason."""

import json
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.moderation.admin_tools import Act, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry, Reason, Report, Reported, ReportState, Snapshot
from planet.moderation.reports import actions, queries, registry
from planet.web import private
from planet.web.shelves import is_private
from planet.web.templatetags.images import picture

SHOWN_SNAPSHOTS = 5


class KindFilter(admin.SimpleListFilter):
    """What was reported."""

    title = gettext_lazy("what")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The kinds that rooms have registered."""
        return [(about.kind, about.label) for about in registry.kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The rows of a kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ReasonFilter(admin.SimpleListFilter):
    """Why."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Every reason."""
        return list(Reason.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The rows with an open report that gives it."""
        return queryset.filter(reasons__has_key=self.value()) if self.value() else queryset


class Reports(Rows):
    """Who reported it, and why; the newest fifty."""

    model = Report
    fields = ("created_at", "reporter", "reason", "note", "state")
    ordering = ("-id",)
    verbose_name_plural = gettext_lazy("Reports")
    MOST: ClassVar = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the reporters."""
        return super().get_queryset(request).select_related("reporter")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A thing that thousands reported opens as fast as any other."""
        formset = super().get_formset(request, obj, **kwargs)
        most = self.MOST

        class Newest(formset):  # type: ignore[misc,valid-type]
            def get_queryset(self) -> Any:
                return super().get_queryset()[:most]

        return Newest


@admin.register(Reported)
class ReportRoom(Room[Reported]):
    """Everything that was reported; what was reported last first."""

    list_display = ("title", "what", "owner", "open_reports", "why", "newest_at", "state")
    list_filter = ("state", KindFilter, ReasonFilter)
    ordering = ("-newest_at", "-id")  # type: ignore[assignment]  # the base has one column
    search_by = ("pk", "object_id", "owner__handle")
    search_help_text = gettext_lazy("The owner's whole handle, or the id or address of what was reported")
    fieldsets = (
        (None, {"fields": ("title", "what", "owner", "page", "its_room", "state")}),
        (gettext_lazy("Reports"), {"fields": ("open_reports", "all_reports", "why", "first_at", "newest_at")}),
        (gettext_lazy("Evidence"), {"fields": ("evidence",)}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Reports,)
    actions = ("uphold", "dismiss", "overturn")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reported]:
        """With the owners."""
        return super().get_queryset(request).select_related("owner")

    def get_urls(self) -> list[URLPattern]:
        """With the address of a picture that is evidence and has none of its own."""
        view = self.admin_site.admin_view(self.picture)
        kept = path("picture/<uuid:snapshot_id>/<int:place>/<int:size>/", view, name="moderation_reported_picture")
        return [kept, *super().get_urls()]

    def picture(self, request: HttpRequest, snapshot_id: UUID, place: int, size: int) -> HttpResponse:
        """A picture of what was for some only, for who may see the queue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        snapshot = Snapshot.objects.filter(pk=snapshot_id).first()
        keys = queries.pictures_of(snapshot) if snapshot else []
        if place >= len(keys) or not is_private(keys[place]):
            raise Http404
        return private.send_picture(keys[place], size)

    # --- looking ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("What"), ordering="kind")
    def what(self, reported: Reported) -> str:
        """The kind in words."""
        about = registry.get(reported.kind)
        return str(about.label) if about else reported.kind

    @admin.display(description=gettext_lazy("Why"))
    def why(self, reported: Reported) -> str:
        """The reasons of the open reports, the most frequent first."""
        labels = dict(Reason.choices)
        counted = sorted(reported.reasons.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{labels.get(reason, reason)} × {many}" for reason, many in counted) or "–"

    @admin.display(description=gettext_lazy("Page"))
    def page(self, reported: Reported) -> SafeString:
        """A link to what everybody sees, if it still stands."""
        return format_html('<a href="{0}">{0}</a>', reported.url)

    @admin.display(description=gettext_lazy("Act on it"))
    def its_room(self, reported: Reported) -> SafeString | str:
        """The row's own room, where it can be removed."""
        about = registry.get(reported.kind)
        try:
            url = reverse(f"admin:{about.room if about else ''}_change", args=[reported.object_id])
        except NoReverseMatch:
            return "–"
        return format_html('<a href="{}">{}</a>', url, _("Open it in its room"))

    @admin.display(description=gettext_lazy("What it said"))
    def evidence(self, reported: Reported) -> SafeString:
        """The newest snapshots, each as it was."""
        shown = reported.snapshots.order_by("-taken_at", "-id")[:SHOWN_SNAPSHOTS]
        return format_html_join("", "{}", ((_shown(snapshot),) for snapshot in shown))

    # --- acting -----------------------------------------------------------------------------------

    @reasoned(gettext_lazy("Uphold the reports"), danger=True, applies=lambda row: row.state == ReportState.OPEN)
    def uphold(self, act: Act[Reported]) -> AuditEntry:
        """They were right; what becomes of the thing is done in its own room."""
        return _decide(act, uphold=True)

    @reasoned(gettext_lazy("Dismiss the reports"), applies=lambda row: row.state == ReportState.OPEN)
    def dismiss(self, act: Act[Reported]) -> AuditEntry:
        """Nothing is wrong with it."""
        return _decide(act, uphold=False)

    @reasoned(gettext_lazy("Take back that they were upheld"), applies=lambda row: row.state == ReportState.UPHELD)
    def overturn(self, act: Act[Reported]) -> AuditEntry:
        """They were wrong after all: what was done with the thing counts again."""
        try:
            return actions.overturn(actor=act.actor, reported=act.target, reason=act.reason, now=act.now)
        except actions.NotUpheld:
            raise Refused(_("it is not upheld.")) from None
        except actions.NotImpartial:
            raise Refused(_("nobody decides about what is their own.")) from None


def _decide(act: Act[Reported], *, uphold: bool) -> AuditEntry:
    try:
        return actions.decide(actor=act.actor, reported=act.target, uphold=uphold, reason=act.reason, now=act.now)
    except actions.NothingOpen:
        raise Refused(_("it is decided already.")) from None
    except actions.NotImpartial:
        raise Refused(_("nobody decides about what is their own.")) from None


def _shown(snapshot: Snapshot) -> SafeString:
    content = snapshot.content
    author = content.get("author", {})
    return format_html(
        '<div class="evidence"><p><time>{}</time> <b>{}</b> @{}</p><div class="said">{}</div>{}'
        "<details><summary>{}</summary><pre>{}</pre></details></div>",
        snapshot.taken_at.strftime("%Y-%m-%d %H:%M UTC"),
        author.get("name", ""),
        author.get("handle", ""),
        content.get("text") or content.get("title", ""),
        format_html_join(
            "",
            '<figure class="pic">{}</figure>',
            ((_picture(snapshot, place, key),) for place, key in enumerate(queries.pictures_of(snapshot))),
        ),
        _("Details"),
        json.dumps(content.get("facts", {}), indent=2, ensure_ascii=False),
    )


def _picture(snapshot: Snapshot, place: int, key: str) -> str | SafeString:
    at = f"{reverse('admin:moderation_reported_changelist')}picture/{snapshot.pk}/{place}/" if is_private(key) else ""
    return picture(key, {"avatar": "400", "banner": "600"}.get(key.partition("/")[0], "480"), at=at)
