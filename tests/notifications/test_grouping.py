"""Groups have a window; what comes after it is a row of its own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from planet.notifications import actions, queries, unread
from planet.notifications.grouping import WINDOWS
from planet.notifications.models import Kind, Notification
from tests.cast import Cast
from tests.factories import make_user
from tests.notifications.conftest import told
from tests.together import together

DAY = 24 * 60


def test_a_like_within_the_window_joins_and_one_after_it_does_not(cast: Cast) -> None:
    alice = cast.alice.user
    told(alice, cast.bob, Kind.LIKE)
    told(alice, cast.charlie, Kind.LIKE, minutes=DAY - 1)
    told(alice, cast.olga, Kind.LIKE, minutes=DAY)
    rows = Notification.objects.order_by("created_at")
    assert list(rows.values_list("actor_count", "closed")) == [(2, True), (1, False)]
    assert queries.unread_counts([alice.pk])[alice.pk].unread == 2


def test_a_mention_gathers_until_it_is_read(cast: Cast) -> None:
    assert Kind.MENTION not in WINDOWS
    told(cast.bob, cast.alice.user, Kind.MENTION)
    told(cast.bob, cast.charlie, Kind.MENTION, minutes=90 * DAY)
    assert Notification.objects.get().actor_count == 2


def test_two_things_are_two_groups(cast: Cast) -> None:
    told(cast.alice.user, cast.bob, Kind.LIKE, "1")
    told(cast.alice.user, cast.bob, Kind.LIKE, "2")
    assert Notification.objects.count() == 2


def test_an_unlike_leaves_every_group_that_it_is_still_unread_in(cast: Cast) -> None:
    alice = cast.alice.user
    told(alice, cast.bob, Kind.LIKE)
    told(alice, cast.bob, Kind.LIKE, minutes=2 * DAY)
    told(alice, cast.charlie, Kind.LIKE, minutes=2 * DAY)
    actions.withdraw(actor=cast.bob, group_key="like:1", recipient_id=alice.pk)
    row = Notification.objects.get()
    assert (row.actor_count, row.newest_actors) == (1, [cast.charlie.pk])


def test_a_row_says_how_many_others_it_does_not_show(cast: Cast) -> None:
    for n in range(14):
        told(cast.bob, make_user(f"reader{n}"), Kind.LIKE, minutes=n)
    (row,) = queries.inbox(user=cast.bob, tab="", after=None).items
    assert "<b>reader13</b> and 13 others" in row.sentence
    assert (len(row.actors), row.unseen) == (3, 11)


def test_the_open_group_is_found_by_its_index(cast: Cast) -> None:
    Notification.objects.bulk_create(
        Notification(recipient=cast.bob, kind=Kind.LIKE, group_key=f"like:{n}", closed=n % 2 == 0) for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    open_group = Notification.objects.filter(recipient=cast.bob, group_key="like:7", read_at=None, closed=False)
    assert "notification_open_group" in open_group.explain()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_at_the_end_of_a_window_make_one_new_group_and_the_count_is_exact(cast: Cast) -> None:
    alice, people = cast.alice.user, [make_user(f"reader{n}") for n in range(6)]
    told(alice, cast.bob, Kind.LIKE)
    assert together(lambda number: told(alice, people[number], Kind.LIKE, minutes=DAY + 1), 6) == []
    assert list(Notification.objects.order_by("created_at").values_list("actor_count", flat=True)) == [1, 6]
    assert unread.count(alice.pk) == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_badge_is_exact_after_a_storm_of_telling_reading_and_taking_back(cast: Cast) -> None:
    alice, people = cast.alice.user, [make_user(f"reader{n}") for n in range(4)]

    def like(number: int) -> None:
        for n in range(12):
            told(alice, people[number], Kind.LIKE, str(n % 3))
            unread.count(alice.pk)
            if n % 4 == number:
                actions.withdraw(actor=people[number], group_key=f"like:{n % 3}", recipient_id=alice.pk)

    def read() -> None:
        for _ in range(8):
            actions.mark_all_read(actor=alice, now=timezone.now() + timedelta(days=1))
            unread.count(alice.pk)

    assert together(lambda number: like(number) if number < 4 else read(), 5) == []
    assert unread.count(alice.pk) == Notification.objects.filter(recipient=alice, read_at=None).count()
    for row in Notification.objects.all():
        assert row.actor_count == row.acted.count() > 0
