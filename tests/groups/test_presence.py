"""Who is online in a group that somebody has open: told when it changes, and bounded however large the group is."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups import presence
from groups.models import Group
from groups.rights import Right
from planet.accounts.models import User
from planet.realtime import topics
from planet.realtime.connection import ONLINE_KEY, client
from tests.cast import Cast
from tests.factories import make_group, make_user
from tests.groups.conftest import make_helper

Pushed = list[tuple[str, str, Any]]


@pytest.fixture(autouse=True)
def _nobody_online() -> None:
    client().delete(ONLINE_KEY)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pushed]:
    """What is pushed when a hub says that these groups are open."""

    def telling(*groups: Group) -> Pushed:
        pushed: Pushed = []
        with monkeypatch.context() as patch:
            patch.setattr(presence, "publish", lambda *event: pushed.append(event))
            for group in groups:
                client().delete(f"planet:groups:presence:{group.pk}:asked")  # a few seconds later
            presence.tell([str(group.pk) for group in groups])
        return pushed

    return telling


def _come(*people: User) -> None:
    client().zadd(ONLINE_KEY, {str(person.pk): time.time() + 50 for person in people})


def test_coming_and_going_is_told_and_nothing_else(cast: Cast, group: Group, told: Callable[..., Pushed]) -> None:
    topic = f"group:{group.pk}"
    assert told(group) == [(topic, "presence", {"online": [], "count": 0})]
    _come(cast.bob, cast.charlie, cast.alice.user)
    here = sorted([str(cast.bob.pk), str(cast.alice.user.pk)])
    assert told(group) == [(topic, "presence", {"online": here, "count": 2})], "Charlie is no member"
    assert told(group) == [], "nothing has changed"
    client().zrem(ONLINE_KEY, str(cast.bob.pk))
    assert [state["count"] for _, _, state in told(group)] == [1]


def test_several_hubs_ask_once(cast: Cast, group: Group, told: Callable[..., Pushed]) -> None:
    told(group)
    _come(cast.bob)
    with CaptureQueriesContext(connection) as asked:
        presence.tell([str(group.pk)])
    assert len(asked) == 0


def test_of_a_large_group_only_those_are_told_whom_its_page_lists(
    cast: Cast, group: Group, told: Callable[..., Pushed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LISTED", 1)
    monkeypatch.setattr(presence, "COUNTED", 2)
    people = [make_user(f"late{n}") for n in range(4)]
    big = make_group(cast.alice.user, "Big", cast.bob, *people)
    make_helper(big, cast.bob, Right.DELETE)
    _come(cast.alice.user, cast.bob, *people)
    ((_, _, state),) = told(big)
    named = {str(person.pk) for person in (cast.alice.user, cast.bob, people[3], people[2])}
    assert (set(state["online"]), state["count"]) == (named, None)


def test_many_groups_are_asked_about_in_one_statement(cast: Cast, group: Group, told: Callable[..., Pushed]) -> None:
    others = [make_group(cast.alice.user, f"Other {n}", cast.bob) for n in range(3)]
    with CaptureQueriesContext(connection) as asked:
        assert len(told(group, *others)) == 4
    assert len(asked) == 1


def test_without_redis_nobody_hears_and_nothing_fails(
    cast: Cast, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise redis.ConnectionError(name)

    monkeypatch.setattr(presence, "client", Away)
    presence.tell([str(group.pk)])


def test_the_hub_knows_whom_to_tell_that_groups_are_open() -> None:
    assert topics.watches()["group"] is presence.tell
