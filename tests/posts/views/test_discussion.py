"""The discussion under a post, over HTTP."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from posts import actions
from posts.models import Comment, CommentLike, Post
from tests.cast import Cast
from tests.factories import make_post
from tests.posts.conftest import NOW, Write
from tests.posts.views.test_comments import HTMX, comments, form, page


def url(comment: Comment, act: str) -> str:
    return f"/p/{comment.post_id}/comments/{comment.pk}/{act}/"


def test_best_is_first_and_new_is_a_link_away(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    liked, plain = write(cast.bob, post), write(cast.bob, post)
    actions.like_comment(actor=cast.charlie, comment_id=liked.pk, now=NOW)
    assert comments(page(Client(), post)) == [str(liked.pk), str(plain.pk)]
    assert comments(page(Client(), post, "?sort=new")) == [str(plain.pk), str(liked.pk)]
    assert comments(page(Client(), post, "?sort=nonsense")) == [str(liked.pk), str(plain.pk)]
    assert 'href="?sort=new#comments"' in page(Client(), post)


@pytest.mark.parametrize("sort", ["best", "new"])
def test_every_thread_is_reached_without_scripts(cast: Cast, write: Write, sort: str) -> None:
    post = make_post(cast.alice)
    every = [write(cast.bob, post, f"{number}") for number in range(27)]
    query, found = f"?sort={sort}", []
    while query:
        html = page(Client(), post, query)
        found += comments(html)
        more = html.split('class="morep" href="')
        query = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else ""
    assert sorted(found) == sorted(str(one.pk) for one in every)


def test_a_like_in_place_answers_with_the_count(cast: Cast, write: Write) -> None:
    comment = write(cast.bob, make_post(cast.alice))
    browser = cast.browser(cast.charlie)
    for on, answer in (("1", {"liked": True, "likes": 1}), ("1", {"liked": True, "likes": 1})):
        assert browser.post(url(comment, "like"), {"on": on}, headers=HTMX).json() == answer
    html = page(browser, comment.post)
    assert 'aria-pressed="true" data-like-comment' in html
    assert 'data-likes="1">1<' in html
    assert 'aria-pressed="true" data-like-comment' not in page(Client(), comment.post)
    assert browser.post(url(comment, "like"), {"on": "0"}, headers=HTMX).json() == {"liked": False, "likes": 0}


def test_a_like_without_scripts_is_asked_and_done(cast: Cast, write: Write) -> None:
    comment = write(cast.bob, make_post(cast.alice))
    browser = cast.browser(cast.charlie)
    assert "Like this comment?" in browser.get(url(comment, "like")).content.decode()
    assert not CommentLike.objects.exists()
    assert browser.post(url(comment, "like"), {"on": "1"}).headers["Location"] == comment.get_absolute_url()
    assert CommentLike.objects.count() == 1


@pytest.mark.parametrize("act", ["like", "pin", "hide"])
def test_guests_sign_in_and_nonsense_changes_nothing(cast: Cast, write: Write, act: str) -> None:
    comment = write(cast.bob, make_post(cast.alice))
    assert Client().post(url(comment, act), {"on": "1"}).headers["Location"].startswith("/accounts/login/")
    owner = cast.browser(cast.alice.user)
    assert owner.post(url(comment, act), {"on": "maybe"}).status_code == 400
    assert owner.post(f"/p/{uuid.uuid4()}/comments/{comment.pk}/{act}/", {"on": "1"}).status_code == 404
    other = make_post(cast.alice)
    assert owner.post(f"/p/{other.pk}/comments/{comment.pk}/{act}/", {"on": "1"}).status_code == 404
    comment.refresh_from_db()
    assert (comment.like_count, comment.pinned_at, comment.hidden_at) == (0, None, None)


@pytest.mark.parametrize("act", ["pin", "hide"])
def test_only_the_posts_author_orders_comments(cast: Cast, write: Write, act: str) -> None:
    comment = write(cast.bob, make_post(cast.alice))
    for person in (cast.bob, cast.charlie, cast.olga):
        for answer in (
            cast.browser(person).get(url(comment, act)),
            cast.browser(person).post(url(comment, act), {"on": "1"}),
        ):
            assert answer.status_code == 404
    comment.refresh_from_db()
    assert (comment.pinned_at, comment.hidden_at) == (None, None)


def test_a_pinned_comment_says_so(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    first, second = write(cast.bob, post), write(cast.bob, post)
    browser = cast.browser(cast.alice.user)
    assert browser.get(url(first, "pin")).status_code == 200
    assert browser.post(url(first, "pin"), {"on": "1"}, headers=HTMX).status_code == 204
    html = page(Client(), post, "?sort=new")
    assert comments(html) == [str(first.pk), str(second.pk)]
    assert html.split("data-comments=")[1].split("<template")[0].count("Pinned by the author") == 1
    assert browser.post(url(first, "pin"), {"on": "0"}).status_code == 302
    assert comments(page(Client(), post, "?sort=new")) == [str(second.pk), str(first.pk)]


def test_hidden_replies_are_behind_a_link(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    rude = write(cast.bob, post, "Rude")
    assert "hidden repl" not in page(Client(), post).lower()
    cast.browser(cast.alice.user).post(url(rude, "hide"), {"on": "1"})
    html = page(Client(), post)
    assert comments(html) == []
    assert "1 hidden reply" in html
    aside = page(Client(), post, "?show=hidden")
    assert comments(aside) == [str(rude.pk)]
    assert "Hidden by the author of the post" in aside
    cast.browser(cast.alice.user).post(url(rude, "hide"), {"on": "0"})
    assert comments(page(Client(), post)) == [str(rude.pk)]


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ("followers", "Only followers of @alice can answer."),
        ("mentioned", "Only people mentioned in the post can answer."),
        ("nobody", "The author takes no answers."),
    ],
)
def test_who_may_answer_is_said_and_others_have_no_form(cast: Cast, replies: str, words: str) -> None:
    post = make_post(cast.alice, replies=replies)
    outsider = cast.browser(cast.charlie)
    html = page(outsider, post)
    assert words in html
    assert "data-comment-form" not in html
    assert "data-comment-form" in page(cast.browser(cast.alice.user), post)
    for headers in ({}, HTMX):
        answer = outsider.post(f"/p/{post.pk}/comments/", form(), headers=headers)
        assert answer.status_code == 422
        assert "has chosen who may answer" in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize(("seconds", "words"), [(30, "in 30 seconds."), (3600, "in 60 minutes.")])
def test_slow_mode_says_how_long(cast: Cast, seconds: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    post = make_post(cast.alice, slow_seconds=seconds)
    browser = cast.browser(cast.bob)
    assert "Slow mode: one comment in" in page(browser, post)
    assert browser.post(f"/p/{post.pk}/comments/", form(), headers=HTMX).status_code == 201
    for headers in ({}, HTMX):
        answer = browser.post(f"/p/{post.pk}/comments/", form("My second <b>word</b>"), headers=headers)
        assert answer.status_code == 422
        assert f"you can comment here again {words}" in answer.content.decode()
    assert (
        "My second &lt;b&gt;word"
        in browser.post(f"/p/{post.pk}/comments/", form("My second <b>word</b>")).content.decode()
    )
    assert Comment.objects.count() == 1


def test_an_outsider_reaches_no_button_of_a_post_for_followers(cast: Cast, write: Write) -> None:
    comment = write(cast.bob, make_post(cast.alice, audience=Post.Audience.FOLLOWERS))
    outsider: Any = cast.browser(cast.charlie)
    for act in ("like", "pin", "hide"):
        assert outsider.get(url(comment, act)).status_code == 404
        assert outsider.post(url(comment, act), {"on": "1"}, headers=HTMX).status_code == 404
    assert not CommentLike.objects.exists()
