"""Files that people hand on: known by what is in them, bounded, kept as they are, and only ever downloaded.

A file's name says what it should be, its bytes say what it is, and both must agree. Nothing that a computer would run,
and nothing that a browser would open as a page, is taken. A file's key is `private/files/<2 hex>/<32 hex>`: it has no
address; a view sends it (planet.web.private).
"""

import re
import secrets
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planet.web.images import Readable

MAX_BYTES: Final = 25 * 1024 * 1024
MAX_ENTRIES: Final = 10_000  # of an archive; nothing in it is ever unpacked
GRACE: Final = timedelta(days=1)
_ROOT: Final = "private/files"
_KEY = re.compile(r"private/files/([0-9a-f]{2})/\1[0-9a-f]{30}")
_TEXT: Final = ("txt", "md", "csv", "tsv", "json", "log", "yaml", "toml")
_OFFICE: Final = {
    "docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
# How the bytes of a kind begin (at an offset), and what it is called.
_BEGINNINGS: Final[dict[str, tuple[int, tuple[bytes, ...], str]]] = {
    "pdf": (0, (b"%PDF-",), "application/pdf"),
    "mp3": (0, (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), "audio/mpeg"),
    "m4a": (4, (b"ftyp",), "audio/mp4"),
    "ogg": (0, (b"OggS",), "audio/ogg"),
    "wav": (8, (b"WAVE",), "audio/wav"),
    "mp4": (4, (b"ftyp",), "video/mp4"),
    "webm": (0, (b"\x1a\x45\xdf\xa3",), "video/webm"),
}
ACCEPT: Final = ",".join(f".{name}" for name in (*_TEXT, *_BEGINNINGS, *_OFFICE, "zip"))  # for <input accept>


class BadFile(Exception):
    """The upload is no file that we take; the message says why, translated when it is shown."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Stored:
    """A stored file: its key, what it is, and its size in bytes."""

    key: str
    media_type: str
    size: int


def store(file: Readable, *, name: str) -> Stored:
    """Check and store an upload that is called `name`. Raises BadFile; then nothing is stored."""
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise BadFile(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise BadFile(_("The file is larger than 25 MB."))
    media_type = recognise(data, name=name)
    token = secrets.token_hex(16)
    key = f"{_ROOT}/{token[:2]}/{token}"
    default_storage.save(key, ContentFile(data))
    return Stored(key, media_type, len(data))


def recognise(data: bytes, *, name: str) -> str:
    """The media type of a file with these bytes and this name. Raises BadFile."""
    ending = name.rpartition(".")[2].lower()
    found: str | None = None
    if ending in _TEXT:
        found = "text/plain; charset=utf-8" if _is_text(data) else None
    elif ending in _BEGINNINGS:
        offset, beginnings, media_type = _BEGINNINGS[ending]
        found = media_type if data[offset : offset + 16].startswith(beginnings) else None
    elif ending == "zip" or ending in _OFFICE:
        found = _archive(data, ending)
    else:
        raise BadFile(_("Files of this kind cannot be sent. Put it into a .zip."))
    if found is None:
        raise BadFile(_("The file is damaged or is not what its name says."))
    return found


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _archive(data: bytes, ending: str) -> str | None:
    """What a zip is, by its list of entries, which is read without unpacking any. Office files are zips, too."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if len(names) > MAX_ENTRIES:
        return None
    if ending == "zip":
        return "application/zip"
    folder, media_type = _OFFICE[ending]
    is_office = "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
    return media_type if is_office else None


def discard(key: str) -> None:
    """Delete a file at once. Harmless for one that is gone, and for what is no key."""
    if _KEY.fullmatch(key):
        default_storage.delete(key)


def sweep(*, in_use: Callable[[Collection[str]], Collection[str]], now: datetime) -> int:
    """Delete the files that `in_use` does not name and that are older than GRACE. Returns how many."""
    swept = 0
    for shard in _listed(_ROOT)[0]:
        keys = {f"{_ROOT}/{shard}/{token}" for token in _listed(f"{_ROOT}/{shard}")[1]}
        for key in keys - set(in_use(keys)):
            if _KEY.fullmatch(key) and default_storage.get_modified_time(key) < now - GRACE:
                default_storage.delete(key)
                swept += 1
    return swept


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []
