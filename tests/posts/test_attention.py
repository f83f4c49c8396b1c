"""Every list of posts carries its signed impressions, and says where it stands."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planet.engagement import drain, tokens
from planet.engagement.models import Day, Hour, Interaction, Kind, Place
from posts import actions
from posts.models import Tag
from tests.cast import Cast
from tests.discover.conftest import settle
from tests.factories import make_creator, make_post

NOW = timezone.now()


def shown(browser: Client, path: str, **options: Any) -> tuple[Place, int]:
    """Where, and how many posts, the page's impressions say."""
    html = browser.get(path, **options).content.decode()
    (token,) = re.findall(r'<template data-seen="([^"]+)">', html)
    import base64

    raw = base64.b64decode(token)
    header = tokens.HEADER.unpack_from(raw)
    return Place(header[1]), (len(raw) - tokens.HEADER.size - tokens.TAG) // tokens.ITEM


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", Place.FEED),
        ("/latest/", Place.FEED),
        (f"/feed/new/?feed=following&since={uuid4()}"[:-36] + "00000000-0000-0000-0000-000000000000", Place.FEED),
        ("/@alice/", Place.PROFILE),
    ],
)
def test_a_list_says_where_it_stands(cast: Cast, path: str, place: Place) -> None:
    make_post(cast.alice)
    make_post(cast.alice)
    assert shown(cast.browser(cast.bob), path) == (place, 2)


def test_a_topics_page_says_so(cast: Cast) -> None:
    actions.publish(actor=cast.alice.user, client_id=uuid4(), text="About #funding", now=NOW)
    assert Tag.objects.get().name == "funding"
    assert shown(cast.browser(cast.bob), reverse("topic", args=["funding"])) == (Place.TOPIC, 1)


def test_a_list_of_nothing_has_nothing_to_say(cast: Cast) -> None:
    assert b"data-seen" not in cast.browser(cast.bob).get("/latest/").content


@pytest.mark.parametrize(
    ("referer", "place"),
    [
        ("", Place.DIRECT),
        ("https://elsewhere.example/@alice/", Place.DIRECT),
        ("not an address", Place.DIRECT),
        ("http://testserver/", Place.FEED),
        ("http://testserver/latest/?after=x", Place.FEED),
        ("http://testserver/@alice/", Place.PROFILE),
        ("http://testserver/topic/funding/", Place.TOPIC),
        ("http://testserver/asset/BTC/", Place.TOPIC),
        ("http://testserver/notifications/", Place.OTHER),
        ("http://testserver/no/such/page/", Place.OTHER),
    ],
)
def test_a_posts_own_page_counts_for_where_its_reader_came_from(cast: Cast, referer: str, place: Place) -> None:
    post = make_post(cast.alice)
    headers = {"referer": referer} if referer else {}
    assert shown(cast.browser(cast.bob), post.get_absolute_url(), headers=headers) == (place, 1)


def test_a_repost_is_an_impression_of_the_original(cast: Cast) -> None:
    dora = make_creator("dora")
    original = make_post(dora)
    actions.repost(actor=cast.alice.user, post_id=original.pk, now=NOW)
    browser = cast.browser(cast.bob)
    html = browser.get("/").content.decode()
    (token,) = re.findall(r'<template data-seen="([^"]+)">', html)
    browser.post("/beacon/", json.dumps([[token, 1, [[0, 1000]]]]), content_type="text/plain")
    drain.drain(now=timezone.now())
    from planet.engagement import rollup

    rollup.roll_up()
    day = Day.objects.get()
    assert (day.content_id, day.creator_id, day.viewer_id) == (original.pk, dora.pk, cast.bob.pk)
    assert Hour.objects.get().feed == 1


def deeds() -> list[tuple[str, Any, Any]]:
    rows = Interaction.objects.filter(removed_at=None).order_by("id")
    return [(row.kind, row.viewer_id, row.content_id) for row in rows]


def test_what_readers_do_is_on_record_and_what_they_take_back_is_not(cast: Cast) -> None:
    post = make_post(cast.alice)
    bob, dora = cast.bob, make_creator("dora").user
    actions.like(actor=bob, post_id=post.pk, now=NOW)
    actions.bookmark(actor=bob, post_id=post.pk, now=NOW)
    comment = actions.comment(actor=bob, post_id=post.pk, client_id=uuid4(), text="Well said, all of it", now=NOW)
    actions.repost(actor=dora, post_id=post.pk, now=NOW)
    quote = actions.publish(actor=dora, client_id=uuid4(), text="Read this", quote_of=post.pk, now=NOW)
    assert [(kind, viewer) for kind, viewer, _ in deeds()] == [
        (Kind.LIKE, bob.pk),
        (Kind.BOOKMARK, bob.pk),
        (Kind.COMMENT, bob.pk),
        (Kind.SHARE, dora.pk),
        (Kind.SHARE, dora.pk),
    ]
    assert {content for *_, content in deeds()} == {post.pk}

    actions.unlike(actor=bob, post_id=post.pk)
    actions.unbookmark(actor=bob, post_id=post.pk)
    actions.delete_comment(actor=bob, comment_id=comment.pk, now=NOW)
    actions.unrepost(actor=dora, post_id=post.pk, now=NOW)
    actions.delete(actor=dora, post_id=quote.pk, now=NOW)
    assert deeds() == []


def test_what_an_operator_brings_back_is_back_on_record(cast: Cast) -> None:
    post = make_post(cast.alice)
    comment = actions.comment(actor=cast.bob, post_id=post.pk, client_id=uuid4(), text="Well said", now=NOW)
    quote = actions.publish(actor=make_creator("dora").user, client_id=uuid4(), text="Q", quote_of=post.pk, now=NOW)
    before = deeds()
    actions.delete_comment(actor=cast.olga, comment_id=comment.pk, now=NOW)
    actions.delete(actor=cast.olga, post_id=quote.pk, now=NOW)
    assert deeds() == []
    actions.restore_comment(comment_id=comment.pk)
    actions.restore(post_id=quote.pk)
    assert deeds() == before


def test_a_like_that_fails_leaves_no_record(cast: Cast) -> None:
    from posts.errors import Gone

    post = make_post(cast.alice, deleted_at=NOW)
    with pytest.raises(Gone):
        actions.like(actor=cast.bob, post_id=post.pk, now=NOW)
    assert deeds() == []


def test_what_search_finds_says_so(cast: Cast) -> None:
    actions.publish(actor=cast.alice.user, client_id=uuid4(), text="Contango steepens again", now=NOW)
    settle()
    assert shown(cast.browser(cast.bob), f"{reverse('search')}?q=contango") == (Place.SEARCH, 1)


def test_an_article_is_seen_on_its_own_page(cast: Cast) -> None:
    article = actions.NewArticle(title="The basis, explained", body="Some words about it.\n\nAnd some more.")
    post = actions.publish(actor=cast.alice.user, client_id=uuid4(), text="", article=article, now=NOW)
    browser = cast.browser(cast.bob)
    assert shown(browser, post.get_absolute_url()) == (Place.DIRECT, 1)
    assert f'data-post="{post.pk}"' in browser.get(post.get_absolute_url()).content.decode()
