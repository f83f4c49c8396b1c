"""What an open inbox and its badge see at once; only ever after the commit."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation

from planet.notifications import queries, unread
from planet.notifications.models import Notification
from planet.realtime import publish


def _topic(user_id: UUID) -> str:
    return f"user:{user_id}"


def told(ids: Iterable[UUID]) -> None:
    """These rows are new, or changed while unread. Each is rendered in its reader's language."""
    rows = queries.with_actors(Notification.objects.filter(pk__in=list(ids)).select_related("recipient"))
    recipients = [row.notification.recipient_id for row in rows]
    unread.clear(recipients)
    counts = queries.unread_counts(recipients)
    for row in rows:
        reader = row.notification.recipient
        with translation.override(reader.language):
            html = render_to_string("notifications/_notification.html", {"row": row})
        data = {
            "id": str(row.notification.pk),
            "kind": row.notification.kind,
            "filtered": row.notification.filtered,
            **counts[reader.pk].as_dict(),
        }
        publish(_topic(reader.pk), "notification", data=data, html=html)
    _settle(counts)


def withdrawn(user_id: UUID, notification_id: UUID) -> None:
    """This row is gone: what it told was taken back before it was read."""
    _changed(user_id, "notification_removed", notification_id)


def read(user_id: UUID, notification_id: UUID | None, tab: str = "") -> None:
    """The person has read this row (None: all of a tab), here or in another window."""
    _changed(user_id, "notification_read", notification_id, tab)


def _changed(user_id: UUID, kind: str, notification_id: UUID | None, tab: str = "") -> None:
    unread.clear([user_id])
    counts = queries.unread_counts([user_id])
    data = {"id": str(notification_id) if notification_id else None, "tab": tab, **counts[user_id].as_dict()}
    publish(_topic(user_id), kind, data=data)
    _settle(counts)


def _settle(said: Mapping[UUID, queries.Counts]) -> None:
    """Correct the counts just published, should they be old.

    Two processes may count in one order and publish in the other. Whoever publishes looks once more: so the last
    event on a topic always carries the count that holds.
    """
    while said:
        holds = queries.unread_counts(said)
        said = {user_id: count for user_id, count in holds.items() if count != said[user_id]}
        for user_id, count in said.items():
            publish(_topic(user_id), "unread", data=count.as_dict())
