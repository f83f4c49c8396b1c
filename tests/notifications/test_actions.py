"""Telling people: grouped, exact, and only who wants to hear."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from planet.accounts.models import Block, Mute, User
from planet.notifications import actions, queries
from planet.notifications.models import Kind, Notification, NotificationActor
from tests.cast import Cast
from tests.factories import make_user

NOW = timezone.now()


def like(actor: User, recipient: User, group: str = "like:1", minutes: int = 0) -> None:
    actions.notify(
        recipients=[recipient.pk],
        kind=Kind.LIKE,
        actor=actor,
        group_key=group,
        url="/p/1/",
        excerpt="gm",
        now=NOW + timedelta(minutes=minutes),
    )


def test_likes_of_one_post_are_one_row_with_the_newest_three_first(cast: Cast) -> None:
    people = [make_user(f"reader{n}") for n in range(5)]
    for minute, person in enumerate(people):
        like(person, cast.alice.user, minutes=minute)
    row = Notification.objects.get()
    assert row.actor_count == 5
    assert row.newest_actors == [people[4].pk, people[3].pk, people[2].pk]
    assert row.updated_at == NOW + timedelta(minutes=4)
    assert row.created_at == NOW


def test_the_same_person_counts_once_and_comes_first_again(cast: Cast) -> None:
    like(cast.bob, cast.alice.user)
    like(cast.charlie, cast.alice.user, minutes=1)
    like(cast.bob, cast.alice.user, minutes=2)
    row = Notification.objects.get()
    assert row.actor_count == 2
    assert row.newest_actors == [cast.bob.pk, cast.charlie.pk]


def test_what_was_read_is_not_joined(cast: Cast) -> None:
    like(cast.bob, cast.alice.user)
    actions.mark_read(notification=Notification.objects.get(), now=NOW)
    like(cast.charlie, cast.alice.user, minutes=1)
    rows = Notification.objects.order_by("created_at")
    assert list(rows.values_list("actor_count", "read_at")) == [(1, NOW), (1, None)]


def test_nobody_is_told_of_what_they_did_themselves(cast: Cast) -> None:
    like(cast.bob, cast.bob)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("relation", ["blocks", "is blocked", "mutes"])
def test_who_does_not_see_the_actor_is_not_told(cast: Cast, relation: str) -> None:
    alice = cast.alice.user
    if relation == "blocks":
        Block.objects.create(owner=alice, target=cast.bob)
    elif relation == "is blocked":
        Block.objects.create(owner=cast.bob, target=alice)
    else:
        Mute.objects.create(owner=alice, target=cast.bob)
    like(cast.bob, alice)
    assert not Notification.objects.exists()


def test_somebody_who_was_muted_is_still_told(cast: Cast) -> None:
    Mute.objects.create(owner=cast.bob, target=cast.alice.user)
    like(cast.bob, cast.alice.user)
    assert Notification.objects.count() == 1


def test_planet_itself_can_tell_and_tells_the_last_word(cast: Cast) -> None:
    for excerpt in ("first", "x" * 300):
        actions.notify(
            recipients=[cast.bob.pk],
            kind=Kind.SYSTEM,
            actor=None,
            group_key="system:1",
            url="",
            excerpt=excerpt,
            now=NOW,
        )
    row = Notification.objects.get()
    assert (row.actor_count, row.newest_actors, row.excerpt) == (0, [], "x" * 200)


def test_many_recipients_take_as_many_statements_as_one(cast: Cast) -> None:
    people = [make_user(f"reader{n}") for n in range(30)]

    def statements(recipients: list[User], group: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            actions.notify(
                recipients=[person.pk for person in recipients],
                kind=Kind.MENTION,
                actor=cast.bob,
                group_key=group,
                url="/p/1/",
                now=NOW,
            )
        return len(captured)

    assert statements(people[:1], "mention:1") == statements(people, "mention:2")
    assert Notification.objects.filter(group_key="mention:2", actor_count=1).count() == 30


def test_an_unlike_takes_the_actor_out_and_the_last_one_takes_the_row(cast: Cast) -> None:
    alice = cast.alice.user
    people = [make_user(f"reader{n}") for n in range(5)]
    for minute, person in enumerate(people):
        like(person, alice, minutes=minute)
    actions.withdraw(actor=people[4], group_key="like:1", recipient_id=alice.pk)
    row = Notification.objects.get()
    assert (row.actor_count, row.newest_actors) == (4, [people[3].pk, people[2].pk, people[1].pk])
    actions.withdraw(actor=people[4], group_key="like:1", recipient_id=alice.pk)
    actions.withdraw(actor=cast.bob, group_key="like:1", recipient_id=alice.pk)
    assert Notification.objects.get().actor_count == 4
    for person in people[:4]:
        actions.withdraw(actor=person, group_key="like:1", recipient_id=alice.pk)
    assert not Notification.objects.exists()


def test_an_unlike_leaves_what_was_read_alone(cast: Cast) -> None:
    like(cast.bob, cast.alice.user)
    actions.mark_read(notification=Notification.objects.get(), now=NOW)
    actions.withdraw(actor=cast.bob, group_key="like:1", recipient_id=cast.alice.user.pk)
    assert Notification.objects.get().actor_count == 1


def test_mark_all_read_marks_only_the_actors_own(cast: Cast) -> None:
    like(cast.bob, cast.alice.user)
    like(cast.bob, cast.alice.user, group="like:2")
    like(cast.bob, cast.charlie)
    assert actions.mark_all_read(actor=cast.alice.user, now=NOW) == 2
    counts = queries.unread_counts([cast.alice.user.pk, cast.charlie.pk])
    assert [counts[pk].unread for pk in (cast.alice.user.pk, cast.charlie.pk)] == [0, 1]


def test_what_was_read_long_ago_is_forgotten_in_batches(cast: Cast) -> None:
    for n in range(5):
        like(cast.bob, cast.alice.user, group=f"like:{n}")
    actions.mark_all_read(actor=cast.alice.user, now=NOW)
    like(cast.bob, cast.alice.user, group="like:unread")
    like(cast.bob, cast.charlie, group="like:read-later")
    actions.mark_all_read(actor=cast.charlie, now=NOW + timedelta(seconds=2))
    assert [actions.forget(before=NOW + timedelta(seconds=1), size=3) for _ in range(3)] == [3, 2, 0]
    assert set(Notification.objects.values_list("group_key", flat=True)) == {"like:unread", "like:read-later"}


def at_once(people: list[User], work: Callable[[User], None], threads: int = 10) -> None:
    """Run `work` for each of the people, ten threads starting together; raise what one of them raised."""
    start = threading.Barrier(threads)

    def run(mine: list[User]) -> None:
        try:
            start.wait(20)
            for person in mine:
                work(person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(run, people[n::threads]) for n in range(threads)]:
            done.result()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_fifty_likers_at_once_are_one_row_of_fifty() -> None:
    author = make_user("author")
    people = [make_user(f"reader{n}") for n in range(50)]
    at_once(people, lambda person: like(person, author))
    row = Notification.objects.get()
    assert row.actor_count == row.acted.count() == 50
    assert len(set(row.newest_actors)) == 3
    assert queries.unread_count(author.pk) == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_reading_and_taking_back_while_others_like_loses_nobody() -> None:
    author = make_user("author")
    people = [make_user(f"reader{n}") for n in range(40)]
    fickle = set(people[::4])

    def work(person: User) -> None:
        with transaction.atomic():  # two rows of one inbox in one transaction: what could wait on each other
            for group in ("like:1", "like:2"):
                like(person, author, group=group)
        actions.mark_all_read(actor=author, now=NOW)
        if person in fickle:
            like(person, author, group="like:3")
            actions.withdraw(actor=person, group_key="like:3", recipient_id=author.pk)

    at_once(people, work)
    for group in ("like:1", "like:2"):
        assert NotificationActor.objects.filter(notification__group_key=group).count() == 40
    assert all(row.actor_count == row.acted.count() for row in Notification.objects.all())
    assert not Notification.objects.filter(group_key="like:3", read_at=None).exists()
    assert queries.unread_count(author.pk) == Notification.objects.filter(read_at=None).count()
