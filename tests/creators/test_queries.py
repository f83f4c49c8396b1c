"""Reads about creators and followers."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from creators import actions, queries
from creators.models import Follow
from creators.queries import Relation
from planet.accounts.models import Block, Mute, User
from tests.cast import Cast
from tests.factories import make_creator, make_user


def test_the_relation_of_a_guest_and_of_oneself_needs_no_query(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert queries.relation(viewer=None, person=cast.alice.user) == Relation()
        assert queries.relation(viewer=cast.bob, person=cast.bob) == Relation(is_self=True)


def test_the_relation_says_all_in_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert queries.relation(viewer=cast.bob, person=cast.alice.user) == Relation(follows=True)
    assert queries.relation(viewer=cast.alice.user, person=cast.bob) == Relation(followed_by=True)
    Block.objects.create(owner=cast.alice.user, target=cast.charlie)
    Mute.objects.create(owner=cast.alice.user, target=cast.charlie)
    assert queries.relation(viewer=cast.alice.user, person=cast.charlie) == Relation(blocks=True, mutes=True)
    assert queries.relation(viewer=cast.charlie, person=cast.alice.user) == Relation()


def test_followers_among_asks_once_and_returns_followers_only(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert queries.followers_among(str(cast.alice.pk), [cast.bob.pk, cast.charlie.pk, uuid4()]) == {cast.bob.pk}
    assert queries.followers_among(cast.alice.pk, []) == set()


def test_followers_are_newest_first_without_the_hidden_and_the_suspended(cast: Cast) -> None:
    for handle in ("dan", "eve", "fay", "gus"):
        actions.follow(actor=make_user(handle), creator=cast.alice, now=timezone.now())
    User.objects.filter(handle="dan").update(is_active=False)
    Block.objects.create(owner=User.objects.get(handle="eve"), target=cast.charlie)
    Mute.objects.create(owner=cast.charlie, target=User.objects.get(handle="fay"))
    page = queries.followers(creator=cast.alice, viewer=cast.charlie, after=None)
    assert [follow.follower.handle for follow in page.items] == ["gus", "bob"]
    page = queries.followers(creator=cast.alice, viewer=None, after=None)
    assert [follow.follower.handle for follow in page.items] == ["gus", "fay", "eve", "bob"]


@pytest.mark.parametrize("people", [3, 30])
def test_a_page_of_followers_costs_the_same_however_many(
    cast: Cast, people: int, django_assert_num_queries: Any
) -> None:
    for number in range(people):
        person = make_user(f"reader{number}")
        Follow.objects.create(follower=person, creator=cast.alice)
    with django_assert_num_queries(1):
        page = queries.followers(creator=cast.alice, viewer=cast.charlie, after=None)
        assert all(follow.follower.handle for follow in page.items)
    seen = [follow.pk for follow in page.items]
    while page.after:
        page = queries.followers(creator=cast.alice, viewer=cast.charlie, after=page.after)
        seen += [follow.pk for follow in page.items]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == people + 1


def test_suggestions_are_the_most_followed_whom_the_viewer_neither_follows_nor_hides(cast: Cast) -> None:
    for handle, followers in (("dora", 30), ("emil", 20), ("fay", 10), ("gus", 5)):
        make_creator(handle, followers_count=followers)
    Block.objects.create(owner=User.objects.get(handle="emil"), target=cast.bob)
    User.objects.filter(handle="gus").update(is_active=False)
    handles = [creator.user.handle for creator in queries.suggested(viewer=cast.bob)]
    assert handles == ["dora", "fay"], "neither alice, whom Bob follows, nor emil, who blocked him"
    assert [creator.user.handle for creator in queries.suggested(viewer=None, limit=2)] == ["dora", "emil"]
    dora = User.objects.get(handle="dora")
    assert dora.pk not in {creator.pk for creator in queries.suggested(viewer=dora)}


def test_suggestions_cost_one_query_once_the_pool_is_known(cast: Cast, django_assert_num_queries: Any) -> None:
    queries.suggested(viewer=cast.charlie)
    with django_assert_num_queries(1):
        assert [creator.user.handle for creator in queries.suggested(viewer=cast.charlie)] == ["alice"]


def test_pictures_in_use_are_those_that_rows_show(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(avatar="avatar/1")
    cast.alice.banner = "banner/1"
    cast.alice.save()
    assert queries.avatars_in_use({"avatar/1", "avatar/2"}) == {"avatar/1"}
    assert queries.banners_in_use({"banner/1", "banner/2"}) == {"banner/1"}


def test_who_muted_a_creator_is_not_told_of_what_they_publish(cast: Cast) -> None:
    Mute.objects.create(owner=cast.bob, target=cast.alice.user)
    assert queries.followers_among(cast.alice.pk, [cast.bob.pk]) == set()
