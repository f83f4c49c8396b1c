"""Pictures and files of messages: what is taken, who may see it, and what becomes of it."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from groups.actions import attaching, sending
from groups.errors import Gone, NotAllowed, NotAMember, TooMany
from groups.models import Attachment, Group, Membership, Message
from groups.rights import Right
from planet.accounts.models import User
from planet.web import files, images
from tests.cast import Cast
from tests.factories import make_group


@pytest.fixture(autouse=True)
def _storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def attach(group: Group, actor: User, name: str = "chart.png", data: bytes | None = None) -> Attachment:
    file = SimpleUploadedFile(name, png() if data is None else data)
    channel = group.channels.get()
    return attaching.attach(actor=actor, channel=channel, file=file, now=timezone.now())


def say(group: Group, author: User, *rows: Attachment) -> Message:
    channel = group.channels.get()
    ids = [row.pk for row in rows]
    return sending.send(channel=channel, author=author, text="", client_id=uuid4(), attachments=ids, now=timezone.now())


def fetch(browser: Client, where: str, size: str = "1600") -> tuple[int, Any, bytes]:
    """Status, headers and body; the file behind it is closed."""
    answer: Any = browser.get(where, {"size": size})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:  # not close(): that ends the connection, too, and with it this test's
        close()
    return answer.status_code, answer.headers, body


# --- what is taken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("notes.txt", "Fundamentals 基本面".encode(), "text/plain; charset=utf-8"),
        ("fills.CSV", b"a,b\n1,2", "text/plain; charset=utf-8"),
        ("paper.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("all.zip", archive("a.txt"), "application/zip"),
        ("table.xlsx", archive("[Content_Types].xml", "xl/workbook.xml"), files._OFFICE["xlsx"][1]),
        ("voice.ogg", b"OggS....", "audio/ogg"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_files_are_known_by_their_content(name: str, data: bytes, media_type: str) -> None:
    assert files.recognise(data, name=name) == media_type


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("logo.svg", b"<svg/>"),
        ("setup.exe", b"MZ"),
        ("noending", b"text"),
        ("paper.pdf", b"MZ not a paper"),
        ("notes.txt", b"\x00\x01binary"),
        ("notes.txt", b"\xff\xfe"),
        ("all.zip", b"PK but broken"),
        ("table.xlsx", archive("a.txt")),
        ("voice.wav", b"RIFF----AVI "),
    ],
    ids=[
        "html", "svg", "exe", "none", "pdf", "binary", "latin", "zip", "sheet", "wav",
    ],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(files.BadFile):
        files.recognise(data, name=name)


def test_an_archive_of_too_many_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ENTRIES", 2)
    with pytest.raises(files.BadFile):
        files.recognise(archive("a", "b", "c"), name="bomb.zip")


def test_sizes_are_capped(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    for data in (b"12345678901", b""):
        with pytest.raises(ValidationError):
            attach(group, cast.bob, "notes.txt", data)
    assert not Attachment.objects.exists()
    assert not list(Path(configured.MEDIA_ROOT).rglob("*"))


def test_a_bomb_is_no_picture(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    with pytest.raises(ValidationError):
        attach(make_group(cast.alice.user, "Basis", cast.bob), cast.bob)
    assert not Attachment.objects.exists()


def test_a_picture_is_encoded_anew_and_has_no_address(cast: Cast) -> None:
    row = attach(make_group(cast.alice.user, "Basis", cast.bob), cast.bob, "../..\\chart.png")
    assert (row.kind, row.width, row.height, row.media_type) == ("picture", 40, 30, "image/webp")
    assert "/" not in row.name
    with pytest.raises(ValueError, match="no address"):
        images.url(row.key, 480)
    assert cast.browser(cast.bob).get(f"/media/{images.rendition(row.key, 480)}").status_code == 404


# --- who attaches -----------------------------------------------------------------------------------------------------


def test_pictures_and_files_are_rights_of_their_own(cast: Cast) -> None:
    rights = int(Right.SEND | Right.PICTURES)
    group = make_group(cast.alice.user, "Basis", cast.bob, member_rights=rights)
    attach(group, cast.bob)
    with pytest.raises(NotAllowed):
        attach(group, cast.bob, "notes.txt", b"text")
    with pytest.raises(NotAMember):
        attach(group, cast.charlie)
    assert Attachment.objects.count() == 1


def test_who_never_sends_cannot_go_on_uploading(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_UNSENT", 1)
    group = make_group(cast.alice.user, "Basis", cast.bob)
    attach(group, cast.bob)
    with pytest.raises(TooMany):
        attach(group, cast.bob)


def test_only_the_uploader_describes_and_drops_and_only_before_it_is_sent(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    row = attach(group, cast.bob)
    with pytest.raises(Gone):
        attaching.describe(actor=cast.alice.user, attachment_id=row.pk, alt="Mine")
    attaching.describe(actor=cast.bob, attachment_id=row.pk, alt=" A  chart ")
    row.refresh_from_db()
    assert row.alt == "A chart"
    say(group, cast.bob, row)
    with pytest.raises(Gone):
        attaching.drop(actor=cast.bob, attachment_id=row.pk)
    with pytest.raises(Gone):
        attaching.describe(actor=cast.bob, attachment_id=row.pk, alt="Other")


# --- who sees it ------------------------------------------------------------------------------------------------------


def test_members_see_it_once_it_is_sent_and_nobody_else_ever(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    row = attach(group, cast.bob)
    where = reverse("attachment", args=[row.pk])
    bob, alice, charlie = (cast.browser(user) for user in (cast.bob, cast.alice.user, cast.charlie))
    assert (fetch(bob, where)[0], fetch(alice, where)[0]) == (200, 404)
    message = say(group, cast.bob, row)
    status, headers, body = fetch(alice, where, "480")
    assert (status, headers["Content-Type"], body[8:12]) == (200, "image/webp", b"WEBP")
    assert headers["Cache-Control"].startswith("private")
    assert charlie.get(where).status_code == 404
    assert alice.get(where, {"size": "31"}).status_code == 404
    Membership.objects.filter(user=cast.bob).delete()
    assert bob.get(where).status_code == 404
    Message.objects.filter(pk=message.pk).update(deleted_at=timezone.now())
    assert alice.get(where).status_code == 404


def test_a_file_is_downloaded_and_never_opened_as_a_page(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    row = attach(group, cast.bob, "Fills 成交.csv", b"a,b")
    say(group, cast.bob, row)
    _status, headers, body = fetch(cast.browser(cast.alice.user), row.get_absolute_url())
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Fills%20")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body == b"a,b"


def test_behind_the_proxy_the_proxy_sends_it(cast: Cast, settings: Any) -> None:
    settings.ACCEL_REDIRECT = True
    row = attach(make_group(cast.alice.user, "Basis", cast.bob), cast.bob, "notes.txt", b"text")
    answer = cast.browser(cast.bob).get(row.get_absolute_url())
    assert answer["X-Accel-Redirect"] == f"/{row.key}"
    assert answer.content == b""


# --- over HTTP --------------------------------------------------------------------------------------------------------


def test_an_upload_answers_what_the_composer_shows(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    where = reverse("channel_attach", args=[group.channels.get().pk])
    bob = cast.browser(cast.bob)
    answer = bob.post(where, {"file": SimpleUploadedFile("chart.png", png()), "alt": "A chart"})
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["kind"], shown["width"]) == ("picture", 40)
    change = reverse("attachment_change", args=[shown["id"]])
    assert bob.post(change, {"alt": "Another"}).status_code == 204
    assert cast.browser(cast.alice.user).post(change, {"drop": "1"}, headers={"HX-Request": "true"}).status_code == 410
    assert bob.post(change, {"drop": "1"}).status_code == 204
    assert bob.post(where).status_code == 400
    assert cast.browser(cast.charlie).post(where, {"file": SimpleUploadedFile("a.png", png())}).status_code == 404
    assert not Attachment.objects.exists()


def test_a_form_without_scripts_sends_its_files(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    sent = {"text": "", "client_id": str(uuid4()), "files": [SimpleUploadedFile("chart.png", png())]}
    cast.browser(cast.bob).post(reverse("channel_send", args=[group.channels.get().pk]), sent)
    assert Attachment.objects.get().message == Message.objects.get()


def test_the_media_of_a_group(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    say(group, cast.bob, attach(group, cast.bob), attach(group, cast.bob, "notes.txt", b"text"))
    where = reverse("group_media", args=[group.pk])
    page = cast.browser(cast.alice.user).get(where).content.decode()
    assert "<img" in page
    assert "notes.txt" not in page
    assert "notes.txt" in cast.browser(cast.alice.user).get(where, {"kind": "file"}).content.decode()
    assert cast.browser(cast.charlie).get(where).status_code == 404


# --- sweeping ---------------------------------------------------------------------------------------------------------


def test_what_hangs_on_nothing_goes_and_what_is_shared_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    sent, unsent = (attach(group, cast.bob, "notes.txt", text) for text in (b"one", b"two"))
    say(group, cast.bob, sent)
    later = timezone.now() + timedelta(days=3)
    assert attaching.sweep(now=timezone.now()) == 0
    assert attaching.sweep(now=later) == 2
    assert list(Attachment.objects.all()) == [sent]
    assert (default_storage.exists(sent.key), default_storage.exists(unsent.key)) == (True, False)
    picture = attach(group, cast.bob)
    assert attaching.in_use([picture.key, "private/aa/none"]) == {picture.key}
