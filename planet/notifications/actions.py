"""Writes of the inbox: telling people, taking it back, marking read."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from planet.accounts.models import User
from planet.notifications import broadcasts, queries
from planet.notifications.grouping import WINDOWS
from planet.notifications.models import Kind, Notification, NotificationActor
from planet.notifications.push import outbox
from planet.web.ids import uuid7

SHOWN_ACTORS = 3
EXCERPT_LENGTH = 200

# A group whose window is over takes nobody in any more. In the recipients' order, as below.
_CLOSE = """
UPDATE notifications_notification SET closed = true WHERE id IN (
    SELECT id FROM notifications_notification
     WHERE recipient_id = ANY(%(recipients)s::uuid[]) AND group_key = %(group_key)s
       AND read_at IS NULL AND NOT closed AND created_at <= %(since)s
     ORDER BY recipient_id, filtered FOR UPDATE)
"""
# One statement for all recipients. Who comes first makes the row, everyone after joins it: the partial unique index
# decides, never a look before the write. Rows are taken in the recipients' order, so two batches cannot deadlock.
_GROUP = f"""
INSERT INTO notifications_notification AS n (id, recipient_id, filtered, kind, group_key, url, excerpt, newest_actors,
                                             actor_count, revision, created_at, updated_at, closed)
SELECT fresh.id, fresh.recipient_id, fresh.filtered, %(kind)s, %(group_key)s, %(url)s, fresh.excerpt,
       %(actors)s::uuid[], 0, 0, %(now)s, %(now)s, false
  FROM unnest(%(ids)s::uuid[], %(recipients)s::uuid[], %(filtered)s::bool[], %(excerpts)s::text[])
       AS fresh (id, recipient_id, filtered, excerpt)
 ORDER BY fresh.recipient_id
ON CONFLICT (recipient_id, group_key, filtered) WHERE read_at IS NULL AND NOT closed DO UPDATE
   SET url = excluded.url,
       excerpt = excluded.excerpt,
       revision = n.revision + 1,
       updated_at = greatest(n.updated_at, excluded.updated_at),
       newest_actors = (excluded.newest_actors || CASE WHEN %(actor)s::uuid IS NULL THEN n.newest_actors
                        ELSE array_remove(n.newest_actors, %(actor)s::uuid) END)[1:{SHOWN_ACTORS}]
RETURNING id
"""  # noqa: S608  # the only value in it is ours
# The rows are locked by the statement before, so the count cannot miss anybody.
_JOIN = """
WITH joined AS (
    INSERT INTO notifications_notificationactor AS a (notification_id, actor_id, at)
    SELECT id, %(actor)s, %(now)s FROM unnest(%(ids)s::uuid[]) AS told (id)
    ON CONFLICT (notification_id, actor_id) DO UPDATE SET at = excluded.at
    RETURNING notification_id, xmax = 0 AS is_new
)
UPDATE notifications_notification AS n
   SET actor_count = n.actor_count + 1
  FROM joined
 WHERE n.id = joined.notification_id AND joined.is_new
"""


@transaction.atomic
def notify(
    *,
    recipients: Iterable[UUID],
    kind: Kind,
    actor: User | None,
    group_key: str,
    url: str,
    excerpt: str | Mapping[UUID, str] = "",
    where: Collection[str] = (),
    now: datetime,
) -> None:
    """Tell `recipients` that `actor` (None: Planet itself) did something, and show it to those who are looking.

    Dropped for the actor, for who switched the kind off, and where one of the two has blocked, or the recipient
    muted, the other; what a recipient's filters take is put aside. What is unread under the same `group_key` becomes
    one row for as long as the kind's window lasts: "Ines and 11 others liked your post". The part of `group_key`
    before the colon chooses the sentence (see planet.notifications.sentences), the rest names the thing:
    `like:<post id>`, `reply:<comment id>`, `kyc:approved`. `url` is a path of this site. `excerpt` may be another for
    each recipient. `where` names the places in which it happened (`topic:7`): who has muted one hears of it only when
    they are mentioned.

    At most six statements, and one for each kind of place, however many recipients. Call it last in a transaction or
    on commit: it holds the recipients' rows until the transaction ends.
    """
    told = queries.willing(recipients=recipients, kind=kind, actor=actor, where=where, now=now)
    if not told:
        return
    values: dict[str, Any] = {
        "ids": [uuid7() for _ in told],
        "recipients": [one.user_id for one in told],
        "filtered": [one.filtered for one in told],
        "kind": kind,
        "group_key": group_key,
        "url": url,
        "excerpts": [(excerpt if isinstance(excerpt, str) else excerpt[one.user_id])[:EXCERPT_LENGTH] for one in told],
        "actor": actor.pk if actor else None,
        "actors": [actor.pk] if actor else [],
        "now": now,
    }
    with connection.cursor() as cursor:
        if kind in WINDOWS:
            cursor.execute(_CLOSE, {**values, "since": now - WINDOWS[kind]})
        cursor.execute(_GROUP, values)
        ids = [row[0] for row in cursor.fetchall()]
        if actor:
            cursor.execute(_JOIN, {"ids": ids, "actor": actor.pk, "now": now})
    outbox.queue(ids, kind=kind, now=now)
    transaction.on_commit(lambda: broadcasts.told(ids), robust=True)


@transaction.atomic
def withdraw(*, actor: User, group_key: str, recipient_id: UUID) -> None:
    """Take `actor` out of what is still unread (an unlike, an unfollow); a row goes with its last actor."""
    unread = Notification.objects.filter(recipient_id=recipient_id, group_key=group_key, read_at=None)
    for row in unread.select_for_update().order_by("filtered", "id"):
        _take_out(row, actor)


@transaction.atomic
def retract(*, recipients: Iterable[UUID], group_key: str) -> None:
    """Take what some people were told under a key out of their inboxes, read or not: what it tells of is gone."""
    rows = Notification.objects.filter(recipient__in=list(recipients), group_key=group_key)
    gone = list(rows.select_for_update().order_by("recipient", "filtered", "id").values_list("recipient", "pk"))
    Notification.objects.filter(pk__in=[pk for _, pk in gone]).delete()
    for person, pk in gone:
        transaction.on_commit(partial(broadcasts.withdrawn, person, pk), robust=True)


def _take_out(row: Notification, actor: User) -> None:
    if not row.acted.filter(actor=actor).delete()[0]:
        return
    row.actor_count -= 1
    row.revision += 1
    recipient_id, row_id = row.recipient_id, row.pk
    if not row.actor_count:
        row.delete()
        transaction.on_commit(lambda: broadcasts.withdrawn(recipient_id, row_id), robust=True)
        return
    if actor.pk in row.newest_actors:
        acted = NotificationActor.objects.filter(notification=row).order_by("-at", "-id")
        row.newest_actors = list(acted.values_list("actor_id", flat=True)[:SHOWN_ACTORS])
    row.save(update_fields=["actor_count", "newest_actors", "revision"])
    transaction.on_commit(lambda: broadcasts.told([row_id]), robust=True)


@transaction.atomic
def mark_read(*, notification: Notification, now: datetime) -> None:
    """The recipient has opened this one."""
    unread = Notification.objects.filter(pk=notification.pk, read_at=None)
    if unread.update(read_at=now):
        transaction.on_commit(lambda: broadcasts.read(notification.recipient_id, notification.pk), robust=True)


@transaction.atomic
def mark_all_read(*, actor: User, now: datetime, tab: str = "") -> int:
    """Mark all that a tab of the actor's inbox shows read; how many rows that were. Raises KeyError for no such tab.

    A row that somebody is joining at this moment is skipped: it is news, and stays unread. Skipping instead of
    waiting also means that this cannot deadlock with `notify`.
    """
    rows = Notification.objects.filter(queries.TABS[tab], recipient=actor, read_at=None)
    unread = rows.select_for_update(skip_locked=True)
    changed = Notification.objects.filter(pk__in=unread.values("pk")).update(read_at=now)
    if changed:
        transaction.on_commit(lambda: broadcasts.read(actor.pk, None, tab), robust=True)
    return changed


def forget(*, before: datetime, size: int = 5000) -> int:
    """Delete at most `size` rows that were read before this time; how many it deleted."""
    old = Notification.objects.filter(read_at__lt=before).order_by("read_at")[:size]
    ids = list(old.values_list("pk", flat=True))
    Notification.objects.filter(pk__in=ids).delete()
    return len(ids)
