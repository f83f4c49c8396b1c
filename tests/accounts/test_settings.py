"""The settings page and the lists of blocked and muted people."""

from typing import Any

import pytest
from django.utils import timezone

from planet.accounts import actions, queries
from planet.accounts.models import Block
from tests.cast import Cast
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGES = ("/settings/", "/settings/blocked/", "/settings/muted/")


@pytest.mark.parametrize("path", PAGES)
def test_a_guest_signs_in_first(client: Any, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_only_show(cast: Cast, path: str) -> None:
    assert cast.browser(cast.bob).post(path).status_code == 405


def test_one_sees_the_account_at_a_glance(cast: Cast) -> None:
    page = cast.browser(cast.bob).get("/settings/").content.decode()
    for said in (
        "@bob",
        "bob@example.com",
        "Not verified",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/password/change/",
    ):
        assert said in page
    assert "charlie" not in page


def test_the_number_of_queries_does_not_grow(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser = cast.browser(cast.bob)
    browser.get("/settings/")
    for number in range(12):
        actions.block(actor=cast.bob, target=make_user(f"pest{number}x"), now=timezone.now())
    with django_assert_max_num_queries(10):
        browser.get("/settings/")
    with django_assert_max_num_queries(6):
        browser.get("/settings/blocked/")


def test_blocked_and_muted_people_are_listed_with_a_way_back(cast: Cast) -> None:
    actions.block(actor=cast.bob, target=cast.charlie, now=timezone.now())
    actions.mute(actor=cast.bob, target=cast.alice.user, now=timezone.now())
    browser = cast.browser(cast.bob)
    blocked, muted = (browser.get(path).content.decode() for path in PAGES[1:])
    assert "/@charlie/block/" in blocked
    assert "/@alice/" not in blocked
    assert "/@alice/mute/" in muted
    browser.post("/@charlie/block/", {"on": "0", "next": "/settings/blocked/"})
    browser.post("/@alice/mute/", {"on": "0", "next": "/settings/muted/"})
    assert not queries.has_blocked(cast.bob.pk, cast.charlie.pk)
    assert not queries.has_muted(cast.bob.pk, cast.alice.pk)
    assert "nobody" in browser.get("/settings/blocked/").content.decode()


def test_who_is_blocked_is_nobody_elses_business(cast: Cast) -> None:
    actions.block(actor=cast.bob, target=cast.charlie, now=timezone.now())
    for user in (cast.charlie, cast.olga):
        assert (
            "/@"
            not in cast.browser(user)
            .get("/settings/blocked/")
            .content.decode()
            .partition('class="setpage"')[2]
            .partition("</main>")[0]
        )


def test_a_long_list_has_pages(cast: Cast) -> None:
    for number in range(21):
        Block.objects.create(owner=cast.bob, target=make_user(f"pest{number}x"))
    browser = cast.browser(cast.bob)
    first = browser.get("/settings/blocked/").context["page"]
    second = browser.get("/settings/blocked/", {"after": first.after}).context["page"]
    assert [len(first.items), len(second.items)] == [20, 1]
    assert second.after is None
    assert browser.get("/settings/blocked/?after=forged").status_code == 404
