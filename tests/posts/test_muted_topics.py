"""A topic that is muted: gone from For you, suggestions and bells, back when it is unmuted; mentions come through."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from creators import actions as creators
from discover.queries.topics import topics
from planet.notifications.models import Kind, Notification
from posts import actions
from posts.models import NotInterested, Post, Tag
from tests.cast import Cast
from tests.posts.conftest import NOW

Publish = Callable[..., Post]


@pytest.fixture
def memes(cast: Cast, publish: Publish) -> Tag:
    """A topic that Bob, who has rung Alice's bell, has muted."""
    creators.ring(actor=cast.bob, creator=cast.alice, now=NOW)
    publish(cast.alice.user, "The first of #memes.")
    tag = Tag.objects.get(name="memes")
    actions.lose_interest(actor=cast.bob, about=tag, now=NOW)
    return tag


def kinds(cast: Cast, post: Post) -> list[str]:
    actions.ring_due(now=NOW)
    return list(
        Notification.objects.filter(recipient=cast.bob, url__contains=str(post.pk)).values_list("kind", flat=True)
    )


def test_the_bell_is_silent_about_a_muted_topic_and_rings_for_the_rest(
    cast: Cast, memes: Tag, publish: Publish
) -> None:
    assert kinds(cast, publish(cast.alice.user, "More #memes.")) == []
    assert kinds(cast, publish(cast.alice.user, "Now #funding.")) == [Kind.POST]


def test_a_mention_within_a_muted_topic_arrives(cast: Cast, memes: Tag, publish: Publish) -> None:
    assert kinds(cast, publish(cast.alice.user, f"@{cast.bob.handle} look at these #memes")) == [Kind.MENTION]


def test_unmuted_the_bell_rings_again(cast: Cast, memes: Tag, publish: Publish) -> None:
    actions.regain_interest(actor=cast.bob, about=memes)
    assert kinds(cast, publish(cast.alice.user, "More #memes.")) == [Kind.POST]


def test_it_is_suggested_only_when_asked_for_by_its_whole_name(cast: Cast, memes: Tag) -> None:
    with connection.cursor() as cursor:  # as at the end of a transaction: it can be found
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert [str(one) for one in topics("mem", viewer_id=cast.bob.pk)] == []
    assert [str(one) for one in topics("memes", viewer_id=cast.bob.pk)] == ["#memes"]
    assert [str(one) for one in topics("mem", viewer_id=cast.charlie.pk)] == ["#memes"]


def test_its_page_mutes_and_unmutes_it(cast: Cast, memes: Tag, client: Client) -> None:
    client.force_login(cast.charlie)
    page, url = memes.get_absolute_url(), reverse("not_interested_topic", args=[memes.pk])
    assert b'aria-pressed="false" title' in client.get(page).content
    answer = client.post(url, {"on": "1"}, headers={"Referer": f"http://testserver{page}"})
    assert answer.headers["Location"].startswith(f"http://testserver{page}")
    assert b'aria-pressed="true" title' in client.get(page).content
    client.post(url, {"on": "0"})
    assert not NotInterested.objects.filter(user=cast.charlie).exists()


def test_a_guest_is_not_offered_to_mute(memes: Tag, client: Client) -> None:
    assert reverse("not_interested_topic", args=[memes.pk]).encode() not in client.get(memes.get_absolute_url()).content


def test_the_settings_show_muted_topics_alone(cast: Cast, memes: Tag, publish: Publish, client: Client) -> None:
    actions.lose_interest(actor=cast.bob, about=publish(cast.alice.user, "Not this one"), now=NOW)
    client.force_login(cast.bob)
    url = f"{reverse('not_interested')}?what=topics"
    assert url.encode() in client.get(reverse("settings")).content
    shown = client.get(url).content.decode()
    assert "#memes" in shown
    assert "A post by" not in shown
    assert "A post by" in client.get(reverse("not_interested")).content.decode()
