"""Exports of groups: asking for one, making it on a worker that may die, and erasing it.

An export is taken by counting its attempt up. Its worker signs (`seen_at`) between pages; one that is silent for
`SILENT` is gone, and the next run of the task begins anew. Only whoever has the last attempt finishes it: a worker that
was slow, and not dead, throws away what it made.
"""

import logging
import secrets
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from celery import current_app
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from groups import access, exporting, locks, log
from groups.actions import telling
from groups.errors import Gone, NotAllowed, TooMany
from groups.models import Export, ExportState, Group
from groups.rights import Right
from planet.accounts.models import User
from planet.web.private import PREFIX

logger = logging.getLogger(__name__)

KEPT: Final = timedelta(days=7)
MOST_A_DAY: Final = 3  # of a group
MOST_ATTEMPTS: Final = 5
MOST_AT_ONCE: Final = 2  # of all groups: they read a lot
SILENT: Final = timedelta(minutes=10)  # longer than storing the largest takes
_FOLDER: Final = f"{PREFIX}exports"
_LOST_AFTER: Final = timedelta(hours=2)
_TURN: Final = 0x6578706F7274  # the advisory lock under which one is taken


class _Lost(Exception):
    """The export is somebody else's now."""


# --- asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, actor: User, group_id: UUID, now: datetime) -> Export:
    """Everything of a group as files, for its owner; while one is made, that one.

    Raises NotAMember, NotAllowed, and TooMany after `MOST_A_DAY`.
    """
    group = locks.group(group_id)
    _require_owner(actor, group)
    mine = Export.objects.filter(group=group)
    if standing := mine.filter(state__in=[ExportState.WAITING, ExportState.MAKING]).first():
        return standing
    if mine.filter(asked_at__gt=now - timedelta(days=1)).exclude(state=ExportState.FAILED).count() >= MOST_A_DAY:
        raise TooMany
    made = Export.objects.create(group=group, by=actor, asked_at=now)
    log.record(group, "exported", actor, None, now)
    transaction.on_commit(_call_worker, robust=True)
    return made


def _call_worker() -> None:
    # Should the broker be away, the clock asks within a minute of its return.
    current_app.send_task("groups.tasks.make_export", queue="media", retry=False)


def _require_owner(actor: User, group: Group) -> None:
    if group.is_direct or not access.acting(actor, group.pk).is_owner:
        raise NotAllowed(Right.EDIT_GROUP)


@transaction.atomic
def take(*, actor: User, group_id: UUID, export_id: UUID, now: datetime) -> Export:
    """The export that the owner downloads; the first time is written down. Raises NotAMember, NotAllowed, Gone."""
    group = locks.group(group_id)
    _require_owner(actor, group)
    row = Export.objects.filter(pk=export_id, group=group, state=ExportState.READY, expires_at__gt=now).first()
    if row is None:
        raise Gone
    if row.taken_at is None:
        row.taken_at = now
        row.save(update_fields=["taken_at"])
        log.record(group, "export_taken", actor, None, now)
    return row


# --- making -----------------------------------------------------------------------------------------------------------


def make_next(*, now: datetime) -> Export | None:
    """Make the export that has waited longest, or was left behind by a worker; None: there is none, or no turn."""
    row = _taken(now)
    if row is None:
        return None
    key = f"{_FOLDER}/{secrets.token_hex(16)}"
    try:
        with tempfile.TemporaryFile(prefix="planet-export-") as file:
            left_out = exporting.write(row.group, file, now=now, note=_signing(row))
            row.size = file.tell()
            file.seek(0)
            key = default_storage.save(key, File(file))
        return _finished(row, key, left_out)
    except _Lost:
        logger.warning("export %s was taken over", row.pk)
    except Exception:  # the soft time limit as well
        logger.exception("export %s failed", row.pk)
        _failed(row)
    default_storage.delete(key)
    return None


@transaction.atomic
def _taken(now: datetime) -> Export | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    making = Export.objects.filter(state=ExportState.MAKING)
    if making.filter(seen_at__gt=now - SILENT).count() >= MOST_AT_ONCE:
        return None
    free = Q(state=ExportState.WAITING, seen_at=None) | Q(
        state__in=[ExportState.WAITING, ExportState.MAKING], seen_at__lte=now - SILENT
    )
    row = Export.objects.filter(free).select_related("group__owner").order_by("asked_at").first()
    if row is None:
        return None
    if row.attempt >= MOST_ATTEMPTS:
        _give_up(row, now)
        return None
    row.state, row.attempt, row.seen_at, row.written = ExportState.MAKING, row.attempt + 1, now, 0
    row.save(update_fields=["state", "attempt", "seen_at", "written"])
    return row


def _signing(row: Export) -> Callable[[int], None]:
    """Say how far it is, and that somebody is at it; raises _Lost once that is another."""

    def note(written: int) -> None:
        if not _own(row).update(seen_at=timezone.now(), written=written):
            raise _Lost

    return note


def _own(row: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=row.pk, state=ExportState.MAKING, attempt=row.attempt)


def _finished(row: Export, key: str, left_out: int) -> Export:
    """It is ready; what was made before of this group goes. Raises _Lost."""
    now = timezone.now()
    with transaction.atomic():
        group = locks.group(row.group_id)
        row.state, row.key, row.left_out = ExportState.READY, key, left_out
        row.ready_at, row.expires_at = now, now + KEPT
        values = {name: getattr(row, name) for name in ("state", "key", "size", "left_out", "ready_at", "expires_at")}
        if not _own(row).update(**values):
            raise _Lost
        _erase(Export.objects.filter(group=group, state=ExportState.READY).exclude(pk=row.pk))
        telling.tell(group.owner_id, "group_exported", group, now, url=_page(group))
    return row


def _failed(row: Export) -> None:
    """It waits for another try, after a while."""
    _own(row).update(state=ExportState.WAITING, seen_at=timezone.now())


def _give_up(row: Export, now: datetime) -> None:
    Export.objects.filter(pk=row.pk).update(state=ExportState.FAILED)
    telling.tell(row.group.owner_id, "group_export_failed", row.group, now, url=_page(row.group))


def _page(group: Group) -> str:
    return f"{group.get_absolute_url()}manage/export/"


# --- erasing ----------------------------------------------------------------------------------------------------------


def erase_old(*, now: datetime) -> int:
    """Erase the exports whose time is over, and what workers left behind; how many, at most some hundreds a run."""
    over = Export.objects.filter(state=ExportState.READY, expires_at__lte=now).order_by("expires_at")[:500]
    return _erase(over) + _swept(now)


def _swept(now: datetime) -> int:
    """Archives that no row names: their worker died between storing and saying so."""
    try:
        names = {f"{_FOLDER}/{name}" for name in default_storage.listdir(_FOLDER)[1]}
    except FileNotFoundError:
        return 0
    lost = names - set(Export.objects.filter(key__in=names).values_list("key", flat=True))
    old = [name for name in lost if default_storage.get_modified_time(name) < now - _LOST_AFTER]
    for name in old:
        default_storage.delete(name)
    return len(old)


def _erase(rows: QuerySet[Export]) -> int:
    """The file first: a row without one is found again, a file without a row never."""
    gone = list(rows.values_list("pk", "key"))
    for _, key in gone:
        default_storage.delete(key)
    Export.objects.filter(pk__in=[pk for pk, _ in gone]).update(state=ExportState.ERASED, key="")
    return len(gone)
