"""The owner's export: who gets it, what is in it, and what becomes of it when workers die."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from groups import exporting
from groups.actions import exports, polls
from groups.errors import Gone, NotAllowed, NotAMember, TooMany
from groups.models import Attachment, AttachmentKind, Export, ExportState, Group, LogEntry, Message
from planet.accounts.models import User
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_message
from tests.groups.conftest import NOW, write
from tests.together import together


@pytest.fixture(autouse=True)
def _kept_apart(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def asked(group: Group) -> Export:
    return exports.ask(actor=group.owner, group_id=group.pk, now=timezone.now())


def made(group: Group) -> Export:
    asked(group)
    row = exports.make_next(now=timezone.now())
    assert row
    return row


def opened(row: Export) -> zipfile.ZipFile:
    with default_storage.open(row.key) as file:
        return zipfile.ZipFile(BytesIO(file.read()))


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{name}.jsonl").splitlines()]


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_it_holds_what_was_said_by_whom_and_the_files(cast: Cast, group: Group) -> None:
    first = write(cast.bob, group, "Is the leg filled?")
    write(cast.alice.user, group, "It is — 成交了", reply_to=first.pk)
    key = default_storage.save("private/files/ab/abcdef", ContentFile(b"a,b\n1,2\n"))
    file = Attachment.objects.create(
        group=group, message=first, uploader=cast.bob, kind=AttachmentKind.FILE, key=key, name="fills.csv", size=8
    )
    archive = opened(made(group))
    said = lines(archive, "messages")
    assert [(row["author"], row["text"]) for row in said] == [("bob", first.text), ("alice", "It is — 成交了")]
    assert said[0]["files"] == [f"files/{file.pk}.csv"]
    assert archive.read(f"files/{file.pk}.csv") == b"a,b\n1,2\n"
    assert said[1]["reply_to"] == str(first.pk)
    assert {row["handle"] for row in lines(archive, "members")} == {"alice", "bob", "olga"}
    assert [row["id"] for row in lines(archive, "channels")] == [str(first.channel_id)]
    about = json.loads(archive.read("group.json"))
    assert about["handle"] == group.handle
    assert about["lines"]["messages"] == 2
    assert about["files"] == 1
    assert lines(archive, "log")[-1]["kind"] == "exported"


def test_nothing_that_was_deleted_or_is_secret_is_in_it(cast: Cast, group: Group) -> None:
    write(cast.bob, group, "seed phrase")
    Message.objects.update(text="", deleted_at=NOW, deleted_by=cast.bob)
    archive = opened(made(group))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert cast.bob.email.encode() not in everything
    assert b"seed phrase" not in everything
    assert lines(archive, "messages")[0]["deleted_at"]


def test_a_poll_tells_its_counts_and_no_names(cast: Cast, group: Group) -> None:
    channel = group.channels.get()
    message = polls.ask(
        author=cast.bob,
        channel=channel,
        question="Up?",
        options=["Yes", "No"],
        is_multiple=False,
        runs="ever",
        client_id=channel.pk,
        now=NOW,
    )
    polls.vote(actor=cast.alice.user, message_id=message.pk, options=[1], now=NOW)
    [said] = lines(opened(made(group)), "messages")
    assert said["poll"] == {"options": ["Yes", "No"], "votes": [0, 1], "voters": 1, "ends_at": None}


def test_a_file_that_is_lost_is_counted_and_stops_nothing(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    Attachment.objects.create(
        group=group, message=message, uploader=cast.bob, kind=AttachmentKind.FILE, key="private/files/none", size=1
    )
    assert made(group).left_out == 1


def test_pages_lose_nothing_whether_a_channel_is_large_or_small(
    cast: Cast, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    large = group.channels.get()
    small = [group.channels.create(name=f"c{number}") for number in range(3)]
    for channel, count in ((large, 8), (small[0], 2), (small[1], 1), (small[2], 3)):
        for number in range(count):
            make_message(channel, cast.bob, f"{channel.name}{number}")
    numbers: dict[str, list[int]] = {}
    for row in exporting.messages(group):
        numbers.setdefault(str(row["channel"]), []).append(row["number"])
    assert sorted(map(len, numbers.values())) == [1, 2, 3, 8]
    assert all(found == sorted(found) for found in numbers.values())


def test_many_messages_cost_no_more_questions_than_few(
    cast: Cast, group: Group, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_message(group.channels.get(), cast.bob, f"{number}")
    with django_assert_max_num_queries(3):
        assert len(list(exporting.messages(group))) == 30


# --- who --------------------------------------------------------------------------------------------------------------


def test_only_the_owner_asks(cast: Cast, group: Group) -> None:
    for actor, error in ((cast.bob, NotAllowed), (cast.charlie, NotAMember)):
        with pytest.raises(error):
            exports.ask(actor=actor, group_id=group.pk, now=NOW)
    assert not Export.objects.exists()
    assert not LogEntry.objects.exists()


def test_asking_again_while_it_is_made_is_asking_for_the_same(group: Group) -> None:
    assert asked(group).pk == asked(group).pk
    assert LogEntry.objects.filter(kind="exported").count() == 1


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_makes_one(group: Group) -> None:
    owner = group.owner
    assert not together(lambda _: exports.ask(actor=owner, group_id=group.pk, now=NOW))
    assert Export.objects.count() == 1


def test_three_a_day(group: Group) -> None:
    for _ in range(exports.MOST_A_DAY):
        made(group)
    with pytest.raises(TooMany):
        asked(group)


def test_the_desk_asks_shows_and_hands_out(cast: Cast, group: Group) -> None:
    page, owner = reverse("group_export", args=[group.handle]), cast.browser(cast.alice.user)
    assert page in owner.get(reverse("group_manage", args=[group.handle])).content.decode()
    assert owner.post(page).status_code == 302
    assert "waits for its turn" in owner.get(page).content.decode()
    row = exports.make_next(now=timezone.now())
    assert row
    file = reverse("group_export_file", args=[group.handle, row.pk])
    assert file in owner.get(page).content.decode()
    for _ in range(2):
        answer = owner.get(file)
        assert answer["Content-Type"] == "application/zip"
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        b"".join(answer)
    assert LogEntry.objects.filter(kind="export_taken").count() == 1
    told = Notification.objects.get(recipient=cast.alice.user)
    assert (told.group_key, told.url) == (f"group_exported:{group.pk}", page)


@pytest.mark.parametrize(("who", "status"), [("bob", 403), ("charlie", 404)])
def test_nobody_else_sees_or_gets_it(cast: Cast, group: Group, who: str, status: int) -> None:
    row, user = made(group), getattr(cast, who)
    assert isinstance(user, User)
    browser = cast.browser(user)
    for url in (
        reverse("group_export", args=[group.handle]),
        reverse("group_export_file", args=[group.handle, row.pk]),
    ):
        assert browser.get(url).status_code == status
    assert browser.post(reverse("group_export", args=[group.handle])).status_code == status
    assert not Export.objects.get().taken_at


def test_one_of_another_group_or_none_at_all_is_gone(cast: Cast, group: Group) -> None:
    row = made(group)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Gone):
        exports.take(actor=group.owner, group_id=group.pk, export_id=row.pk, now=timezone.now())
    with pytest.raises(Gone):
        exports.take(actor=group.owner, group_id=group.pk, export_id=group.pk, now=timezone.now())


# --- workers ----------------------------------------------------------------------------------------------------------


def test_what_a_killed_worker_left_is_begun_anew_after_its_silence(group: Group) -> None:
    asked(group)
    Export.objects.update(state=ExportState.MAKING, attempt=1, seen_at=timezone.now())
    assert exports.make_next(now=timezone.now()) is None
    row = exports.make_next(now=timezone.now() + exports.SILENT)
    assert row
    assert (row.state, row.attempt) == (ExportState.READY, 2)


def test_a_worker_that_lost_it_leaves_nothing(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(group)

    def taken_over(*_args: Any, **_options: Any) -> int:
        Export.objects.update(attempt=7)
        return 0

    monkeypatch.setattr(exporting, "write", taken_over)
    assert exports.make_next(now=timezone.now()) is None
    row = Export.objects.get()
    assert (row.state, row.key) == (ExportState.MAKING, "")
    assert not default_storage.listdir("private/exports")[1]


def test_a_failure_is_tried_again_and_given_up_in_the_end(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(exporting, "write", broken)
    asked(group)
    later = timezone.now()
    for _ in range(exports.MOST_ATTEMPTS + 1):
        assert exports.make_next(now=later) is None
        later += exports.SILENT * 2
    assert Export.objects.get().state == ExportState.FAILED
    assert Notification.objects.get().group_key == f"group_export_failed:{group.pk}"
    assert asked(group).state == ExportState.WAITING


def test_only_so_many_at_once(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 0)
    asked(group)
    assert exports.make_next(now=timezone.now()) is None


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_it_is_erased_in_time_and_by_the_next(group: Group) -> None:
    first, second = made(group), made(group)
    first.refresh_from_db()
    assert (first.state, first.key) == (ExportState.ERASED, "")
    assert exports.erase_old(now=timezone.now()) == 0
    assert exports.erase_old(now=timezone.now() + exports.KEPT) == 1
    assert not default_storage.exists(second.key)


def test_an_archive_that_no_row_names_is_swept(group: Group) -> None:
    kept = made(group)
    lost = default_storage.save("private/exports/lost", ContentFile(b"x"))
    assert exports.erase_old(now=timezone.now()) == 0
    assert exports.erase_old(now=timezone.now() + timedelta(hours=3)) == 1
    assert default_storage.exists(kept.key)
    assert not default_storage.exists(lost)
