"""From the Redis stream into PostgreSQL, in bulk, each event exactly once.

One transaction copies a batch and moves the cursor (Progress.stream_id) past it. Killed before the commit, neither has
happened; killed after it, the entries are still in the stream, but behind the cursor. The cursor's row is locked
meanwhile, so there is one drain at a time however many are started.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final

from django.db import connection, transaction

from planet.engagement import partitions, stream
from planet.engagement.models import Progress

ENTRIES: Final = 2000  # of the stream in one transaction: some ten thousand events
_COLUMNS: Final = "at, batch, page, viewer_id, creator_id, content_id, dwell_ms, place, is_guest, is_first"
COPY: Final = f"COPY {partitions.TABLE} ({_COLUMNS}) FROM STDIN WITH (FORMAT BINARY)"
# A row of COPY's binary format: the number of columns, then each with its length. All rows are equally long.
_ROW: Final = Struct(">h iq ii iq i16s i16s i16s ii ih i? i?")
HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL: Final = b"\xff\xff"
_EPOCH_MS: Final = 946_684_800_000  # 2000-01-01, where PostgreSQL's time begins


def drain(*, now: datetime) -> int:
    """Write everything that has arrived; returns how many events that were. 0 while another drain works."""
    total = 0
    while (written := _step(now)) is not None:
        entries, events = written
        total += events
        if entries < ENTRIES:
            break
    return total


def _step(now: datetime) -> tuple[int, int] | None:
    """One batch: (entries, events). None while another drain works."""
    with transaction.atomic():
        progress = _locked()
        if progress is None:
            return None
        entries = stream.after(progress.stream_id, ENTRIES)
        events = _write(progress, entries) if entries else 0
        if len(entries) < ENTRIES:
            progress.drained_at = now
        progress.save()
    if entries:
        stream.forget(progress.stream_id)
    return len(entries), events


def _locked() -> Progress | None:
    """The cursor, locked; at the start of the stream when that is not the one it belongs to."""
    Progress.objects.bulk_create([Progress(id=1)], ignore_conflicts=True)
    progress = Progress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if progress is not None and (epoch := stream.epoch(uuid.uuid4().hex)) != progress.epoch:
        progress.epoch, progress.stream_id = epoch, "0-0"
    return progress


def _write(progress: Progress, entries: Sequence[tuple[str, bytes, int]]) -> int:
    progress.batch += 1
    rows, first, last = rows_of(progress.batch, entries)
    oldest, newest = _time(first), _time(last)
    partitions.ensure(oldest, newest)
    with connection.cursor() as cursor, cursor.copy(COPY) as target:
        target.write(HEAD + b"".join(rows) + TAIL)
    progress.stream_id = entries[-1][0]
    progress.fresh_since = min(progress.fresh_since or oldest, oldest)
    return len(rows)


def rows_of(batch: int, entries: Sequence[tuple[str, bytes, int]]) -> tuple[list[bytes], int, int]:
    """The rows of some entries in COPY's binary format, and the first and last time among them in milliseconds."""
    rows: list[bytes] = []
    pack, start = _ROW.pack, stream.HEADER.size
    times = []
    for _, entry, fresh in entries:
        at, page, viewer, place, is_guest, _ = stream.HEADER.unpack_from(entry)
        times.append(at)
        micros = (at - _EPOCH_MS) * 1000
        guest = bool(is_guest)
        rows += [
            pack(
                *(10, 8, micros, 4, batch, 8, page, 16, viewer, 16, both[16:], 16, both[:16]),
                *(4, visible, 2, place, 1, guest, 1, bool(fresh >> item & 1)),
            )
            for item, visible, both in stream.REPORT.iter_unpack(memoryview(entry)[start:])
        ]
    return rows, min(times), max(times)


def _time(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
