"""Counts that change by the hundred are pushed a few times a second, and no browser misses a revision by it."""

import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import pytest
import redis

from groups import broadcasts, coalescing
from groups.actions import changing, polls, reacting
from groups.models import Group, Message
from planet.realtime.connection import client
from tests.cast import Cast
from tests.groups.conftest import NOW, Event, Hearing, write

Promised = list[Callable[[], None]]
EMOJI = ("🔥", "👀", "🚀", "👍")


def _storm(cast: Cast, *messages: Message) -> None:
    for message in messages:
        for emoji in EMOJI:
            for who in (cast.bob, cast.olga, cast.alice.user):
                reacting.react(message=message, actor=who, emoji=emoji, on=True, now=NOW)


def _quiet(message: Message) -> None:
    """Nothing was told of this channel for a while."""
    client().delete(f"planet:groups:changes:{message.channel_id}:told")


def _rows(events: list[Event]) -> list[Event]:
    return [event for event in events if event.kind == "message"]


def _stands_for(events: list[Event]) -> list[int]:
    return sorted(one for event in events for one in {event.data["revision"], *event.data.get("covers", ())})


def test_a_storm_of_reactions_is_pushed_at_once_and_then_together(
    cast: Cast, group: Group, heard: Hearing, promised: Promised
) -> None:
    message = write(cast.bob, group)
    at_once = _rows(heard(lambda: _storm(cast, message)))
    assert (len(at_once), len(promised)) == (1, 1)
    _quiet(message)
    together = _rows(heard(promised[0]))
    assert len(together) == 1
    assert together[0].html.count("<b>3</b>") == len(EMOJI), "the last state"
    assert set(_stands_for(at_once + together)) == set(range(2, 14)), "no revision is a hole"
    assert len(promised) == 1, "nothing waits any more"


def test_every_message_of_a_channel_is_told_of_once(
    cast: Cast, group: Group, heard: Hearing, promised: Promised
) -> None:
    one, other = write(cast.bob, group), write(cast.bob, group)
    heard(lambda: _storm(cast, one, other))
    _quiet(one)
    told = heard(promised[0])
    assert [event.data["id"] for event in told] == [str(one.pk), str(other.pk)]


def test_what_was_told_meanwhile_is_not_told_again(
    cast: Cast, group: Group, heard: Hearing, promised: Promised
) -> None:
    message = write(cast.bob, group)
    heard(lambda: _storm(cast, message))
    _quiet(message)
    heard(lambda: reacting.react(message=message, actor=cast.bob, emoji="🎯", on=True, now=NOW))
    assert heard(promised[0]) == []


def test_a_promise_that_comes_too_early_is_made_again(
    cast: Cast, group: Group, heard: Hearing, promised: Promised
) -> None:
    message = write(cast.bob, group)
    heard(lambda: _storm(cast, message))
    client().set(f"planet:groups:changes:{message.channel_id}:told", 1)  # another process has just told
    assert heard(promised[0]) == []
    _quiet(message)
    assert [len(promised), len(heard(promised[1]))] == [2, 1]


def test_what_a_process_that_died_had_promised_is_told_by_the_next(
    cast: Cast, group: Group, heard: Hearing, promised: Promised
) -> None:
    message = write(cast.bob, group)
    at_once = _rows(heard(lambda: _storm(cast, message)))
    promised.clear()
    _quiet(message)
    last = _rows(heard(lambda: reacting.react(message=message, actor=cast.bob, emoji="🎯", on=True, now=NOW)))
    assert set(_stands_for(at_once + last)) == set(range(2, 15))


def test_without_redis_every_change_is_told(
    cast: Cast, group: Group, heard: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise redis.ConnectionError(name)

    message = write(cast.bob, group)
    monkeypatch.setattr(coalescing, "client", Away)
    events = _rows(heard(lambda: _storm(cast, message)))
    assert (len(events), set(_stands_for(events))) == (12, set(range(2, 14)))


def test_a_vote_that_changes_nothing_takes_no_revision(cast: Cast, group: Group, heard: Hearing) -> None:
    channel = group.channels.get()
    asked = polls.ask(
        channel=channel,
        author=cast.bob,
        question="Which leg?",
        options=["Spot", "Perp"],
        is_multiple=False,
        runs=next(iter(polls.RUNS)),
        client_id=uuid.uuid4(),
        now=NOW,
    )
    run = lambda: polls.vote(actor=cast.olga, message_id=asked.pk, options=[1], now=NOW)  # noqa: E731
    assert [event.kind for event in heard(run)] == ["message"]
    channel.refresh_from_db()
    before = channel.last_revision
    assert heard(run) == []
    channel.refresh_from_db()
    assert channel.last_revision == before


def test_many_at_once_take_each_change_exactly_once() -> None:
    """Processes share what waits: what one takes, no other has."""
    channel, message = uuid.uuid4(), uuid.uuid4()
    told: list[int] = []

    def tell(_channel: UUID, changes: Mapping[UUID, Collection[int]]) -> None:
        told.extend(changes[message])

    def run(first: int) -> None:
        for revision in range(first, first + 25):
            client().delete(f"planet:groups:changes:{channel}:told")
            coalescing.soon(channel, message, revision, tell)

    threads = [threading.Thread(target=run, args=[first]) for first in range(0, 100, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client().delete(f"planet:groups:changes:{channel}:told")
    coalescing.soon(channel, message, 100, tell)
    assert sorted(told) == list(range(101))


@pytest.mark.parametrize(("members", "spread"), [(10, 5), (6_000, 3_000), (200_000, 10_000)], ids=str)
def test_the_larger_the_group_the_longer_its_members_take_to_ask(
    cast: Cast, group: Group, heard: Hearing, members: int, spread: int
) -> None:
    write(cast.bob, group)
    Group.objects.filter(pk=group.pk).update(members_count=members)
    events = heard(lambda: changing.delete_all(group_id=group.pk, author=cast.bob, actor=cast.alice.user, now=NOW))
    assert [event.data for event in events if event.kind == "revision"] == [{"revision": 2, "spread": spread}]


def test_a_pushed_row_without_company_covers_nothing(cast: Cast, group: Group, heard: Hearing) -> None:
    (event,) = _rows(heard(lambda: broadcasts.counted(write(cast.bob, group))))[1:]
    assert "covers" not in event.data
