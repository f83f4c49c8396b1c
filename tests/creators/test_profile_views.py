"""Homepages and the lists of who follows whom, over HTTP."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from creators import profile_tabs
from creators.models import Follow
from creators.profile_tabs import Panel, Tab
from planet.accounts.models import Block, Mute, User
from tests.cast import Cast
from tests.factories import make_creator, make_user


def html(response: Any) -> str:
    text: str = response.content.decode()
    return text


@pytest.fixture
def alice(cast: Cast) -> Cast:
    """Alice, with a full profile."""
    cast.alice.refresh_from_db()
    cast.alice.bio = "Rates <desk>.\nNo signals."
    cast.alice.links = [{"label": "My site", "url": "https://alice.example/?a=1&b=2"}]
    cast.alice.languages, cast.alice.topics = ["en", "zh-hans"], ["macro"]
    cast.alice.save()
    return cast


def test_a_homepage_shows_who_it_is(alice: Cast) -> None:
    page = html(alice.browser(alice.bob).get("/@alice/"))
    assert "<h1>Alice</h1>" in page
    assert "Rates &lt;desk&gt;.<br>No signals." in page
    assert 'href="https://alice.example/?a=1&amp;b=2" rel="nofollow ugc noopener me"' in page
    assert "English, 简体中文" in page
    assert "#macro" in page
    assert f'<b data-followers="{alice.alice.pk}">1</b> follower<' in page
    assert f'data-topic="creator:{alice.alice.pk}"' in page


def test_a_follower_sees_a_pressed_button_and_an_outsider_does_not(cast: Cast) -> None:
    assert 'aria-pressed="true"' in html(cast.browser(cast.bob).get("/@alice/"))
    page = html(cast.browser(cast.charlie).get("/@alice/"))
    assert 'action="/@alice/follow/"' in page
    assert 'aria-pressed="true"' not in page.partition('data-follow="')[2][:400]


def test_a_guest_reads_and_is_asked_to_sign_in_to_follow(cast: Cast) -> None:
    page = html(Client().get("/@alice/"))
    assert "<h1>Alice</h1>" in page
    assert "/accounts/login/?next=/%40alice/" in page
    assert "/@alice/block/" not in page


def test_the_owner_edits_instead_of_following(cast: Cast) -> None:
    page = html(cast.browser(cast.alice.user).get("/@alice/"))
    assert 'href="/creator/edit/"' in page
    assert "/@alice/follow/" not in page
    assert "/@alice/block/" not in page
    assert "Your profile is 0 % complete" in page


def test_one_address_for_a_person(cast: Cast) -> None:
    for address in ("/@Alice/", "/@ALICE/followers/?after=x", "/@alIce/live/"):
        response = Client().get(address)
        assert response.status_code == 301
        assert response["Location"] == address.lower()
    assert '<link rel="canonical" href="http://localhost:8000/@alice/">' in html(Client().get("/@alice/"))


def test_the_open_graph_card_says_who_it_is(alice: Cast) -> None:
    page = html(Client().get("/@alice/"))
    assert '<meta property="og:title" content="Alice (@alice)">' in page
    assert '<meta property="og:description" content="Rates &lt;desk&gt;.' in page
    assert '<meta property="og:type" content="profile">' in page
    assert 'property="og:image" content="http' in page


@pytest.mark.parametrize("handle", ["nobody", "ab", "alice.x", "a" * 21, "%00alice"])
def test_an_unknown_handle_is_not_found(cast: Cast, handle: str) -> None:
    assert Client().get(f"/@{handle}/").status_code == 404


@pytest.mark.parametrize("tail", ["", "followers/", "following/", "live/"])
def test_who_blocked_the_viewer_looks_like_nobody(cast: Cast, tail: str) -> None:
    browser = cast.browser(cast.charlie)
    assert browser.get(f"/@alice/{tail}").status_code == 200
    Block.objects.create(owner=cast.alice.user, target=cast.charlie)
    blocked, unknown = browser.get(f"/@alice/{tail}"), browser.get(f"/@nobody/{tail}")
    assert blocked.status_code == unknown.status_code == 404
    assert "alice" not in html(blocked).replace(f"/@alice/{tail}", "")


@pytest.mark.parametrize("tail", ["", "followers/", "following/"])
def test_a_suspended_person_is_not_found(cast: Cast, tail: str) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert Client().get(f"/@alice/{tail}").status_code == 404


def test_whom_the_viewer_blocked_can_be_unblocked_but_not_read(cast: Cast) -> None:
    Block.objects.create(owner=cast.charlie, target=cast.alice.user)
    page = html(cast.browser(cast.charlie).get("/@alice/"))
    assert "You blocked @alice" in page
    assert 'action="/@alice/block/"' in page
    assert "/@alice/follow/" not in page


def test_a_person_without_a_creator_profile_has_a_plain_page(cast: Cast) -> None:
    page = html(cast.browser(cast.alice.user).get("/@bob/"))
    assert "<h1>bob</h1>" in page
    assert "Not a creator" in page
    assert "/@bob/follow/" not in page
    assert cast.browser(cast.alice.user).get("/@bob/live/").status_code == 404
    assert cast.browser(cast.alice.user).get("/@bob/followers/").status_code == 404
    assert "Become a creator" in html(cast.browser(cast.bob).get("/@bob/"))


@pytest.mark.parametrize("slug", ["performance", "live", "groups"])
def test_a_place_that_nobody_fills_yet_says_what_will_stand_there(cast: Cast, slug: str) -> None:
    page = html(Client().get(f"/@alice/{slug}/"))
    assert f'<a href="/@alice/{slug}/" aria-current="page">' in page
    assert 'class="empty"' in page


def test_an_unknown_tab_is_not_found(cast: Cast) -> None:
    assert Client().get("/@alice/secrets/").status_code == 404


def test_only_reading_is_allowed_on_pages(cast: Cast) -> None:
    for address in ("/@alice/", "/@alice/live/", "/@alice/followers/", "/@alice/following/"):
        assert cast.browser(cast.bob).post(address).status_code == 405


def test_a_higher_app_fills_a_tab_and_its_pages_come_as_fragments(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def panel(request: Any, creator: Any) -> Panel:
        return Panel("creators/_place.html", {"place_title": f"Room of {creator.user.handle}", "place_text": "x"})

    monkeypatch.setattr(profile_tabs, "_tabs", dict(profile_tabs._tabs))
    profile_tabs.register(Tab("live", "On air", 1, panel))
    page = html(Client().get("/@alice/"))
    assert "Room of alice" in page, "the tab with the smallest order is the homepage"
    assert '<a href="/@alice/" aria-current="page">On air</a>' in page
    fragment = html(Client().get("/@alice/?after=x", headers={"HX-Request": "true"}))
    assert "Room of alice" in fragment
    assert "<html" not in fragment
    with pytest.raises(ValueError, match="another address"):
        profile_tabs.register(Tab("followers", "Followers", 5, panel))


# --- lists --------------------------------------------------------------------------------------------------------


def test_followers_and_following_are_listed_with_buttons_for_creators(cast: Cast) -> None:
    dora = make_creator("dora")
    Follow.objects.create(follower=dora.user, creator=cast.alice)
    page = html(cast.browser(cast.charlie).get("/@alice/followers/"))
    assert page.index("@dora") < page.index("@bob")
    assert "/@dora/follow/" in page
    assert "/@bob/follow/" not in page, "only creators can be followed"
    page = html(cast.browser(cast.bob).get("/@bob/following/"))
    assert "/@alice/follow/" in page
    assert 'aria-pressed="true"' in page


def test_lists_hide_whom_the_viewer_must_not_see(cast: Cast) -> None:
    Mute.objects.create(owner=cast.charlie, target=cast.bob)
    assert "@bob" not in html(cast.browser(cast.charlie).get("/@alice/followers/"))
    assert "@bob" in html(Client().get("/@alice/followers/"))


def test_a_long_list_is_paged_by_a_link_and_costs_no_more(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(25):
        Follow.objects.create(follower=make_user(f"reader{number}"), creator=cast.alice, created_at=timezone.now())
    browser = cast.browser(cast.charlie)
    browser.get("/@alice/followers/")
    with django_assert_max_num_queries(9):
        first = html(browser.get("/@alice/followers/"))
    assert "@reader24" in first
    assert "@reader5<" in first
    assert "@reader4<" not in first
    after = first.partition('href="?after=')[2].partition('"')[0]
    second = html(browser.get(f"/@alice/followers/?after={after}"))
    assert "@reader4<" in second
    assert "@bob" in second
    assert 'class="morep"' not in second


@pytest.mark.parametrize("cursor", ["x", "0", "%00", "' or 1=1"])
def test_a_forged_cursor_is_not_found(cast: Cast, cursor: str) -> None:
    assert Client().get("/@alice/followers/", {"after": cursor}).status_code == 404


def test_suggestions_are_a_fragment_for_the_rail_and_a_page_for_everybody(cast: Cast) -> None:
    assert "@alice" in html(Client().get("/creators/suggested/"))
    fragment = html(cast.browser(cast.charlie).get("/creators/suggested/", headers={"HX-Request": "true"}))
    assert "/@alice/follow/" in fragment
    assert "<html" not in fragment
    assert "@alice" not in html(cast.browser(cast.bob).get("/creators/suggested/", headers={"HX-Request": "true"}))
