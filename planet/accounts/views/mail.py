"""In development, the mail that was "sent": files in a directory, shown as pages."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 100


@dataclass(frozen=True)
class Mail:
    """A mail that was written to a file."""

    name: str
    to: str
    subject: str
    date: str
    text: str


def development_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that does not exist outside development."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.DEVELOPMENT:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _files() -> list[Path]:
    """The newest mails first; the backend names files by time."""
    return sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda path: path.name, reverse=True)[:SHOWN]


def _read(path: Path) -> Mail:
    # A file may hold several mails of one connection, each ended by a line of dashes; the last is shown.
    raw = path.read_bytes().strip().removesuffix(b"-" * 79)
    message = email.message_from_bytes(raw.rpartition(b"-" * 79 + b"\n")[2], policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # what this policy makes
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return Mail(path.name, str(message["To"]), str(message["Subject"]), str(message["Date"]), text)


@require_safe
@development_only
def index(request: HttpRequest) -> HttpResponse:
    """The newest hundred mails."""
    return render(request, "accounts/mail_list.html", {"mails": [_read(path) for path in _files()]})


@require_safe
@development_only
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail. The name is looked up among the files, never made into a path."""
    path = next((path for path in _files() if path.name == name), None)
    if path is None:
        raise Http404
    return render(request, "accounts/mail.html", {"mail": _read(path)})
