"""What is on its way to browsers: rows that are written with the notification, and a worker that is told of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from celery import current_app
from django.db import connection, transaction

from planet.notifications.models import Kind
from planet.notifications.models.preferences import OFF_BY_DEFAULT, Channel

# A group that grows rings again, but not for every single like.
PATIENCE: Final = timedelta(minutes=10)

_QUEUE = """
INSERT INTO notifications_pushdelivery (subscription_id, notification_id, due_at, attempts)
SELECT s.id, n.id, %(now)s::timestamptz + CASE WHEN n.revision = 0 THEN interval '0' ELSE %(patience)s::interval END, 0
  FROM notifications_notification n
  JOIN notifications_pushsubscription s ON s.user_id = n.recipient_id
  LEFT JOIN notifications_switch w ON w.user_id = s.user_id AND w.kind = n.kind AND w.channel = %(push)s
 WHERE n.id = ANY(%(ids)s::uuid[]) AND NOT n.filtered AND coalesce(w.wanted, %(wanted)s)
 ORDER BY s.id, n.id
ON CONFLICT (subscription_id, notification_id) DO NOTHING
RETURNING due_at <= %(now)s
"""


def queue(ids: Sequence[UUID], *, kind: Kind, now: datetime) -> None:
    """Send these rows of the inbox to the browsers of their recipients, in one statement.

    Called in the transaction that wrote them: both are there, or neither. Quiet hours are kept when it is delivered.
    """
    values: dict[str, Any] = {
        "ids": list(ids),
        "now": now,
        "patience": PATIENCE,
        "push": Channel.PUSH.value,
        "wanted": (kind.value, Channel.PUSH.value) not in OFF_BY_DEFAULT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, values)
        due = any(row[0] for row in cursor.fetchall())
    if due:
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Tell a worker now. Without a broker, or when the worker dies, the clock does it within a minute.

    By name: the task calls what delivers, which imports what writes the inbox, which imports this.
    """
    current_app.send_task("planet.notifications.tasks.deliver_pushes", retry=False)
