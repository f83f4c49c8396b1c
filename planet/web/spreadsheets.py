"""Tables for people's spreadsheets: CSV, sent while it is read, and no cell a formula (OWASP, CSV injection)."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from django.http import HttpResponse, StreamingHttpResponse

# Spreadsheets of East Asia take the full-width ones for the same.
_FORMULA: Final = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class _Line:
    """What the csv writer writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as CSV, line by line; the first is the header."""
    writer = csv.writer(_Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"  # else Excel takes UTF-8 for something else
    for row in rows:
        yield writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula. Amounts may begin with a minus: they are numbers."""
    risky = text.lstrip()[:1] in _FORMULA or text[:1] in {"\t", "\r", "\n"}
    return f"'{text}" if risky and not _NUMBER.fullmatch(text) else text


def sent(rows: Iterable[Sequence[object]], *, filename: str) -> HttpResponse:
    """The answer that brings these rows as a file; they are read while it is sent, however many."""
    return attached(lines(rows), filename=filename, media_type="text/csv; charset=utf-8")


def attached(parts: Iterator[str], *, filename: str, media_type: str) -> HttpResponse:
    """A file that is written while it is sent, for this person alone."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
    answer = StreamingHttpResponse(parts, content_type=media_type, headers=headers)
    return cast("HttpResponse", answer)  # as all middleware and decorators treat it
