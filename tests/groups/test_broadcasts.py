"""Nothing is missed silently: a channel that was written to is confirmed, whatever became of the push."""

import time
from typing import Any

import pytest
import redis
from django.db import transaction

from groups import broadcasts
from groups.models import Group
from planet.realtime.connection import client
from tests.cast import Cast
from tests.groups.conftest import Hearing, write


@pytest.fixture(autouse=True)
def _no_marks() -> None:
    client().delete(broadcasts.MARKED)


def test_the_last_message_is_confirmed_even_if_its_push_died_with_its_process(
    cast: Cast, group: Group, heard: Hearing
) -> None:
    write(cast.bob, group)  # in a test nothing commits: as if the process had died before it could tell
    events = heard(lambda: broadcasts.confirm(time.time()))
    channel = group.channels.get()
    assert ("revision", f"channel:{channel.pk}", {"revision": 1, "number": 1}) in [
        (event.kind, event.topic, event.data) for event in events
    ]


def test_a_channel_is_confirmed_until_no_transaction_can_be_open_still(cast: Cast, group: Group) -> None:
    write(cast.bob, group)
    now = time.time()
    assert [broadcasts.confirm(now), broadcasts.confirm(now + 60), broadcasts.confirm(now + 61)] == [1, 1, 0]


def test_what_was_rolled_back_is_told_to_nobody(cast: Cast, group: Group, heard: Hearing) -> None:
    def fail() -> None:
        with transaction.atomic():
            write(cast.bob, group)
            transaction.set_rollback(True)

    assert [event for event in heard(fail) if event.kind == "message"] == []
    (told,) = [event for event in heard(lambda: broadcasts.confirm(time.time())) if event.kind == "revision"]
    assert told.data["revision"] == 0


def test_a_message_is_written_while_redis_is_away(
    cast: Cast, group: Group, heard: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise redis.ConnectionError(name)

    monkeypatch.setattr(broadcasts, "client", Away)
    events = heard(lambda: write(cast.bob, group))
    assert group.channels.get().last_number == 1
    assert [event.kind for event in events] == ["message"]
