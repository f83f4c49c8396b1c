"""The frame of every page: who is offered what, and what the visitor's cookies change."""

import re

import pytest
from django.test import Client

from planet.accounts.models import KycState, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    """A page that needs no room: the one for what is not there."""
    return client.get("/nothing/here/").content.decode()


def test_a_guest_is_offered_to_sign_up_and_in() -> None:
    html = page(Client())
    assert 'href="/accounts/signup/"' in html
    assert 'href="/accounts/login/"' in html
    assert "data-unread" not in html
    assert 'name="planet-user" content=""' in html


def test_who_is_signed_in_gets_the_rail_the_menu_and_the_badge(cast: Cast) -> None:
    html = page(cast.browser(cast.bob))
    assert f'name="planet-user" content="{cast.bob.pk}"' in html
    assert f'data-topic="user:{cast.bob.pk}"' in html
    assert 'data-unread="0" hidden' in html
    assert 'action="/accounts/logout/"' in html
    assert "/accounts/signup/" not in html


def test_only_an_operator_finds_the_way_to_the_operators_room(cast: Cast) -> None:
    assert 'href="/admin/"' in page(cast.browser(cast.olga))
    assert 'href="/admin/"' not in page(cast.browser(cast.bob))


def test_only_a_verified_creator_is_offered_to_post(cast: Cast) -> None:
    assert 'data-key="n"' in page(cast.browser(cast.alice.user))
    assert 'data-key="n"' not in page(cast.browser(cast.bob))
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)
    assert 'data-key="n"' not in page(cast.browser(cast.alice.user))


def test_the_page_shown_is_marked_in_the_rail(cast: Cast) -> None:
    html = cast.browser(cast.bob).get("/notifications/").content.decode()
    assert 'href="/notifications/" aria-current="page"' in html


def test_every_link_of_the_rail_is_marked_on_its_own_page_and_nowhere_else(cast: Cast) -> None:
    """The rail is kept between pages: one that forgets what it depends on would show another page's mark."""
    browser = cast.browser(cast.alice.user)
    links = re.findall(r'<a class="nav" href="([^"]+)"', page(browser))
    assert len(links) >= 8
    marked = {url: re.findall(r'<a class="nav" href="([^"]+)" aria-current', _get(browser, url)) for url in links}
    assert marked == {url: [url] for url in links}
    assert 'aria-current="page"' not in page(browser)


def _get(browser: Client, url: str) -> str:
    return browser.get(url).content.decode()


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')],
)
def test_a_chosen_theme_comes_with_the_page(cookie: str, expected: str) -> None:
    client = Client()
    client.cookies["theme"] = cookie
    assert expected in page(client)


@pytest.mark.parametrize("cookie", ["", "system", '"><script>', "pink"])
def test_without_a_choice_we_know_the_theme_follows_the_device(cookie: str) -> None:
    client = Client()
    client.cookies["theme"] = cookie
    html = page(client)
    assert "data-theme" not in html
    assert "pink" not in html


def test_nothing_in_the_page_needs_an_inline_script_or_style(cast: Cast) -> None:
    html = page(cast.browser(cast.alice.user))
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick=" not in html
    # Scripts are files, or data.
    for tag in html.split("<script")[1:]:
        assert " src=" in tag.split(">")[0] or 'type="application/json"' in tag.split(">")[0]


def test_every_page_has_one_first_heading_and_the_landmarks(cast: Cast) -> None:
    html = page(cast.browser(cast.bob))
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert 'class="skip" href="#main"' in html
