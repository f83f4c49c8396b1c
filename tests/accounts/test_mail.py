"""In development, sent mail is read in the browser."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client

BACKEND = "django.core.mail.backends.filebased.EmailBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _development(settings: Any, tmp_path: Path) -> None:
    settings.DEVELOPMENT = True
    settings.EMAIL_FILE_PATH = tmp_path
    connections = []  # kept: a file is named after the second and where its connection lies in memory
    for subject, text in (
        ("Hello <b>", "Open https://planet.example/x?a=1&b=2 <script>alert(1)</script>"),
        ("简体", "中文"),
    ):
        message = EmailMessage(subject, text, "no-reply@planet.example", ["dora@example.com"])
        connections.append(get_connection(BACKEND, file_path=str(tmp_path)))
        connections[-1].send_messages([message])


def names(client: Client) -> list[str]:
    return [mail.name for mail in client.get("/dev/mail/").context["mails"]]


def test_mails_are_listed(client: Client) -> None:
    page = client.get("/dev/mail/").content.decode()
    assert "dora@example.com" in page
    assert "Hello &lt;b&gt;" in page
    assert "简体" in page


def test_a_mail_shows_its_text_escaped_and_its_links(client: Client) -> None:
    pages = [client.get(f"/dev/mail/{name}/").content.decode() for name in names(client)]
    (page,) = (page for page in pages if "planet.example/x" in page)
    assert 'href="https://planet.example/x?a=1&amp;b=2"' in page
    assert "<script>alert(1)" not in page
    assert "-----" not in page


@pytest.mark.parametrize("name", ["nothing.log", "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", ".."])
def test_only_mails_are_shown(client: Client, name: str) -> None:
    assert client.get(f"/dev/mail/{name}/").status_code == 404


def test_a_directory_that_is_not_there_yet_is_empty(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "later"
    assert names(client) == []


def test_outside_development_there_is_no_such_page(client: Client, settings: Any) -> None:
    (name, *_) = names(client)
    settings.DEVELOPMENT = False
    assert client.get("/dev/mail/").status_code == 404
    assert client.get(f"/dev/mail/{name}/").status_code == 404
