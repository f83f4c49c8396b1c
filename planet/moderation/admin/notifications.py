"""The inbox of everybody, to read: what was told to whom, without the actors' names."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from planet.moderation.admin_tools import Room
from planet.notifications.models import Notification


@admin.register(Notification)
class NotificationRoom(Room[Notification]):
    """What people were told."""

    list_display = ("updated_at", "recipient", "kind", "group_key", "actor_count", "read_at")
    list_filter = ("kind",)
    search_by = ("pk", "recipient__handle")
    search_help_text = _("A recipient's handle")
    fields = (
        "id",
        "recipient",
        "kind",
        "group_key",
        "actor_count",
        "url",
        "excerpt",
        "created_at",
        "updated_at",
        "read_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        """With the recipients."""
        return super().get_queryset(request).select_related("recipient")
