"""What an open inbox and its badge see at once; only ever after the commit."""

from collections.abc import Iterable
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation

from planet import realtime
from planet.notifications import queries, unread
from planet.notifications.models import Notification


def _topic(user_id: UUID) -> str:
    return f"user:{user_id}"


def told(ids: Iterable[UUID]) -> None:
    """These rows are new, or changed while unread. Each is rendered in its reader's language."""
    rows = queries.with_actors(Notification.objects.filter(pk__in=list(ids)).select_related("recipient"))
    if not rows:
        return  # taken back in the meantime, which told everybody
    recipients = [row.notification.recipient_id for row in rows]
    unread.clear(recipients)
    counts = queries.unread_counts(recipients)
    for row in rows:
        reader = row.notification.recipient
        with translation.override(reader.language):
            html = render_to_string("notifications/_notification.html", {"row": row})
        data = {"id": str(row.notification.pk), "kind": row.notification.kind, "unread": counts[reader.pk]}
        realtime.publish(_topic(reader.pk), "notification", data=data, html=html)


def withdrawn(user_id: UUID, notification_id: UUID) -> None:
    """This row is gone: what it told was taken back before it was read."""
    _changed(user_id, "notification_removed", notification_id)


def read(user_id: UUID, notification_id: UUID | None) -> None:
    """The person has read this row (None: all of them), here or in another tab."""
    _changed(user_id, "notification_read", notification_id)


def _changed(user_id: UUID, kind: str, notification_id: UUID | None) -> None:
    unread.clear([user_id])
    data = {"id": str(notification_id) if notification_id else None, "unread": queries.unread_count(user_id)}
    realtime.publish(_topic(user_id), kind, data=data)
