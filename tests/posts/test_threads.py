"""Threads: written as one, read as one, counted post by post."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from creators.models import Creator
from planet.notifications.models import Notification
from posts import actions
from posts.errors import AlreadyPublished, Gone, TooManyParts
from posts.models import Post, PostTag
from tests.cast import Cast
from tests.factories import make_creator
from tests.posts.conftest import NOW, Publish
from tests.posts.test_publishing import Heard

PARTS = ["Second, with #basis.", "Third, for @bob."]


def test_a_thread_is_posts_in_order(cast: Cast, publish: Publish) -> None:
    first = publish(cast.alice.user, "First, on $SOL.", parts=PARTS)
    parts = list(Post.objects.filter(thread=first).order_by("part"))
    assert [(part.part, part.text) for part in parts] == [(1, PARTS[0]), (2, PARTS[1])]
    assert [part.pk for part in [first, *parts]] == sorted(part.pk for part in [first, *parts])
    assert (first.thread, first.part) == (None, 0)
    assert set(PostTag.objects.values_list("tag__name", flat=True)) == {"SOL", "basis"}
    assert Notification.objects.get(recipient=cast.bob).url == parts[1].get_absolute_url()
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 3
    assert actions.repair_counts() == 0


def test_all_parts_have_the_options_of_the_first(cast: Cast, publish: Publish) -> None:
    options = actions.Options(audience="followers", warning="Loud", language="en", replies="nobody", is_promotion=True)
    publish(cast.alice.user, "First", parts=PARTS, options=options)
    found = Post.objects.values_list("audience", "warning", "language", "replies", "is_promotion")
    assert set(found) == {("followers", "Loud", "en", "nobody", True)}


def test_a_retry_publishes_a_thread_once_and_other_words_are_refused(cast: Cast, publish: Publish) -> None:
    client_id = uuid.uuid4()
    first = publish(cast.alice.user, "First", parts=PARTS, client_id=client_id)
    assert publish(cast.alice.user, "First", parts=PARTS, client_id=client_id) == first
    for parts in ([], PARTS[:1], [PARTS[0], "Other"], [*PARTS, "More"]):
        with pytest.raises(AlreadyPublished):
            publish(cast.alice.user, "First", parts=parts, client_id=client_id)
    assert Post.objects.count() == 3


@pytest.mark.parametrize("parts", [["x" * 2001], ["fine", " \u200b "]])
def test_one_bad_part_publishes_nothing(cast: Cast, publish: Publish, parts: list[str]) -> None:
    with pytest.raises(ValidationError):
        publish(cast.alice.user, "First", parts=parts)
    assert not Post.objects.exists()


def test_a_thread_is_bounded(cast: Cast, publish: Publish) -> None:
    with pytest.raises(TooManyParts):
        publish(cast.alice.user, "First", parts=["more"] * 25)
    publish(cast.alice.user, "First", parts=["more"] * 24)
    assert Post.objects.count() == 25


def test_followers_hear_of_a_thread_once(cast: Cast, publish: Publish, heard: Heard) -> None:
    events = heard(lambda: publish(cast.alice.user, "First", parts=PARTS))
    assert [event.data["id"] for event in events if event.topic == f"followers:{cast.alice.pk}"] == [
        str(Post.objects.get(thread=None).pk)
    ]


def test_feeds_show_the_first_post_and_the_way_to_the_rest(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "First words", parts=PARTS)
    publish(cast.alice.user, "By itself")
    html = cast.browser(cast.bob).get("/").content.decode()
    assert "First words" in html
    assert "Second, with" not in html
    assert html.count("Show this thread") == 1


def test_the_page_of_any_part_shows_the_whole_thread_in_order(cast: Cast, publish: Publish) -> None:
    first = publish(cast.alice.user, "First words", parts=PARTS)
    for post in [first, *Post.objects.filter(thread=first)]:
        html = Client().get(post.get_absolute_url()).content.decode()
        main = html[html.index('class="thread-posts"') :]
        places = [main.index(words) for words in ("First words", "Second, with", "Third, for")]
        assert places == sorted(places)
        assert f'post-card full" id="post-{post.pk}"' in main


def test_a_thread_takes_no_more_queries_when_it_is_longer(
    cast: Cast, publish: Publish, django_assert_max_num_queries: object
) -> None:
    counts = []
    for parts in (2, 20):
        post = publish(cast.alice.user, "First words", parts=["more"] * parts)
        client = Client()
        client.get(post.get_absolute_url())
        with django_assert_max_num_queries(30) as captured:  # type: ignore[operator]
            client.get(post.get_absolute_url())
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_deleting_the_first_takes_all_and_deleting_a_part_only_that(cast: Cast, publish: Publish) -> None:
    dora = make_creator("dora").user
    first = publish(cast.alice.user, "First", parts=PARTS)
    second, third = Post.objects.filter(thread=first).order_by("part")
    actions.repost(actor=dora, post_id=third.pk, now=NOW)
    actions.delete(actor=cast.alice.user, post_id=second.pk, now=NOW)
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 2
    assert "Third, for" in Client().get(first.get_absolute_url()).content.decode()
    actions.delete(actor=cast.alice.user, post_id=first.pk, now=NOW)
    assert not Post.objects.filter(deleted_at=None).exists()
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 0
    assert Client().get(third.get_absolute_url()).status_code == 410
    with pytest.raises(Gone):
        actions.delete(actor=cast.alice.user, post_id=third.pk, now=NOW)


def test_what_an_operator_removed_comes_back_as_a_whole(cast: Cast, publish: Publish) -> None:
    first = publish(cast.alice.user, "First", parts=PARTS)
    actions.delete(actor=cast.olga, post_id=first.pk, now=NOW)
    actions.restore(post_id=first.pk)
    assert Post.objects.filter(deleted_at=None).count() == 3
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 3
    assert actions.repair_counts() == 0


def test_a_part_can_be_edited_liked_and_quoted_by_itself(cast: Cast, publish: Publish) -> None:
    first = publish(cast.alice.user, "First", parts=PARTS)
    second = Post.objects.get(thread=first, part=1)
    actions.edit(actor=cast.alice.user, post_id=second.pk, text="Second, better.", now=NOW)
    actions.like(actor=cast.bob, post_id=second.pk, now=NOW)
    quote = publish(make_creator("dora").user, "Look", quote_of=second.pk)
    second.refresh_from_db()
    assert (second.text, second.like_count, quote.quote_of_id) == ("Second, better.", 1, second.pk)
