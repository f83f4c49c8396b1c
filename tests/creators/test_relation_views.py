"""Follow, block and mute over HTTP."""

from typing import Any

import pytest
from django.test import Client

from creators.models import Follow
from planet.accounts.models import Block, Mute, User
from tests.cast import Cast

HTMX = {"HX-Request": "true"}


def follows(user: User) -> bool:
    return Follow.objects.filter(follower=user).exists()


def test_a_plain_form_follows_and_returns_to_where_it_stood(cast: Cast) -> None:
    response = cast.browser(cast.charlie).post("/@alice/follow/", {"on": "1", "next": "/@alice/live/"})
    assert (response.status_code, response["Location"]) == (302, "/@alice/live/")
    assert follows(cast.charlie)
    assert Client().get("/@alice/").content.decode().count(">2</b> followers") == 1


def test_htmx_gets_the_button_as_it_is_now(cast: Cast) -> None:
    browser = cast.browser(cast.charlie)
    page = browser.post("/@alice/follow/", {"on": "1"}, headers=HTMX).content.decode()
    assert page.startswith("\n<form") or page.lstrip().startswith("<form")
    assert 'aria-pressed="true"' in page
    assert 'name="on" value="0"' in page
    page = browser.post("/@alice/follow/", {"on": "0"}, headers=HTMX).content.decode()
    assert 'aria-pressed="false"' in page
    assert not follows(cast.charlie)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_on_this_site(cast: Cast, target: str) -> None:
    response = cast.browser(cast.charlie).post("/@alice/follow/", {"on": "1", "next": target})
    assert response["Location"] == "/@alice/"


@pytest.mark.parametrize("verb", ["follow", "block", "mute"])
def test_a_guest_is_sent_to_sign_in_and_nothing_changes(cast: Cast, verb: str) -> None:
    response = Client().post(f"/@alice/{verb}/", {"on": "1"})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert Client().post(f"/@alice/{verb}/", {"on": "1"}, headers=HTMX)["HX-Redirect"].startswith("/accounts/login/")
    assert (Follow.objects.count(), Block.objects.count(), Mute.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("verb", ["follow", "block", "mute"])
def test_reading_decides_nothing(cast: Cast, verb: str) -> None:
    assert cast.browser(cast.charlie).get(f"/@alice/{verb}/", {"on": "1"}).status_code == 405
    assert (Follow.objects.count(), Block.objects.count(), Mute.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("verb", ["follow", "block", "mute"])
def test_a_forged_request_without_token_is_refused(cast: Cast, verb: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.charlie, "planet.accounts.backends.Backend")
    assert browser.post(f"/@alice/{verb}/", {"on": "1"}).status_code == 403
    assert (Follow.objects.count(), Block.objects.count(), Mute.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("handle", ["nobody", "bob"])
def test_nobody_and_a_reader_cannot_be_followed(cast: Cast, handle: str) -> None:
    assert cast.browser(cast.charlie).post(f"/@{handle}/follow/", {"on": "1"}).status_code == 404
    assert not follows(cast.charlie)


def test_who_blocked_the_viewer_cannot_be_followed_blocked_or_muted_and_looks_like_nobody(cast: Cast) -> None:
    Block.objects.create(owner=cast.alice.user, target=cast.charlie)
    for verb in ("follow", "block", "mute"):
        assert cast.browser(cast.charlie).post(f"/@alice/{verb}/", {"on": "1"}).status_code == 404
    assert (Block.objects.count(), Mute.objects.count()) == (1, 0)
    assert not follows(cast.charlie)


def test_whom_the_viewer_blocked_cannot_be_followed(cast: Cast) -> None:
    Block.objects.create(owner=cast.charlie, target=cast.alice.user)
    response = cast.browser(cast.charlie).post("/@alice/follow/", {"on": "1"}, headers=HTMX)
    assert response.status_code == 409
    assert "You cannot follow @alice." in response["HX-Trigger"]
    assert cast.browser(cast.charlie).post("/@alice/follow/", {"on": "1"}).status_code == 302
    assert not follows(cast.charlie)


def test_nobody_follows_or_blocks_or_mutes_themselves(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)
    assert browser.post("/@alice/follow/", {"on": "1"}, headers=HTMX).status_code == 409
    assert browser.post("/@alice/block/", {"on": "1"}).status_code == 302
    assert browser.post("/@alice/mute/", {"on": "1"}).status_code == 302
    assert (Follow.objects.count(), Block.objects.count(), Mute.objects.count()) == (1, 0, 0)


def test_a_block_ends_the_follow_and_can_be_taken_back(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)
    response = browser.post("/@bob/block/", {"on": "1"})
    assert (response.status_code, response["Location"]) == (302, "/@bob/")
    assert Block.objects.filter(owner=cast.alice.user, target=cast.bob).exists()
    assert not follows(cast.bob)
    browser.post("/@bob/block/", {"on": "0"})
    assert not Block.objects.exists()


def test_a_block_can_be_taken_back_though_the_other_blocked_too(cast: Cast) -> None:
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    Block.objects.create(owner=cast.bob, target=cast.alice.user)
    cast.browser(cast.alice.user).post("/@bob/block/", {"on": "0"})
    assert not Block.objects.filter(owner=cast.alice.user).exists()


def test_a_mute_keeps_the_follow_and_can_be_taken_back(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    response: Any = browser.post("/@alice/mute/", {"on": "1"}, headers=HTMX)
    assert response.status_code == 204
    assert str(cast.alice.pk) in response["HX-Trigger"], "so that the feed takes the cards away"
    assert Mute.objects.filter(owner=cast.bob, target=cast.alice.user).exists()
    assert follows(cast.bob)
    browser.post("/@alice/mute/", {"on": "0"})
    assert not Mute.objects.exists()


def test_too_many_follows_are_refused(cast: Cast) -> None:
    browser = cast.browser(cast.charlie)
    statuses = [browser.post("/@alice/follow/", {"on": "0"}).status_code for _try in range(61)]
    assert statuses == [302] * 60 + [429]
