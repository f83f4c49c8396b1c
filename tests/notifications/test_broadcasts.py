"""What an open inbox hears, read from the log that the socket replays."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.utils import timezone
from django.utils.translation import get_language

from planet.accounts.models import User
from planet.notifications import actions, broadcasts, queries
from planet.notifications.models import Kind, Notification
from planet.realtime import topics
from planet.realtime.connection import client, log_key
from tests.cast import Cast

NOW = timezone.now()
Commit = Callable[[], AbstractContextManager[list[Any]]]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def heard(user: User) -> list[dict[str, Any]]:
    entries: Any = client().xrange(log_key(f"user:{user.pk}"))
    return [msgspec.json.decode(fields[b"e"]) for _, fields in entries]


def like(actor: User, recipient: User, key: str = "1") -> None:
    group = f"like:{key}"
    actions.notify(recipients=[recipient.pk], kind=Kind.LIKE, actor=actor, group_key=group, url="/p/1/", now=NOW)


def test_a_new_row_arrives_with_the_number_of_unread_ones(cast: Cast, commit: Commit) -> None:
    with commit():
        like(cast.alice.user, cast.bob, "0")
        like(cast.alice.user, cast.bob)
    event = heard(cast.bob)[-1]
    assert (event["k"], event["d"]["unread"], event["d"]["kind"]) == ("notification", 2, "like")
    assert "<b>Alice</b> liked your post" in event["h"]


def test_nothing_is_heard_of_what_was_rolled_back(cast: Cast, commit: Commit) -> None:
    like(cast.alice.user, cast.bob)
    assert heard(cast.bob) == []


def test_the_row_speaks_its_readers_language(cast: Cast, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=cast.bob.pk).update(language="zh-hans")
    monkeypatch.setattr(broadcasts, "render_to_string", lambda *_: get_language())
    with commit():
        actions.notify(
            recipients=[cast.bob.pk, cast.charlie.pk],
            kind=Kind.MENTION,
            actor=cast.alice.user,
            group_key="mention:1",
            url="/p/1/",
            now=NOW,
        )
    assert [heard(person)[0]["h"] for person in (cast.bob, cast.charlie)] == ["zh-hans", "en"]


def test_a_group_that_grows_replaces_its_older_row(cast: Cast, commit: Commit) -> None:
    for actor in (cast.alice.user, cast.charlie):
        with commit():
            like(actor, cast.bob)
    first, second = heard(cast.bob)
    assert first["d"]["id"] == second["d"]["id"]
    assert second["d"]["unread"] == 1
    assert 'data-revision="0"' in first["h"]
    assert 'data-revision="1"' in second["h"]
    assert "<b>charlie</b> and <b>Alice</b> liked your post" in second["h"]


def test_what_is_taken_back_leaves_the_open_inbox(cast: Cast, commit: Commit) -> None:
    with commit():
        like(cast.alice.user, cast.bob)
        like(cast.charlie, cast.bob)
    row = Notification.objects.get()
    with commit():
        actions.withdraw(actor=cast.charlie, group_key="like:1", recipient_id=cast.bob.pk)
    assert "<b>Alice</b> liked your post" in heard(cast.bob)[-1]["h"]
    with commit():
        actions.withdraw(actor=cast.alice.user, group_key="like:1", recipient_id=cast.bob.pk)
    event = heard(cast.bob)[-1]
    assert (event["k"], event["d"]) == (
        "notification_removed",
        {"id": str(row.pk), "tab": "", "unread": 0, "mentions": 0, "filtered": 0},
    )


def test_reading_is_heard_in_the_other_tabs(cast: Cast, commit: Commit) -> None:
    like(cast.alice.user, cast.bob, "1")
    like(cast.alice.user, cast.bob, "2")
    row = Notification.objects.get(group_key="like:1")
    with commit():
        actions.mark_read(notification=row, now=NOW)
    assert heard(cast.bob)[-1]["d"] == {"id": str(row.pk), "tab": "", "unread": 1, "mentions": 0, "filtered": 0}
    with commit():
        actions.mark_all_read(actor=cast.bob, now=NOW)
    assert heard(cast.bob)[-1]["d"] == {"id": None, "tab": "", "unread": 0, "mentions": 0, "filtered": 0}


def test_a_count_that_was_overtaken_is_corrected(cast: Cast, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = queries.unread_counts
    overtaken = iter([True])

    def count(user_ids: Iterable[UUID]) -> dict[UUID, queries.Counts]:
        counts = counted(user_ids)
        if next(overtaken, False):  # another process commits between our count and our event
            like(cast.charlie, cast.bob, "2")
        return counts

    monkeypatch.setattr(queries, "unread_counts", count)
    with commit():
        like(cast.alice.user, cast.bob)
    assert [event["d"]["unread"] for event in heard(cast.bob)][:2] == [1, 2]
    assert heard(cast.bob)[-1]["d"]["unread"] == 2


def test_only_oneself_may_listen(cast: Cast) -> None:
    own = f"user:{cast.bob.pk}"
    assert topics.allowed(cast.bob.pk, [own]) == {own}
    assert topics.allowed(cast.charlie.pk, [own]) == set()
    assert topics.allowed(None, [own, "user:None"]) == set()
