"""Topics that people follow, and their page."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from planet.accounts.models import User
from posts import actions, queries
from posts.actions.publication import Options
from posts.actions.topics import follow_topic, unfollow_topic
from posts.models import List, ListMember, Post, PostTag, Tag, TopicFollow
from posts.queries import topics
from tests.cast import Cast
from tests.factories import make_creator, make_user

HTMX = {"HX-Request": "true"}


def say(writer: User, text: str, **options: object) -> Post:
    now = options.pop("now", timezone.now())
    return actions.publish(actor=writer, client_id=uuid.uuid4(), text=text, now=now, **options)  # type: ignore[arg-type]


def score(post: Post, value: float) -> None:
    PostTag.objects.filter(post=post).update(score=value)


def test_following_twice_is_once_and_is_counted(cast: Cast) -> None:
    for _ in range(2):
        tag = follow_topic(actor=cast.bob, name="defi", now=timezone.now())
    follow_topic(actor=cast.charlie, name="defi", now=timezone.now())

    tag.refresh_from_db()
    assert tag.followers_count == TopicFollow.objects.filter(tag=tag).count() == 2

    for _ in range(2):
        unfollow_topic(actor=cast.bob, name="defi")
    unfollow_topic(actor=cast.bob, name="unheard")
    tag.refresh_from_db()
    assert tag.followers_count == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted() -> None:
    people = [make_user(f"reader_{letter}") for letter in "abdefg"]

    def act(user: User) -> None:
        for _ in range(2):
            follow_topic(actor=user, name="defi", now=timezone.now())
        connection.close()

    threads = [threading.Thread(target=act, args=[user]) for user in people * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    tag = Tag.objects.get(name="defi")
    assert tag.followers_count == tag.followers.count() == len(people)


def test_a_wrong_count_of_followers_is_repaired(cast: Cast) -> None:
    tag = follow_topic(actor=cast.bob, name="defi", now=timezone.now())
    Tag.objects.filter(pk=tag.pk).update(followers_count=7)

    assert actions.repair_counts() == 1
    tag.refresh_from_db()
    assert tag.followers_count == 1


def test_the_page_has_new_and_top_related_topics_and_followers(cast: Cast) -> None:
    hot, new = say(cast.alice.user, "one #defi $ETH"), say(cast.alice.user, "two #defi #yield")
    score(hot, 9.0)
    score(new, 3.0)
    follow_topic(actor=cast.bob, name="defi", now=timezone.now())

    latest = Client().get("/topic/defi/").content.decode()
    top = Client().get("/topic/defi/?tab=top").content.decode()

    assert latest.index(str(new.pk)) < latest.index(str(hot.pk))
    assert top.index(str(hot.pk)) < top.index(str(new.pk))
    for name in ("/topic/yield/", "/asset/ETH/", "1 follower"):
        assert name in latest
    assert 'name="on" value="0"' in cast.browser(cast.bob).get("/topic/defi/").content.decode()
    assert 'name="on" value="1"' in cast.browser(cast.charlie).get("/topic/defi/").content.decode()


def test_one_follows_by_a_form_and_by_htmx(cast: Cast) -> None:
    browser = cast.browser(cast.bob)

    assert browser.post("/topic/DeFi/follow/", {"on": "1", "next": "/latest/"})["Location"] == "/latest/"
    assert (
        browser.post("/topic/rates/follow/", {"on": "1", "next": "https://evil.example/"})["Location"]
        == "/topic/rates/"
    )
    assert set(TopicFollow.objects.values_list("tag__name", flat=True)) == {"defi", "rates"}

    fragment = browser.post("/topic/defi/follow/", {"on": "0"}, headers=HTMX).content.decode()
    assert 'aria-pressed="false"' in fragment
    assert not TopicFollow.objects.filter(tag__name="defi").exists()


def test_what_is_no_topic_and_who_is_nobody_changes_nothing(cast: Cast) -> None:
    assert cast.browser(cast.bob).post("/topic/a b/follow/", {"on": "1"}).status_code == 404
    assert cast.browser(cast.bob).get("/topic/defi/follow/").status_code == 405
    assert Client().post("/topic/defi/follow/", {"on": "1"}).status_code == 302
    assert not TopicFollow.objects.exists()


def test_the_hottest_are_paged_and_filtered(cast: Cast) -> None:
    for number in range(23):
        score(say(cast.alice.user, f"{number} #defi"), 100 - number)
    score(say(cast.alice.user, "for followers #defi", options=Options(audience=Post.Audience.FOLLOWERS)), 200)
    gone = say(cast.alice.user, "gone #defi")
    score(gone, 300)
    actions.delete(actor=cast.alice.user, post_id=gone.pk, now=timezone.now())
    suspended = make_creator("zoe")
    score(say(suspended.user, "away #defi"), 400)
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    tag = Tag.objects.get(name="defi")

    first = topics.hottest(tag=tag, viewer_id=None)
    second = topics.hottest(tag=tag, viewer_id=None, after=first.after)

    assert [row.post.text for row in first.items] == [f"{number} #defi" for number in range(20)]
    assert [row.post.text for row in second.items] == ["20 #defi", "21 #defi", "22 #defi"]
    assert second.after is None
    assert topics.hottest(tag=tag, viewer_id=cast.bob.pk).items[0].post.text == "for followers #defi"
    with pytest.raises(Http404):
        topics.hottest(tag=tag, viewer_id=None, after=queries.tagged(tag=tag, viewer_id=None).after)


def test_related_topics_are_those_of_posts_that_everybody_reads(cast: Cast) -> None:
    say(cast.alice.user, "#defi #secret", options=Options(audience=Post.Audience.FOLLOWERS))
    say(cast.alice.user, "#defi #once")
    for letter in "ab":
        say(make_creator(f"writer_{letter}").user, "#defi #often")

    related = topics.related(tag=Tag.objects.get(name="defi", kind="topic"))

    assert [tag.name for tag in related] == ["often", "once"]


def test_a_topics_page_takes_as_many_queries_for_many_posts(cast: Cast) -> None:
    def count() -> int:
        browser = cast.browser(cast.bob)
        browser.get("/topic/defi/")
        with CaptureQueriesContext(connection) as queries_run:
            browser.get("/topic/defi/")
        return len(queries_run)

    say(cast.alice.user, "#defi #other", now=timezone.now() - timedelta(days=1))
    few = count()
    for number in range(15):
        say(cast.alice.user, f"{number} #defi #other{number}")

    assert count() == few


@pytest.mark.parametrize("tab", ["", "?tab=top"], ids=["new", "top"])
def test_the_page_of_a_topic_takes_as_many_queries_for_six_posts_as_for_one(
    tab: str, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Who looks, the topic with what they chose, the ids, the cards, what is related."""
    bob = cast.browser(cast.bob)
    for many in (1, 5):
        for _ in range(many):
            say(cast.alice.user, "On #rates and #basis, $SOL.")
        PostTag.objects.update(score=1)
        bob.get(f"/topic/rates/{tab}")  # cards are cached
        with django_assert_num_queries(5):
            assert bob.get(f"/topic/rates/{tab}").status_code == 200


def test_the_page_of_a_list_takes_as_many_queries_for_six_posts_as_for_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Who looks, the list, the ids, the cards."""
    bob, made = cast.browser(cast.bob), List.objects.create(owner=cast.bob, name="Desk")
    ListMember.objects.create(list=made, creator=cast.alice)
    for many in (1, 5):
        for _ in range(many):
            say(cast.alice.user, "On #rates.")
        bob.get(f"/lists/{made.pk}/")
        with django_assert_num_queries(4):
            assert bob.get(f"/lists/{made.pk}/").status_code == 200
