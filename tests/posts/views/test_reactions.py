"""Reactions over HTTP."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from planet.accounts.models import Block
from posts.models import Bookmark, Like, Post
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW

HTMX = {"HX-Request": "true"}
EACH = pytest.mark.parametrize(
    ("path", "key", "count"),
    [("like", "liked", "likes"), ("bookmark", "bookmarked", "bookmarks"), ("repost", "reposted", "reposts")],
)


def reactions() -> int:
    return Like.objects.count() + Bookmark.objects.count() + Post.objects.exclude(repost_of=None).count()


@EACH
def test_scripts_get_the_state_as_it_is_now(cast: Cast, path: str, key: str, count: str) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(make_creator("dora").user)
    for on in (1, 1, 0):
        state = browser.post(f"/p/{post.pk}/{path}/", {"on": on}, headers=HTMX).json()
        assert (state[key], state[count]) == (bool(on), on)


@EACH
def test_without_scripts_one_is_back_where_the_button_stood(cast: Cast, path: str, key: str, count: str) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(make_creator("dora").user)
    url = f"/p/{post.pk}/{path}/"
    there = browser.post(url, {"on": "1"}, headers={"Referer": "http://testserver/latest/?after=x"})
    assert there.headers["Location"] == f"http://testserver/latest/?after=x#post-{post.pk}"
    for referer in ("https://evil.example/", "//evil.example", "javascript:alert(1)", ""):
        away = browser.post(url, {"on": "0"}, headers={"Referer": referer})
        assert away.headers["Location"] == f"{post.get_absolute_url()}#post-{post.pk}"


@EACH
@pytest.mark.parametrize("on", ["", "2", "true", "\x00"])
def test_neither_on_nor_off_changes_nothing(cast: Cast, path: str, key: str, count: str, on: str) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(make_creator("dora").user)
    assert browser.post(f"/p/{post.pk}/{path}/", {"on": on}).status_code == 400
    assert reactions() == 0


@EACH
def test_a_guest_signs_in_first(cast: Cast, path: str, key: str, count: str) -> None:
    url = f"/p/{make_post(cast.alice).pk}/{path}/"
    assert Client().post(url, {"on": "1"}).headers["Location"].startswith("/accounts/login/")
    assert "HX-Redirect" in Client().post(url, {"on": "1"}, headers=HTMX).headers
    assert reactions() == 0


@EACH
def test_what_one_may_not_see_one_cannot_react_to(cast: Cast, path: str, key: str, count: str) -> None:
    dora = make_creator("dora")
    blocked, gone = make_post(cast.alice), make_post(make_creator("emil"), deleted_at=NOW)
    Block.objects.create(owner=cast.alice.user, target=dora.user)
    browser = cast.browser(dora.user)
    for post_id, code in ((blocked.pk, 404), (gone.pk, 410), (uuid.uuid4(), 404)):
        assert browser.post(f"/p/{post_id}/{path}/", {"on": "1"}).status_code == code
    assert reactions() == 0


def test_a_reader_who_reposts_sees_why_not_and_the_way(cast: Cast) -> None:
    post = make_post(cast.alice)
    response = cast.browser(cast.bob).post(f"/p/{post.pk}/repost/", {"on": "1"}, headers=HTMX)
    assert response.status_code == 403
    assert response.content.decode().lstrip().startswith('<div class="dlg"')
    assert "/creator/start/" in response.content.decode()
    assert reactions() == 0


def test_a_reposted_item_is_liked_through_its_original(cast: Cast) -> None:
    post = make_post(cast.alice)
    item = make_post(make_creator("dora"), "", repost_of=post)
    cast.browser(cast.bob).post(f"/p/{item.pk}/like/", {"on": "1"})
    assert list(Like.objects.values_list("post", flat=True)) == [post.pk]


def test_liking_without_end_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)  # no window ends meanwhile
    post, browser = make_post(cast.alice), cast.browser(cast.bob)
    codes = [browser.post(f"/p/{post.pk}/like/", {"on": ""}).status_code for _ in range(121)]
    assert codes[-1] == 429
    assert set(codes[:-1]) == {400}
