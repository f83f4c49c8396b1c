"""Writes of the inbox: telling people, taking it back, marking read, switching kinds off."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from planet.accounts.models import User
from planet.notifications import broadcasts, queries
from planet.notifications.models import SWITCHABLE, Kind, Notification, NotificationActor, Switch
from planet.web.ids import uuid7

SHOWN_ACTORS = 3
EXCERPT_LENGTH = 200

# One statement for all recipients. Who comes first makes the row, everyone after joins it: the partial unique index
# decides, never a look before the write. Rows are taken in the recipients' order, so two batches cannot deadlock.
_GROUP = f"""
INSERT INTO notifications_notification AS n (id, recipient_id, kind, group_key, url, excerpt, newest_actors,
                                             actor_count, revision, created_at, updated_at)
SELECT fresh.id, fresh.recipient_id, %(kind)s, %(group_key)s, %(url)s, %(excerpt)s, %(actors)s::uuid[],
       0, 0, %(now)s, %(now)s
  FROM unnest(%(ids)s::uuid[], %(recipients)s::uuid[]) AS fresh (id, recipient_id)
 ORDER BY fresh.recipient_id
ON CONFLICT (recipient_id, group_key) WHERE read_at IS NULL DO UPDATE
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


class NotSwitchable(ValueError):
    """A kind that nobody can switch off."""


@transaction.atomic
def notify(
    *,
    recipients: Iterable[UUID],
    kind: Kind,
    actor: User | None,
    group_key: str,
    url: str,
    excerpt: str = "",
    now: datetime,
) -> None:
    """Tell `recipients` that `actor` (None: Planet itself) did something, and show it to those who are looking.

    Dropped for the actor, for who switched the kind off, and where one of the two has blocked, or the recipient
    muted, the other. What is unread under the same `group_key` becomes one row: "Ines and 11 others liked your
    post". The part of `group_key` before the colon chooses the sentence (see planet.notifications.sentences), the
    rest names the thing: `like:<post id>`, `reply:<comment id>`, `kyc:approved`. `url` is a path of this site.

    Three statements, however many recipients. Call it last in a transaction or on commit: it holds the recipients'
    rows until the transaction ends.
    """
    told = queries.willing(recipients=recipients, kind=kind, actor_id=actor.pk if actor else None)
    if not told:
        return
    values = {
        "ids": [uuid7() for _ in told],
        "recipients": told,
        "kind": kind,
        "group_key": group_key,
        "url": url,
        "excerpt": excerpt[:EXCERPT_LENGTH],
        "actor": actor.pk if actor else None,
        "actors": [actor.pk] if actor else [],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GROUP, values)
        ids = [row[0] for row in cursor.fetchall()]
        if actor:
            cursor.execute(_JOIN, {"ids": ids, "actor": actor.pk, "now": now})
    transaction.on_commit(lambda: broadcasts.told(ids), robust=True)


@transaction.atomic
def withdraw(*, actor: User, group_key: str, recipient_id: UUID) -> None:
    """Take `actor` out of what is still unread (an unlike, an unfollow); the row goes with its last actor."""
    row = (
        Notification.objects.select_for_update()
        .filter(recipient_id=recipient_id, group_key=group_key, read_at=None)
        .first()
    )
    if row is None or not row.acted.filter(actor=actor).delete()[0]:
        return
    row.actor_count -= 1
    row.revision += 1
    if not row.actor_count:
        gone = row.pk
        row.delete()
        transaction.on_commit(lambda: broadcasts.withdrawn(recipient_id, gone), robust=True)
        return
    if actor.pk in row.newest_actors:
        acted = NotificationActor.objects.filter(notification=row).order_by("-at", "-id")
        row.newest_actors = list(acted.values_list("actor_id", flat=True)[:SHOWN_ACTORS])
    row.save(update_fields=["actor_count", "newest_actors", "revision"])
    transaction.on_commit(lambda: broadcasts.told([row.pk]), robust=True)


@transaction.atomic
def mark_read(*, notification: Notification, now: datetime) -> None:
    """The recipient has opened this one."""
    unread = Notification.objects.filter(pk=notification.pk, read_at=None)
    if unread.update(read_at=now):
        transaction.on_commit(lambda: broadcasts.read(notification.recipient_id, notification.pk), robust=True)


@transaction.atomic
def mark_all_read(*, actor: User, now: datetime) -> int:
    """Mark all of the actor's inbox read; how many rows that were.

    A row that somebody is joining at this moment is skipped: it is news, and stays unread. Skipping instead of
    waiting also means that this cannot deadlock with `notify`.
    """
    unread = Notification.objects.filter(recipient=actor, read_at=None).select_for_update(skip_locked=True)
    changed = Notification.objects.filter(pk__in=unread.values("pk")).update(read_at=now)
    if changed:
        transaction.on_commit(lambda: broadcasts.read(actor.pk, None), robust=True)
    return changed


@transaction.atomic
def switch(*, actor: User, off: Collection[str]) -> None:
    """Set which kinds the actor does not want. Raises NotSwitchable for a kind that is always on, or unknown."""
    if unknown := set(off) - set(SWITCHABLE):
        raise NotSwitchable(unknown)
    Switch.objects.filter(user=actor).exclude(kind__in=off).delete()
    Switch.objects.bulk_create([Switch(user=actor, kind=kind) for kind in off], ignore_conflicts=True)


def forget(*, before: datetime, size: int = 5000) -> int:
    """Delete at most `size` rows that were read before this time; how many it deleted."""
    old = Notification.objects.filter(read_at__lt=before).order_by("read_at")[:size]
    ids = list(old.values_list("pk", flat=True))
    Notification.objects.filter(pk__in=ids).delete()
    return len(ids)
