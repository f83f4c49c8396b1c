"""A group as one archive: lines of JSON, and the files that were sent.

Everything is walked in pages by an index, so memory does not grow with the group, and no transaction stays open for as
long as a large one takes. What is written between two pages may be in the later lines and not in the earlier ones, as
in any log. What is not in it: texts that were deleted, who voted for what, tokens, and anything of a member that the
group does not show.
"""

import json
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from typing import IO, Any, Final, cast

from django.core.files.storage import default_storage
from django.db.models import F, QuerySet

from groups.models import Attachment, AttachmentKind, Ban, Channel, Group, InviteLink, LogEntry, Membership, Message
from groups.rights import Right
from planet.web import images

VERSION: Final = 1
PAGE: Final = 2000
NOTED_EVERY: Final = 5  # seconds
MOST_BYTES: Final = 4 * 1024**3  # of files; the newest go in first
_PIECE: Final = 1024 * 1024

Note = Callable[[int], None]


class _Counter:
    """Counts lines, and says so now and then."""

    def __init__(self, note: Note) -> None:
        self.lines, self._note, self._noted = 0, note, time.monotonic()

    def line(self) -> None:
        self.lines += 1
        if self.lines % 100 == 0:
            self.tell()

    def tell(self) -> None:
        if time.monotonic() > self._noted + NOTED_EVERY:
            self._noted = time.monotonic()
            self._note(self.lines)


def write(group: Group, into: IO[bytes], *, now: datetime, note: Note) -> int:
    """Write a group's archive; how many files are not in it. `note` hears the number of lines from time to time."""
    count = _Counter(note)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        parts: dict[str, Iterable[dict[str, Any]]] = {
            "channels": channels(group),
            "roles": roles(group),
            "members": members(group),
            "bans": bans(group),
            "invite_links": links(group),
            "messages": messages(group),
            "log": log(group),
        }
        written = {name: _lines(archive, f"{name}.jsonl", rows, count) for name, rows in parts.items()}
        files, left_out = _files(archive, group, count)
        about = {
            **_about(group),
            "version": VERSION,
            "exported_at": now,
            "lines": written,
            "files": files,
            "left_out": left_out,
        }
        archive.writestr("group.json", json.dumps(about, default=_plain, ensure_ascii=False, indent=2))
    return left_out


def _lines(archive: zipfile.ZipFile, name: str, rows: Iterable[dict[str, Any]], count: _Counter) -> int:
    before = count.lines
    with _text(archive, name) as file:
        for row in rows:
            file.write(json.dumps(row, default=_plain, ensure_ascii=False))
            file.write("\n")
            count.line()
    return count.lines - before


@contextmanager
def _text(archive: zipfile.ZipFile, name: str) -> Iterator[TextIOWrapper]:
    with archive.open(name, "w", force_zip64=True) as raw, TextIOWrapper(raw, "utf-8") as file:
        yield file


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _words(value: int) -> list[str]:
    """Rights by their names, which outlive their numbers."""
    return [right.name.lower() for right in Right(value) if right.name]


# --- what the parts hold ----------------------------------------------------------------------------------------------


def _about(group: Group) -> dict[str, Any]:
    names = ("handle", "name", "about", "rules", "welcome", "topics", "visibility", "admission", "gates", "created_at")
    return {
        "id": group.pk,
        **{name: getattr(group, name) for name in names},
        "owner": group.owner.handle,
        "members": group.members_count,
        "member_rights": _words(group.member_rights),
        "slow_seconds": group.slow_seconds,
        "quiet_hours": [group.quiet_from, group.quiet_until, group.time_zone] if group.quiet_from else None,
        "questions": list(group.questions.order_by("position").values_list("text", flat=True)),
    }


def channels(group: Group) -> Iterator[dict[str, Any]]:
    """The channels and threads."""
    rows = Channel.objects.filter(group=group).annotate(message=F("root__number"), parent=F("root__channel"))
    names = ("id", "kind", "name", "about", "position", "parent", "message", "last_number", "created_at", "archived_at")
    yield from rows.order_by("id").values(*names).iterator(PAGE)


def roles(group: Group) -> Iterator[dict[str, Any]]:
    """The roles, the highest first."""
    for role in group.roles.order_by("-rank", "id"):
        yield {"id": role.pk, "name": role.name, "rank": role.rank, "rights": _words(role.rights)}


def members(group: Group) -> Iterator[dict[str, Any]]:
    """Who is in, by handle, in the order of coming; and who was asked and has not answered."""
    rows = Membership.objects.filter(group=group).annotate(
        handle=F("user__handle"), name=F("user__display_name"), role_name=F("role__name"), by=F("invited_by__handle")
    )
    for row in _walk(rows, "handle", "name", "role_name", "title", "by", "created_at", "accepted_at"):
        yield {"role": row.pop("role_name"), "invited_by": row.pop("by"), **row}


def bans(group: Group) -> Iterator[dict[str, Any]]:
    """Who may not come back, and who might not."""
    rows = Ban.objects.filter(group=group).annotate(handle=F("user__handle"), banned_by=F("by__handle"))
    yield from _walk(rows, "handle", "reason", "banned_by", "created_at", "until", "lifted_at")


def links(group: Group) -> Iterator[dict[str, Any]]:
    """The invite links and how often each was used; not their addresses, which would still let people in."""
    rows = InviteLink.objects.filter(group=group).annotate(made_by=F("by__handle"))
    yield from _walk(rows, "name", "made_by", "uses", "created_at", "expires_at", "revoked_at")


def log(group: Group) -> Iterator[dict[str, Any]]:
    """The recent actions, the oldest first."""
    rows = LogEntry.objects.filter(group=group).annotate(by=F("actor__handle"), about=F("target__handle"))
    yield from _walk(rows, "at", "kind", "by", "about", "data")


def _walk(rows: QuerySet[Any], *names: str) -> Iterator[dict[str, Any]]:
    """Rows by their key, a page at a time."""
    last: object = None
    while page := list((rows.filter(pk__gt=last) if last else rows).order_by("pk").values("pk", *names)[:PAGE]):
        last = page[-1]["pk"]
        for row in page:
            row.pop("pk")
            yield row


# --- messages ---------------------------------------------------------------------------------------------------------

_FIELDS: Final = (
    *("id", "channel", "number", "kind", "handle", "text", "created_at", "edited_at", "deleted_at", "reply_to"),
    *("event", "card", "forwarded", "reactions", "options", "counts", "voters", "poll_ends"),
)


def messages(group: Group) -> Iterator[dict[str, Any]]:
    """Everything that was said, channel by channel, in order; with polls and the names of the files."""
    for page in _pages(group):
        named = _named([row["id"] for row in page])
        for row in page:
            yield _message(row, named.get(row["id"], []))


def _message(row: dict[str, Any], files: list[str]) -> dict[str, Any]:
    poll = {"options": row.pop("options"), "votes": row.pop("counts"), "voters": row.pop("voters")}
    poll["ends_at"] = row.pop("poll_ends")
    said = {"author": row.pop("handle"), **row}
    optional = ("edited_at", "deleted_at", "reply_to", "event", "card", "forwarded", "reactions")
    said = {name: value for name, value in said.items() if value or name not in optional}
    if poll["options"]:
        said["poll"] = poll
    if files:
        said["files"] = files
    return said


def _pages(group: Group) -> Iterator[list[dict[str, Any]]]:
    """Small channels (threads, most of all) share a page, a large one is walked by its numbers."""
    several: list[Any] = []
    room = PAGE
    sizes = Channel.objects.filter(group=group, last_number__gt=0).order_by("id").values_list("id", "last_number")
    for channel_id, size in sizes.iterator(PAGE):
        if size > room and several:
            yield list(_rows(several))
            several, room = [], PAGE
        if size > PAGE:
            yield from _large(channel_id)
        else:
            several.append(channel_id)
            room -= size
    if several:
        yield list(_rows(several))


def _large(channel_id: object) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while page := list(_rows([channel_id]).filter(number__gt=last)[:PAGE]):
        last = page[-1]["number"]
        yield page


def _rows(ids: list[Any]) -> "QuerySet[Message, dict[str, Any]]":
    rows = Message.objects.filter(channel__in=ids).order_by("channel", "number")
    named = rows.annotate(
        handle=F("author__handle"),
        options=F("poll_row__options"),
        counts=F("poll_row__counts"),
        voters=F("poll_row__voters"),
        poll_ends=F("poll_row__ends_at"),
    )
    return cast("QuerySet[Message, dict[str, Any]]", named.values(*_FIELDS))


def _named(ids: list[Any]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for row in Attachment.objects.filter(message__in=ids, message__deleted_at=None).order_by("position", "id"):
        if row.message_id:
            found.setdefault(row.message_id, []).append(_name(row))
    return found


# --- files ------------------------------------------------------------------------------------------------------------


def _name(row: Attachment) -> str:
    ending = "webp" if row.kind == AttachmentKind.PICTURE else row.name.rpartition(".")[2].lower()
    return f"files/{row.pk}.{ending}"


def _files(archive: zipfile.ZipFile, group: Group, count: _Counter) -> tuple[int, int]:
    """Put the files in, the newest first, as they are; how many are, and how many are not."""
    room, put, left_out = MOST_BYTES, 0, 0
    for row in _attachments(group):
        if row.size <= room and _put(archive, row):
            room -= row.size
            put += 1
        else:
            left_out += 1
        count.line()
        count.tell()
    return put, left_out


def _attachments(group: Group) -> Iterator[Attachment]:
    sent = Attachment.objects.filter(group=group, message__isnull=False, message__deleted_at=None)
    for kind in AttachmentKind:
        last = None
        of_kind = sent.filter(kind=kind).order_by("-id")
        while page := list((of_kind.filter(pk__lt=last) if last else of_kind)[:200]):
            last = page[-1].pk
            yield from page


def _put(archive: zipfile.ZipFile, row: Attachment) -> bool:
    """False for one that the storage has lost."""
    stored = images.rendition(row.key, 1600) if row.kind == AttachmentKind.PICTURE else row.key
    try:
        source = default_storage.open(stored)
    except FileNotFoundError:
        return False
    entry = zipfile.ZipInfo(_name(row), date_time=row.created_at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_STORED  # all of them are packed already, as good as it gets
    with source, archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            target.write(piece)
    return True
