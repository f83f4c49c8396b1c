"""The queue of identity checks: look at the document and the selfie, then decide."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from planet.accounts import kyc
from planet.accounts.access import person
from planet.accounts.kyc import documents
from planet.accounts.models import KycApplication, KycEvent, KycState
from planet.moderation.actions import record
from planet.moderation.admin_tools import Act, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry


class Queue(admin.SimpleListFilter):
    """What waits for a decision comes first; the rest on demand."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Everything but the default."""
        return [
            ("all", gettext_lazy("All")),
            *(state for state in KycState.choices if state[0] not in ("none", "pending")),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The default is called by its name."""
        found = super().choices(changelist)
        yield {**next(found), "display": _("Waiting")}
        yield from found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The rows of a queue; those that wait the longest first."""
        value = self.value()
        if value == "all":
            return queryset
        return queryset.filter(state=value or KycState.PENDING)


class Events(Rows):
    """The history of a check."""

    model = KycEvent
    fields = ("at", "before", "after", "actor", "reason")
    ordering = ("id",)
    verbose_name_plural = gettext_lazy("History")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With who decided."""
        return super().get_queryset(request).select_related("actor")


def _waits(application: KycApplication) -> bool:
    return application.state == KycState.PENDING


@admin.register(KycApplication)
class KycRoom(Room[KycApplication]):
    """Identity checks; the pictures are decrypted for whoever may decide, and each look is recorded."""

    list_display = ("created_at", "user", "provider", "country", "document_type", "state", "decided_at", "decided_by")
    list_filter = (Queue,)
    ordering = ("created_at",)
    search_by = ("pk", "user__handle__startswith", "user__email__startswith", "external_id")
    search_help_text = gettext_lazy("How a handle or an e-mail address begins, or an id")
    fieldsets = (
        (None, {"fields": ("user", "state", "provider", "external_id", "created_at", "expires_at")}),
        (gettext_lazy("Document"), {"fields": ("legal_name", "country", "document_type", "document_number", "taken")}),
        (gettext_lazy("Pictures"), {"fields": ("pictures",)}),
        (gettext_lazy("Decision"), {"fields": ("decided_at", "decided_by", "reason", "erased_at")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Events,)
    actions = ("approve", "reject", "end")

    def get_queryset(self, request: HttpRequest) -> QuerySet[KycApplication]:
        """With the applicants and who decided."""
        return super().get_queryset(request).select_related("user", "decided_by")

    # --- looking ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Another account has this identity"))
    def taken(self, application: KycApplication) -> str:
        """Whether an approval would fail."""
        return _("Yes: an approval becomes a rejection") if application.identity_taken else _("No")

    @admin.display(description=gettext_lazy("Document and selfie"))
    def pictures(self, application: KycApplication) -> SafeString | str:
        """Both pictures, loaded through the audited view."""
        kept = {"document": application.document_file, "selfie": application.selfie_file}
        labels = {"document": _("Document"), "selfie": _("Selfie")}
        rows = [
            (reverse("admin:kyc_picture", args=[application.pk, which]), labels[which])
            for which in documents.WHICH
            if kept[which]
        ]
        if not rows:
            return _("None are kept.")
        return format_html_join(" ", '<a class="paper" href="{0}"><img src="{0}" alt="{1}"></a>', rows)

    def get_urls(self) -> list[URLPattern]:
        """With the address of a picture."""
        view = self.admin_site.admin_view(never_cache(self.picture))
        return [path("<uuid:application_id>/picture/<slug:which>/", view, name="kyc_picture"), *super().get_urls()]

    def picture(self, request: HttpRequest, application_id: Any, which: str) -> HttpResponse:
        """One decrypted picture, for who may decide; the look is recorded before anything is shown."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        application = KycApplication.objects.filter(pk=application_id).first()
        if application is None or which not in documents.WHICH:
            raise Http404
        try:
            picture = documents.read(application, which)
        except documents.Erased:
            raise Http404 from None
        record(
            actor=person(request),
            action="kyc.look",
            target=application,
            reason=_("Looked at the %s.") % which,
            now=timezone.now(),
        )
        headers = {
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "inline",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return HttpResponse(picture, content_type="image/jpeg", headers=headers)

    # --- acting -----------------------------------------------------------------------------------

    @reasoned(gettext_lazy("Approve"), applies=_waits)
    def approve(self, act: Act[KycApplication]) -> AuditEntry:
        """The identity is proved. When another account has it, this becomes a rejection that says so."""
        return self._decide(act, approve=True)

    @reasoned(gettext_lazy("Reject"), danger=True, tells=True, applies=_waits)
    def reject(self, act: Act[KycApplication]) -> AuditEntry:
        """The identity is not proved; the applicant reads why and may try again."""
        return self._decide(act, approve=False)

    def _decide(self, act: Act[KycApplication], *, approve: bool) -> AuditEntry:
        if act.actor.pk == act.target.user_id:
            raise Refused(_("nobody decides about themselves."))
        # An approval's reason is for the audit log; the applicant reads only that of a rejection.
        reason = "" if approve else act.reason
        try:
            event = kyc.decide(actor=act.actor, application=act.target, approve=approve, reason=reason, now=act.now)
        except kyc.NotPending:
            raise Refused(_("somebody decided before you.")) from None
        except kyc.NoIdentity:
            raise Refused(_("the provider has not said yet whose identity it is.")) from None
        return act.record(f"kyc.{event.after}", asked="approve" if approve else "reject")

    @reasoned(
        gettext_lazy("End the approval"),
        danger=True,
        tells=True,
        applies=lambda application: application.state == KycState.APPROVED,
    )
    def end(self, act: Act[KycApplication]) -> AuditEntry:
        """The check has to be done again, for a document that was found to be false or has run out."""
        try:
            kyc.end(actor=act.actor, application=act.target, reason=act.reason, now=act.now)
        except kyc.NotApproved:
            raise Refused(_("it does not stand approved.")) from None
        return act.record("kyc.expired")
