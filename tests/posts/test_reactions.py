"""Likes, bookmarks, reposts."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from planet.accounts.models import Block, KycState, User
from planet.notifications.models import Notification
from posts import actions
from posts.errors import Gone, NotACreator, NotAllowed, NotVerified
from posts.models import Bookmark, Like, Post
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW, Event

Heard = Callable[[Callable[[], Any]], list[Event]]
Act = Callable[[User, Post], Post]


def like(actor: User, post: Post) -> Post:
    return actions.like(actor=actor, post_id=post.pk, now=NOW)


def bookmark(actor: User, post: Post) -> Post:
    return actions.bookmark(actor=actor, post_id=post.pk, now=NOW)


def repost(actor: User, post: Post) -> Post:
    return actions.repost(actor=actor, post_id=post.pk, now=NOW)


def unlike(actor: User, post: Post) -> Post:
    return actions.unlike(actor=actor, post_id=post.pk)


def unbookmark(actor: User, post: Post) -> Post:
    return actions.unbookmark(actor=actor, post_id=post.pk)


def unrepost(actor: User, post: Post) -> Post:
    return actions.unrepost(actor=actor, post_id=post.pk, now=NOW)


EACH = pytest.mark.parametrize(
    ("on", "off", "count"),
    [
        (like, unlike, "like_count"),
        (bookmark, unbookmark, "bookmark_count"),
        (repost, unrepost, "repost_count"),
    ],
)


@EACH
def test_on_twice_and_off_twice_counts_once(cast: Cast, on: Act, off: Act, count: str) -> None:
    post, dora = make_post(cast.alice), make_creator("dora").user
    for act, expected in ((on, 1), (on, 1), (off, 0), (off, 0), (on, 1)):
        assert getattr(act(dora, post), count) == expected
        post.refresh_from_db()
        assert getattr(post, count) == expected


@EACH
def test_nobody_reacts_across_a_block(cast: Cast, on: Act, off: Act, count: str) -> None:
    post, dora = make_post(cast.alice), make_creator("dora").user
    Block.objects.create(owner=cast.alice.user, target=dora)
    with pytest.raises(NotAllowed):
        on(dora, post)
    post.refresh_from_db()
    assert getattr(post, count) == 0


@EACH
def test_what_is_gone_is_reacted_to_no_more(cast: Cast, on: Act, off: Act, count: str) -> None:
    dora = make_creator("dora").user
    for post in (make_post(cast.alice, deleted_at=NOW), Post(pk=uuid4())):
        for act in (on, off):
            with pytest.raises(Gone):
                act(dora, post)
    assert not Like.objects.exists()
    assert not Bookmark.objects.exists()


def test_a_like_is_told_and_an_unlike_takes_it_back(cast: Cast) -> None:
    post = make_post(cast.alice)
    like(cast.bob, post)
    like(cast.charlie, post)
    told = Notification.objects.get(recipient=cast.alice.user)
    assert (told.group_key, told.actor_count, told.url) == (f"like:{post.pk}", 2, post.get_absolute_url())
    unlike(cast.bob, post)
    unlike(cast.charlie, post)
    assert not Notification.objects.exists()


def test_a_bookmark_is_told_to_nobody(cast: Cast) -> None:
    bookmark(cast.bob, make_post(cast.alice))
    assert not Notification.objects.exists()


def test_only_creators_repost(cast: Cast) -> None:
    post = make_post(cast.alice)
    with pytest.raises(NotACreator):
        repost(cast.bob, post)
    assert Post.objects.count() == 1


def test_a_creator_whose_identity_check_is_over_takes_reposts_back_and_makes_none(cast: Cast) -> None:
    post, dora = make_post(cast.alice), make_creator("dora").user
    repost(dora, post)
    User.objects.filter(pk=dora.pk).update(kyc_state=KycState.EXPIRED)
    with pytest.raises(NotVerified):
        repost(dora, make_post(cast.alice))
    actions.unrepost(actor=dora, post_id=post.pk, now=NOW)
    assert not Post.objects.filter(creator=dora.pk, deleted_at=None).exists()


def test_a_repost_may_come_back_after_it_was_taken_back(cast: Cast) -> None:
    post, dora = make_post(cast.alice), make_creator("dora").user
    repost(dora, post)
    unrepost(dora, post)
    assert not Notification.objects.exists()
    repost(dora, post)
    assert Post.objects.filter(repost_of=post, deleted_at=None).count() == 1


def test_a_repost_is_not_reposted(cast: Cast) -> None:
    original, dora = make_post(cast.alice), make_creator("dora")
    item = make_post(dora, "", repost_of=original)
    with pytest.raises(Gone):
        repost(make_creator("emil").user, item)


def test_the_counts_are_heard_as_they_are_after_the_commit(cast: Cast, heard: Heard) -> None:
    post = make_post(cast.alice)
    (event,) = [event for event in heard(lambda: like(cast.bob, post)) if event.topic == f"post:{post.pk}"]
    assert event.kind == "counts"
    assert event.data == {"likes": 1, "comments": 0, "reposts": 0, "bookmarks": 0}


def test_a_repost_is_heard_by_followers_and_not_by_everyone(cast: Cast, heard: Heard) -> None:
    post, dora = make_post(cast.alice), make_creator("dora").user
    topics = [event.topic for event in heard(lambda: repost(dora, post)) if event.kind == "post"]
    assert topics == [f"followers:{dora.pk}", f"creator:{dora.pk}"]
