"""Follows from many threads at once, against the real database."""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from creators import actions
from creators.actions import CannotFollow
from creators.models import Creator, Follow
from planet.accounts import queries
from planet.accounts.models import Block, KycState, User
from tests.cast import Cast
from tests.factories import make_creator, make_user

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket is not what is tested here."""
    monkeypatch.setattr("creators.broadcasts.publish", lambda *event: None)


def at_once(jobs: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the jobs in threads that start together; their results, or the exceptions that they raised."""
    ready = list(jobs)
    barrier = Barrier(len(ready))

    def run(job: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return job()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(ready)) as pool:
        return list(pool.map(run, ready))


def assert_counts_are_exact() -> None:
    assert [
        (creator.pk, creator.followers_count)
        for creator in Creator.objects.all()
        if creator.followers_count != Follow.objects.filter(creator=creator).count()
    ] == []
    assert [
        (user.pk, user.following_count)
        for user in User.objects.all()
        if user.following_count != Follow.objects.filter(follower=user).count()
    ] == []


def test_hammering_follow_unfollow_and_sever_leaves_exact_counts() -> None:
    creators = [make_creator(f"creator{n}") for n in range(4)]
    people = [make_user(f"reader{n}") for n in range(4)] + [creator.user for creator in creators]

    def hammer(seed: int) -> Callable[[], int]:
        dice = random.Random(seed)

        def run() -> int:
            done = 0
            for _step in range(40):
                person, creator = dice.choice(people), dice.choice(creators)
                verb = dice.choice(("follow", "follow", "unfollow", "sever"))
                try:
                    if verb == "follow":
                        done += actions.follow(actor=person, creator=creator, now=timezone.now())
                    elif verb == "unfollow":
                        done += actions.unfollow(actor=person, creator=creator)
                    elif person.pk != creator.pk:
                        actions.sever(person.pk, creator.pk)
                except CannotFollow:
                    assert person.pk == creator.pk
            return done

        return run

    results = at_once(hammer(seed) for seed in range(8))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(results) > 50
    assert Follow.objects.exists()
    assert_counts_are_exact()
    assert actions.repair_counts() == []


def test_a_hundred_follow_clicks_at_once_count_once(cast: Cast) -> None:
    results = at_once(
        lambda: actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now()) for _click in range(12)
    )
    assert sorted(results) == [False] * 11 + [True]
    assert_counts_are_exact()


def test_a_follow_never_slips_past_a_block(cast: Cast) -> None:
    for attempt in range(10):
        reader = make_user(f"reader{attempt}")

        def follow(reader: User = reader) -> bool:
            return actions.follow(actor=reader, creator=cast.alice, now=timezone.now())

        def block(reader: User = reader) -> None:
            actions.block(actor=cast.alice.user, target=reader, now=timezone.now())

        followed, blocked = at_once([follow, block])
        assert blocked is None
        assert followed is True or isinstance(followed, CannotFollow)
        assert Block.objects.filter(target=reader).exists()
        assert not Follow.objects.filter(follower=reader).exists()
    assert_counts_are_exact()


def test_without_the_lock_a_follow_does_slip_past_a_block(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: proves that the race is real, so that the test above proves something."""
    monkeypatch.setattr("creators.locks.pair", lambda *_pair: None)
    looked, blocked = Barrier(2), Barrier(2)
    real = queries.blocked_between

    def looks_then_waits(one: UUID, other: UUID) -> bool:
        found = real(one, other)
        looked.wait(10)
        blocked.wait(10)
        return found

    monkeypatch.setattr(queries, "blocked_between", looks_then_waits)

    def follow() -> bool:
        return actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())

    def block() -> None:
        looked.wait(10)
        actions.block(actor=cast.alice.user, target=cast.charlie, now=timezone.now())
        blocked.wait(10)

    assert at_once([follow, block]) == [True, None]
    assert Follow.objects.filter(follower=cast.charlie).exists()
    assert Block.objects.filter(target=cast.charlie).exists()


def test_activating_from_many_tabs_makes_one_profile(cast: Cast) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(kyc_state=KycState.APPROVED)

    def activate() -> Creator:
        person = User.objects.get(pk=cast.charlie.pk)
        return actions.activate(actor=person, display_name="Charlie", now=timezone.now())

    assert {creator.pk for creator in at_once([activate] * 8)} == {cast.charlie.pk}
    assert Creator.objects.filter(pk=cast.charlie.pk).count() == 1


def test_the_nightly_check_does_not_take_a_follow_in_flight_for_drift(cast: Cast) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(followers_count=5)
    started = Barrier(2)

    def follow() -> None:
        with transaction.atomic():
            actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())
            started.wait(10)

    def check() -> list[actions.Drift]:
        started.wait(10)
        return actions.repair_counts()

    done, _found = at_once([follow, check])
    assert done is None
    actions.repair_counts()
    assert_counts_are_exact()
