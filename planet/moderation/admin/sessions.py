"""Who is signed in, from where."""

from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from planet.moderation import actions
from planet.moderation.admin_tools import Act, Room, reasoned
from planet.moderation.models import AuditEntry


@admin.register(UserSession)
class SessionRoom(Room[UserSession]):
    """The sessions of everybody, the newest first."""

    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    search_by = ("user__handle", "user__email")
    search_help_text = _("A handle or an e-mail address")
    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    actions = ("end",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserSession]:
        """With the people."""
        return super().get_queryset(request).select_related("user")

    @reasoned(_("End the session"), danger=True)
    def end(self, act: Act[UserSession]) -> AuditEntry:
        """Sign the browser out."""
        return actions.end_session(actor=act.actor, session=act.target, reason=act.reason, now=act.now)
