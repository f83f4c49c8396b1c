"""What filters take is told in a tab of its own: not lost, not counted, not pushed, not mailed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from creators.models import Follow
from planet.accounts.models import KycState, User
from planet.notifications import actions, choosing, queries, unread
from planet.notifications.models import Kind, Notification, PushDelivery
from tests.cast import Cast
from tests.factories import make_creator, make_user
from tests.notifications.conftest import NOW, told

EVERY = ("filter_strangers", "filter_new", "filter_faceless", "filter_unverified")


def wants(user: User, **filters: Any) -> None:
    choosing.wish(actor=user, wishes=choosing.Wishes(**filters), now=NOW)


@pytest.fixture
def known(cast: Cast) -> User:
    """Somebody with a picture, a verified identity, and an account of years, whom Charlie does not follow."""
    dora = make_creator("dora").user
    dora.avatar = "avatar/ab/" + "ab" * 16 + "-400x400"
    dora.date_joined = timezone.now() - timedelta(days=800)
    dora.save()
    return dora


@pytest.mark.parametrize("wanted", EVERY)
def test_a_filter_takes_whom_it_means(cast: Cast, wanted: str) -> None:
    wants(cast.charlie, **{wanted: True})
    row = told(cast.charlie, cast.bob)  # new, without a picture, not verified, not followed
    assert row is not None
    assert row.filtered
    assert unread.count(cast.charlie.pk) == 0
    assert queries.unread_counts([cast.charlie.pk])[cast.charlie.pk] == queries.Counts(0, 0, 1)


@pytest.mark.parametrize("wanted", EVERY[1:])
def test_a_filter_lets_everybody_else_through(cast: Cast, known: User, wanted: str) -> None:
    wants(cast.charlie, **{wanted: True})
    row = told(cast.charlie, known)
    assert row is not None
    assert not row.filtered


def test_a_stranger_is_whom_one_does_not_follow_and_who_is_followed_is_never_put_aside(cast: Cast, known: User) -> None:
    wants(cast.charlie, **dict.fromkeys(EVERY, True))
    told(cast.charlie, known)
    Follow.objects.create(follower=cast.charlie, creator=known.creator)
    User.objects.filter(pk=known.pk).update(kyc_state=KycState.EXPIRED, avatar="")
    told(cast.charlie, User.objects.get(pk=known.pk), minutes=1)
    assert list(Notification.objects.order_by("created_at").values_list("filtered", flat=True)) == [True, False]


def test_one_group_has_two_rows_where_some_are_put_aside(cast: Cast) -> None:
    wants(cast.charlie, filter_strangers=True)
    Follow.objects.create(follower=cast.charlie, creator=cast.alice)
    told(cast.charlie, cast.alice.user, Kind.LIKE)
    told(cast.charlie, cast.bob, Kind.LIKE)
    assert set(Notification.objects.values_list("filtered", "actor_count")) == {(False, 1), (True, 1)}


def test_planet_itself_is_never_put_aside(cast: Cast) -> None:
    wants(cast.charlie, **dict.fromkeys(EVERY, True))
    told(cast.charlie, None, Kind.SYSTEM)
    assert not Notification.objects.get().filtered


def test_what_is_put_aside_is_not_pushed(cast: Cast, woken: Callable[[User], Any]) -> None:
    woken(cast.charlie)
    wants(cast.charlie, filter_strangers=True)
    told(cast.charlie, cast.bob)
    assert not PushDelivery.objects.exists()


def test_the_tab_shows_what_was_put_aside_and_the_others_do_not(cast: Cast) -> None:
    wants(cast.charlie, filter_strangers=True)
    told(cast.charlie, cast.bob, Kind.MENTION)
    browser = cast.browser(cast.charlie)
    pages = {tab: browser.get(reverse("notifications"), {"tab": tab}).content.decode() for tab in queries.TABS}
    assert ["<b>bob</b> mentioned you" in pages[tab] for tab in ("", "mentions", "filtered")] == [False, False, True]
    assert 'data-unread-of="filtered">1<' in pages[""]
    assert browser.get(reverse("notifications"), {"tab": "hidden"}).status_code == 404


def test_a_tab_is_marked_read_alone(cast: Cast) -> None:
    wants(cast.charlie, filter_strangers=True)
    told(cast.charlie, cast.bob, Kind.MENTION)
    told(cast.charlie, None, Kind.SYSTEM)
    browser = cast.browser(cast.charlie)
    assert browser.post(reverse("notifications_read"), {"tab": "nothing"}).status_code == 404
    browser.post(reverse("notifications_read"), {"tab": "filtered"})
    assert queries.unread_counts([cast.charlie.pk])[cast.charlie.pk] == queries.Counts(1, 0, 0)
    browser.post(reverse("notifications_read"), {"tab": "mentions"})
    assert queries.unread_counts([cast.charlie.pk])[cast.charlie.pk] == queries.Counts(1, 0, 0)
    browser.post(reverse("notifications_read"))
    assert queries.unread_counts([cast.charlie.pk])[cast.charlie.pk] == queries.Counts()


def test_many_recipients_with_filters_take_as_many_statements_as_two(cast: Cast) -> None:
    people = [make_user(f"reader{n}") for n in range(30)]
    for person in people:
        wants(person, filter_strangers=True)

    def statements(recipients: list[User], key: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            actions.notify(
                recipients=[person.pk for person in recipients],
                kind=Kind.COMMENT,
                actor=cast.bob,
                group_key=key,
                url="/p/1/",
                now=NOW,
            )
        return len(captured)

    assert statements(people[:2], "comment:1") == statements(people, "comment:2") <= 8  # six, and a savepoint around
    assert Notification.objects.filter(filtered=True).count() == 32
