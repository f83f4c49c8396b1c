"""A post's card said in a group: where one may, what the others see, and what a refusal leaves."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from groups import parts
from groups.models import ChannelKind, Group, Message
from groups.rights import Right
from groups.views import sharing
from planet.accounts.models import User
from posts.models import Post
from tests.cast import Cast
from tests.factories import make_group, make_post
from tests.groups.conftest import NOW

HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(cast: Cast) -> Post:
    return make_post(cast.alice, "Funding went negative.")


def sent(cast: Cast, user: User, post: Post, group: Group, **more: Any) -> Any:
    fields = {"channel": group.channels.get().pk, "client_id": uuid4(), "text": "Look", **more}
    return cast.browser(user).post(reverse("post_send", args=[post.pk]), fields, headers=HTMX)


def test_it_is_said_once_with_its_card_and_words(cast: Cast, group: Group, post: Post) -> None:
    same = uuid4()
    for _ in range(2):
        assert sent(cast, cast.bob, post, group, client_id=same).status_code == 204
    message = Message.objects.get()
    assert (message.text, message.card) == ("Look", {"kind": "post", "id": str(post.pk)})
    parts.dress([message])
    assert "Funding went negative." in message.shared


def test_without_words_and_scripts_one_comes_to_the_conversation(cast: Cast, group: Group, post: Post) -> None:
    channel, browser = group.channels.get(), cast.browser(cast.bob)
    answer = browser.post(reverse("post_send", args=[post.pk]), {"channel": channel.pk, "client_id": uuid4()})
    assert answer["Location"] == Message.objects.select_related("channel__group").get().get_absolute_url()


def test_a_post_that_is_gone_stays_a_way_there(cast: Cast, group: Group, post: Post) -> None:
    sent(cast, cast.bob, post, group)
    Post.objects.update(deleted_at=NOW)
    message = Message.objects.get()
    parts.dress([message])
    assert f"/p/{post.pk}/" in message.shared
    assert "Funding" not in message.shared


def test_one_chooses_among_the_places_where_one_may_write(cast: Cast, group: Group, post: Post) -> None:
    group.channels.create(name="news", kind=ChannelKind.ANNOUNCEMENTS)
    make_group(cast.alice.user, "Silent", cast.bob, member_rights=int(Right.REACT))
    make_group(cast.alice.user, "Closed", cast.bob, closed_at=NOW)
    make_group(cast.alice.user, "Elsewhere")
    assert [one.row.name for one in sharing.places(cast.bob)] == ["Basis"]
    page = cast.browser(cast.bob).get(reverse("post_send", args=[post.pk]), headers=HTMX).content.decode()
    assert "Basis" in page
    assert "Silent" not in page


def test_who_is_nowhere_is_led_to_groups(cast: Cast, post: Post) -> None:
    page = cast.browser(cast.charlie).get(reverse("post_send", args=[post.pk])).content.decode()
    assert reverse("group_discover") in page


def test_choosing_is_constant_queries(
    cast: Cast, group: Group, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        make_group(cast.alice.user, f"Group {number}", cast.bob)
    with django_assert_num_queries(4):
        assert len(sharing.places(cast.bob)) == 5


@pytest.mark.parametrize(("who", "status"), [("charlie", 404), ("bob", 403)])
def test_where_one_may_not_write_nothing_is_said(cast: Cast, group: Group, post: Post, who: str, status: int) -> None:
    Group.objects.filter(pk=group.pk).update(member_rights=0)
    assert sent(cast, getattr(cast, who), post, group).status_code == status
    assert not Message.objects.exists()


def test_without_scripts_a_refusal_comes_back_with_the_words(cast: Cast, group: Group, post: Post) -> None:
    Group.objects.filter(pk=group.pk).update(frozen_at=NOW)
    answer = cast.browser(cast.bob).post(
        reverse("post_send", args=[post.pk]),
        {"channel": group.channels.get().pk, "client_id": uuid4(), "text": "My words"},
    )
    assert answer.status_code == 422
    assert "everybody only reads" in answer.content.decode()


def test_a_post_that_one_may_not_see_is_not_there_to_be_sent(cast: Cast, group: Group) -> None:
    post = make_post(cast.alice, audience="followers")
    make_group(cast.charlie, "Mine")
    for what in (post.pk, uuid4()):
        assert cast.browser(cast.charlie).get(reverse("post_send", args=[what])).status_code == 404


def test_the_cards_menu_offers_it(cast: Cast, post: Post) -> None:
    page = cast.browser(cast.bob).get(post.get_absolute_url()).content.decode()
    assert reverse("post_send", args=[post.pk]) in page
