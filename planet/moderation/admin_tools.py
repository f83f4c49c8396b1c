"""What every operator's room is made of: nothing is edited directly, every act asks for a reason and is recorded.

A room is a `Room`: its fields are read-only, rows are neither added nor deleted. What an operator may do are *tools*,
methods decorated with `reasoned`: in the list for several rows, on the page of one row as a button.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, update_wrapper
from typing import Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planet.accounts.access import person
from planet.accounts.models import User
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry

M = TypeVar("M", bound=Model)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AT_ONCE = 100  # rows one act may take
COUNTED = 10_000  # rows a list counts; more are "at least"
COUNTING_MS = 1000
SHOWN_ACTS = 20


class Refused(Exception):
    """An act that does not apply; the message tells the operator why."""


class ReasonForm(forms.Form):
    """Why. Subclasses may ask for more."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )


@dataclass(frozen=True)
class Act(Generic[M]):
    """One tool used on one row; `data` is everything that the form asked."""

    actor: User
    target: M
    reason: str
    now: datetime
    data: dict[str, Any]

    def record(self, action: str, **details: Any) -> AuditEntry:
        """Append this act to the audit log, in its own transaction."""
        return record(
            actor=self.actor, action=action, target=self.target, reason=self.reason, details=details, now=self.now
        )


Perform = Callable[[Any, Act[Any]], AuditEntry]


@dataclass(frozen=True)
class Tool:
    """What `reasoned` made: how a tool is named, who may use it, when it applies, and what it does."""

    name: str
    description: str | Promise
    perform: Perform
    permission: str
    danger: bool
    tells: bool
    applies: Callable[[Any], bool]
    form: type[ReasonForm]


def reasoned(
    description: str | Promise,
    *,
    permission: str = "moderate",
    danger: bool = False,
    tells: bool = False,
    applies: Callable[[Any], bool] = lambda _: True,
    form: type[ReasonForm] = ReasonForm,
) -> Callable[[Perform], Callable[..., HttpResponse | None]]:
    """Make a method `(self, act) -> AuditEntry` a tool that first asks for the reason.

    The method runs in a transaction of its own for each row and returns the entry it recorded; it raises Refused to
    take everything back and say why. `permission` names a `has_<permission>_permission` of the room; `tells`: the
    person concerned reads the reason; `applies` says whether the tool makes sense for a row.
    """

    def decorate(perform: Perform) -> Callable[..., HttpResponse | None]:
        name = cast("Any", perform).__name__
        tool = Tool(name, description, perform, permission, danger, tells, applies, form)

        def action(room: "Room[Any]", request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            return room.use(request, tool, list(queryset[: AT_ONCE + 1]))

        update_wrapper(action, perform)
        made = cast("Any", action)
        made.short_description, made.allowed_permissions, made.tool = description, [permission], tool
        return action

    return decorate


class BoundedPaginator(Paginator[Any]):
    """Counts at most ten thousand rows, for at most a second: a list over millions opens as fast as a short one."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or as many as were counted."""
        rows = cast("QuerySet[Any]", self.object_list)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {COUNTING_MS}")
                found = rows.order_by()[:COUNTED].count()
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        except OperationalError:  # taken too long
            return COUNTED
        return found


def _asked(entry: Any) -> str:
    """The name under which an entry of `list_filter` asks."""
    if isinstance(entry, tuple):
        entry = entry[0]
    return entry if isinstance(entry, str) else str(entry.parameter_name)


class Room(admin.ModelAdmin[M]):
    """A list and a page a row, to look at; acts only through tools."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 50
    ordering = ("-pk",)
    change_form_template = "admin/room.html"
    search_by: ClassVar[tuple[str, ...]] = ()  # look-ups that an index serves: `handle__startswith`

    # --- who may do what -------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Rows are made by the product."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Fields are changed by tools."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nothing is deleted here."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whoever may look into this room."""
        return self._has(request, "view") or self._has(request, "change")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whoever may use this room's tools."""
        return self._has(request, "change")

    def _has(self, request: HttpRequest, verb: str) -> bool:
        return person(request).has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}")

    # --- looking ----------------------------------------------------------------------------------

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002
        """What makes the search box appear."""
        return self.search_by

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # noqa: ARG002
        """Only what the filters beside the list ask.

        Django lets an address filter by any field of the row, so that `?session_key__startswith=a` would read a
        superuser's session, or a password's hash, letter by letter.
        """
        asked = {_asked(entry) for entry in self.get_list_filter(request)}
        return any(lookup == name or lookup.startswith(f"{name}__") for name in asked)

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[M],
        search_term: str,
    ) -> tuple[QuerySet[M], bool]:
        """Rows that begin with the term under one of `search_by`, each answered by its index; or the row of an id."""
        term = search_term.strip().lower().removeprefix("@")
        if address := _UUID.search(term):
            term = address.group()  # of a page's address
        if not term:
            return queryset, False
        pks: set[Any] = set()
        everything = self.get_queryset(request)
        for look_up in self.search_by:
            try:
                found = everything.filter(**{look_up: term})
                pks.update(found.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
            except (ValueError, ValidationError):
                continue  # not an id
        return queryset.filter(pk__in=pks), False

    @admin.display(description=gettext_lazy("What operators did"))
    def acts(self, obj: M) -> SafeString | str:
        """The newest entries of the audit log about a row."""
        entries = AuditEntry.objects.filter(target_kind=obj._meta.label_lower, target_id=str(obj.pk))
        rows = [
            (entry.at.strftime("%Y-%m-%d %H:%M"), entry.action, entry.actor or _("Planet"), entry.reason)
            for entry in entries.select_related("actor").order_by("-at")[:SHOWN_ACTS]
        ]
        if not rows:
            return _("Nothing yet.")
        lines = format_html_join("", "<li><time>{}</time> <b>{}</b> {}: {}</li>", rows)
        return format_html('<ol class="acts">{}</ol>', lines)

    # --- acting -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Each tool has an address for one row."""
        view = self.admin_site.admin_view(self.use_on_one)
        name = f"{self.opts.app_label}_{self.opts.model_name}_use"
        return [path("<path:object_id>/use/<slug:tool_name>/", view, name=name), *super().get_urls()]

    def tools(self, request: HttpRequest) -> dict[str, Tool]:
        """The tools of this room that the operator may use."""
        usable = {name: found for name, found in self.get_actions(request).items() if found is not None}
        return {name: tool for name, found in usable.items() if (tool := getattr(found[0], "tool", None))}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of a row, with the tools that apply to it."""
        obj = self.get_object(request, unquote(object_id))
        usable = [tool for tool in self.tools(request).values() if obj is not None and tool.applies(obj)]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "tools": usable})

    def use_on_one(self, request: HttpRequest, object_id: str, tool_name: str) -> HttpResponse:
        """Ask for the reason, then use a tool on one row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        tool = getattr(getattr(type(self), tool_name.replace("-", "_"), None), "tool", None)
        if obj is None or tool is None:
            raise Http404
        if tool.name not in self.tools(request):
            raise PermissionDenied
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(obj.pk)])
        return self.use(request, tool, [obj], back=page) or redirect(page)

    def use(self, request: HttpRequest, tool: Tool, targets: list[M], back: str = "") -> HttpResponse | None:
        """Show the form that asks for the reason; once it is given, act. None: done."""
        if len(targets) > AT_ONCE:
            self.message_user(request, _("At most %d at once.") % AT_ONCE, messages.ERROR)
            return None
        form = tool.form(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            self._act(request, tool, targets, form.cleaned_data)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": tool.description,
            "opts": self.opts,
            "media": self.media,
            "tool": tool,
            "targets": targets,
            "form": form,
            "back": back,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reason.html", context, status=422 if form.errors else 200)

    def _act(self, request: HttpRequest, tool: Tool, targets: list[M], data: dict[str, Any]) -> None:
        done = 0
        for target in targets:
            act = Act(person(request), target, data["reason"], timezone.now(), data)
            try:
                with transaction.atomic():
                    if not tool.applies(target):
                        raise Refused(_("that does not apply any more."))
                    tool.perform(self, act)
            except Refused as refused:
                self.message_user(request, f"{target}: {refused}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("%(tool)s: done for one.", "%(tool)s: done for %(count)d.", done)
            self.message_user(request, text % {"tool": tool.description, "count": done}, messages.SUCCESS)


class Rows(admin.TabularInline[Any, Any]):
    """Rows that belong to another one, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Rows are made by the product."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """And changed by it."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whoever may look at the row they belong to."""
        return True
