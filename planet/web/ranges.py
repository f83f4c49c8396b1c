"""Stored files as responses: whole, or the one range of them that is asked for, as players do (RFC 9110, 14)."""

import re
from collections.abc import Iterator
from typing import Final

from django.core.files.base import File
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK: Final = 256 * 1024


def answer(file: File[bytes], *, media_type: str, asked: str = "") -> HttpResponseBase:
    """The file, or what the header Range (`asked`) names of it. What asks for something else is sent all of it."""
    found = _RANGE.fullmatch(asked)
    if found is None or not (found[1] or found[2]):
        return FileResponse(file, content_type=media_type, headers={"Accept-Ranges": "bytes"})
    size = file.size
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {first}-{last}/{size}",
        "Content-Length": str(last - first + 1),
    }
    return StreamingHttpResponse(_part(file, last - first + 1), status=206, content_type=media_type, headers=headers)


def _part(file: File[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
