"""Bells: who asked hears of every new post of a creator, once, whatever dies."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creators import actions as creators
from creators.models import Bell, Follow
from planet.accounts.models import Mute, User
from planet.notifications.actions import notify
from planet.notifications.models import Notification
from posts import actions
from posts.actions import Options, bells
from posts.models import Post, Ringing
from tests.cast import Cast
from tests.factories import make_user
from tests.posts.conftest import NOW
from tests.together import together

Publish = Callable[..., Post]


@pytest.fixture
def rung(cast: Cast) -> Cast:
    """Bob has rung Alice's bell."""
    creators.ring(actor=cast.bob, creator=cast.alice, now=NOW)
    return cast


def told_of(post: Post) -> set[uuid.UUID]:
    return set(Notification.objects.filter(group_key=f"post:{post.pk}").values_list("recipient", flat=True))


def test_who_rang_the_bell_hears_of_a_new_post_and_who_only_follows_does_not(rung: Cast, publish: Publish) -> None:
    Follow.objects.create(follower=rung.charlie, creator=rung.alice)
    post = publish(rung.alice.user, "Funding flipped.")
    assert told_of(post) == set()
    assert actions.ring_due(now=NOW) == 1
    assert told_of(post) == {rung.bob.pk}
    row = Notification.objects.get(recipient=rung.bob)
    assert (row.kind, row.url, row.excerpt) == ("post", post.get_absolute_url(), "Funding flipped.")
    assert not Ringing.objects.exists()
    page = rung.browser(rung.bob).get(reverse("notifications")).content.decode()
    assert "<b>Alice</b> published a post" in page


def test_a_creator_without_bells_leaves_no_work(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user)
    assert not Ringing.objects.exists()


def test_a_thread_rings_once(rung: Cast, publish: Publish) -> None:
    publish(rung.alice.user, "One.", parts=["Two.", "Three."])
    assert actions.ring_due(now=NOW) == 1


def test_running_again_tells_nobody_twice_even_who_has_read_it(rung: Cast, publish: Publish) -> None:
    publish(rung.alice.user)
    actions.ring_due(now=NOW)
    Notification.objects.update(read_at=NOW)
    assert actions.ring_due(now=NOW) == 0
    assert Notification.objects.count() == 1


def test_a_worker_that_dies_between_two_batches_is_gone_on_from_where_it_stood(
    rung: Cast, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "BATCH", 2)
    people = [rung.bob, *(make_user(f"reader{n}") for n in range(4))]
    for person in people[1:]:
        Follow.objects.create(follower=person, creator=rung.alice)
        creators.ring(actor=person, creator=rung.alice, now=NOW)
    post = publish(rung.alice.user)
    really, calls = notify, iter([True, False])

    def dies(**options: Any) -> None:
        if not next(calls):
            raise KeyboardInterrupt
        really(**options)

    with monkeypatch.context() as patch:
        patch.setattr(bells, "notify", dies)
        with pytest.raises(KeyboardInterrupt):
            actions.ring_due(now=NOW)
    assert len(told_of(post)) == 2
    Notification.objects.update(read_at=NOW)
    assert actions.ring_due(now=NOW) == 3
    assert told_of(post) == {person.pk for person in people}
    assert Notification.objects.count() == 5


def test_a_post_that_is_deleted_first_rings_nowhere(rung: Cast, publish: Publish) -> None:
    post = publish(rung.alice.user)
    actions.delete(actor=rung.alice.user, post_id=post.pk, now=NOW)
    assert actions.ring_due(now=NOW) == 0
    assert not Ringing.objects.exists()


def test_a_post_for_followers_reaches_those_who_still_follow(rung: Cast, publish: Publish) -> None:
    post = publish(rung.alice.user, options=Options(audience=Post.Audience.FOLLOWERS))
    actions.ring_due(now=NOW)
    assert told_of(post) == {rung.bob.pk}


def test_the_bell_goes_with_the_follow_and_a_mute_silences_it(rung: Cast, publish: Publish) -> None:
    Mute.objects.create(owner=rung.bob, target=rung.alice.user)
    publish(rung.alice.user)
    actions.ring_due(now=NOW)
    assert not Notification.objects.exists()
    creators.unfollow(actor=rung.bob, creator=rung.alice)
    assert not Bell.objects.exists()


def test_a_batch_takes_as_many_queries_for_many_as_for_one(rung: Cast, publish: Publish) -> None:
    def queries() -> int:
        publish(rung.alice.user)
        with CaptureQueriesContext(connection) as captured:
            actions.ring_due(now=NOW)
        return len(captured)

    few = queries()
    for n in range(20):
        person = make_user(f"reader{n}")
        Follow.objects.create(follower=person, creator=rung.alice)
        creators.ring(actor=person, creator=rung.alice, now=NOW)
    assert queries() == few


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_workers_share_the_work_and_nobody_hears_twice(rung: Cast, publish: Publish) -> None:
    people = [make_user(f"reader{n}") for n in range(6)]
    for person in people:
        Follow.objects.create(follower=person, creator=rung.alice)
        creators.ring(actor=person, creator=rung.alice, now=NOW)
    posts = [publish(rung.alice.user, f"Post {n}.") for n in range(3)]
    assert together(lambda _: actions.ring_due(now=NOW), 4) == []
    actions.ring_due(now=NOW)
    assert [len(told_of(post)) for post in posts] == [7, 7, 7]
    assert Notification.objects.count() == 21


# --- the button ---------------------------------------------------------------------------------------------------


def press(browser: Client, on: str = "1", **options: Any) -> Any:
    return browser.post(reverse("bell", args=["alice"]), {"on": on}, **options)


def test_the_bell_is_rung_and_silenced_with_and_without_scripts(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    assert press(browser)["Location"] == "/@alice/"
    assert press(browser).status_code == 302
    assert Bell.objects.count() == 1
    assert 'class="btn more" aria-pressed="true"' in browser.get("/@alice/").content.decode()
    answer = press(browser, "0", headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in answer.content.decode()
    assert not Bell.objects.exists()


def test_only_who_follows_rings_a_bell(cast: Cast) -> None:
    assert press(cast.browser(cast.charlie), headers={"HX-Request": "true"}).status_code == 409
    assert press(cast.browser(cast.alice.user), headers={"HX-Request": "true"}).status_code == 409
    assert "/accounts/login/" in press(Client())["Location"]
    assert cast.browser(cast.bob).get(reverse("bell", args=["alice"])).status_code == 405
    assert cast.browser(cast.bob).post(reverse("bell", args=["nobody"]), {"on": "1"}).status_code == 404
    assert not Bell.objects.exists()


def test_a_suspended_creators_bell_cannot_be_rung(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert press(cast.browser(cast.bob)).status_code == 404
    assert not Bell.objects.exists()


def test_the_bell_row_of_a_deleted_post_goes_read_or_not(rung: Cast, publish: Publish) -> None:
    dora = make_user("dora")
    creators.follow(actor=dora, creator=rung.alice, now=NOW)
    creators.ring(actor=dora, creator=rung.alice, now=NOW)
    post, other = publish(rung.alice.user), publish(rung.alice.user, "Another")
    actions.ring_due(now=NOW)
    Notification.objects.filter(recipient=dora).update(read_at=NOW)
    actions.delete(actor=rung.alice.user, post_id=post.pk, now=NOW)
    actions.ring_due(now=NOW)
    assert told_of(post) == set()
    assert told_of(other) == {rung.bob.pk, dora.pk}
    assert not Ringing.objects.exists()


def test_what_is_deleted_while_bells_ring_is_taken_back_from_the_first(
    rung: Cast, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora = make_user("dora")
    creators.follow(actor=dora, creator=rung.alice, now=NOW)
    creators.ring(actor=dora, creator=rung.alice, now=NOW)
    post = publish(rung.alice.user)
    monkeypatch.setattr(bells, "BATCH", 1)
    monkeypatch.setattr(bells, "MOST_BATCHES", 1)
    actions.ring_due(now=NOW)
    assert len(told_of(post)) == 1
    actions.delete(actor=rung.alice.user, post_id=post.pk, now=NOW)
    for _ in range(3):
        actions.ring_due(now=NOW)
    assert told_of(post) == set()
    assert not Ringing.objects.exists()
