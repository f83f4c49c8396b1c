"""Nothing is missed silently: a channel that was written to is confirmed, whatever became of the push."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import redis
from django.db import transaction

from groups import broadcasts, showing
from groups.actions import changing, pinning
from groups.models import Group, Message
from planet.accounts.models import User
from planet.realtime.connection import client
from tests.cast import Cast
from tests.groups.conftest import NOW, Hearing, write


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


def test_a_row_that_was_drawn_before_is_never_an_old_one(cast: Cast, group: Group) -> None:
    """Rows are kept under all that they show: a new name, title, pin or edit draws them anew."""
    message = write(cast.bob, group, "Now", reply_to=write(cast.olga, group, "Then").pk)
    seen = [_row(message.pk)]

    def changes(change: Callable[[], object]) -> None:
        change()
        seen.append(_row(message.pk))
        assert seen[-1] not in seen[:-1]

    assert _row(message.pk) == seen[0]
    changes(lambda: User.objects.filter(pk=cast.bob.pk).update(display_name="Robert"))
    changes(lambda: group.memberships.filter(user=cast.bob).update(title="Quant"))
    changes(lambda: pinning.pin(message=message, actor=cast.alice.user, on=True, now=NOW))
    changes(lambda: changing.edit(message=message, actor=cast.bob, text="Later", now=NOW))
    changes(lambda: changing.edit(message=Message.objects.get(text="Then"), actor=cast.olga, text="Ago", now=NOW))


def _row(message_id: UUID) -> str:
    message = showing.with_people(Message.objects.filter(pk=message_id)).select_related("channel__group").get()
    showing.dress([message], group=message.channel.group)
    return str(showing.fragment(message))
