"""The feed's page with its frame kept: the same page as one made anew, and everybody's own stays theirs."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from planet.accounts.models import KycState, User
from planet.notifications import unread
from planet.notifications.models import Notification
from planet.web import frames
from posts.models import List
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.views.test_feeds import body, items

_OWN_EACH_TIME = re.compile(
    r'[A-Za-z0-9]{64}|content="\d{10}"|data-seen="[^"]+"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    frames.forget()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were rendered for a frame."""
    rendered: list[str] = []
    really = frames._cut

    def cut(request: Any, template: str, *arguments: Any) -> list[str]:
        rendered.append(template)
        return really(request, template, *arguments)

    monkeypatch.setattr(frames, "_cut", cut)
    return rendered


def alike(html: str) -> str:
    """A page without what is new at every visit."""
    return _OWN_EACH_TIME.sub("…", html)


@pytest.mark.parametrize(
    ("handle", "url"), [("alice", "/following/"), ("alice", "/latest/"), ("bob", "/"), ("", "/latest/")]
)
def test_a_kept_page_is_the_page_that_was_made(cast: Cast, made: list[str], handle: str, url: str) -> None:
    make_post(cast.alice)
    browser = cast.browser(User.objects.get(handle=handle)) if handle else Client()
    fresh, kept = body(browser, url), body(browser, url)
    assert alike(fresh) == alike(kept)
    assert made == ["posts/home.html"]


def test_what_is_new_is_on_a_kept_page(cast: Cast, made: list[str]) -> None:
    browser, first = cast.browser(cast.bob), make_post(cast.alice)
    body(browser, "/")
    second = make_post(cast.alice)
    assert items(body(browser, "/")) == [str(second.pk), str(first.pk)]
    assert len(made) == 1


def test_nobody_is_shown_anothers_frame(cast: Cast) -> None:
    make_post(cast.alice)
    pages = {user.pk: body(cast.browser(user), "/latest/") for user in (cast.alice.user, cast.bob, cast.charlie)}
    pages |= {None: body(Client(), "/latest/")}  # type: ignore[dict-item]
    for pk, html in pages.items():
        assert re.findall(r'name="planet-user" content="([^"]*)"', html) == [str(pk or "")]
    assert "@bob" not in pages[cast.charlie.pk]
    assert "data-composer" in pages[cast.alice.pk]
    assert "data-composer" not in pages[cast.bob.pk]


def test_every_visitor_gets_a_token_that_is_theirs_and_works(cast: Cast) -> None:
    post = make_post(cast.alice)
    for user in (cast.bob, cast.charlie):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(user)
        for _ in range(2):
            tokens = set(re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', body(browser, "/latest/")))
            answers = [browser.post(f"/p/{post.pk}/like/", {"csrfmiddlewaretoken": one, "on": "1"}) for one in tokens]
            assert [answer.status_code for answer in answers] == [302] * len(tokens) != []
        assert browser.post(f"/p/{post.pk}/like/", {"on": "1"}).status_code == 403


def test_every_visit_begins_another_publication(cast: Cast) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.alice.user)
    ids = {re.findall(r'name="client_id" value="([^"]+)"', body(browser, "/following/"))[0] for _ in range(3)}
    assert len(ids) == 3


def _rename(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(display_name="Alice the Second")


def _expire(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)


def _promote(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_staff=True)


def _pin(cast: Cast) -> None:
    made = List.objects.create(owner=cast.alice.user, name="Macro", pinned_at=timezone.now())
    User.objects.filter(pk=cast.alice.pk).update(pinned_feeds=[[str(made.pk), "Macro"]])


@pytest.mark.parametrize("change", [_rename, _expire, _promote, _pin])
def test_a_change_of_who_looks_is_seen_at_once(cast: Cast, change: Callable[[Cast], None]) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.alice.user)
    before = body(browser, "/latest/")
    change(cast)
    after = body(browser, "/latest/")
    frames.forget()
    assert alike(after) != alike(before)
    assert alike(body(browser, "/latest/")) == alike(after)


@pytest.mark.parametrize(("cookie", "value"), [("theme", "dark"), ("updown", "red-up"), ("django_language", "zh-hans")])
def test_a_choice_of_looks_is_seen_at_once(cast: Cast, cookie: str, value: str) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    before = body(browser, "/latest/")
    browser.cookies[cookie] = value
    after = body(browser, "/latest/")
    frames.forget()
    assert alike(after) != alike(before)
    assert alike(body(browser, "/latest/")) == alike(after)


def test_the_badge_counts_on_a_kept_page(cast: Cast) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    assert 'data-unread="0"' in body(browser, "/")
    Notification.objects.create(recipient=cast.bob, kind="follow", group_key="x", url="/")
    unread.clear([cast.bob.pk])
    assert 'data-unread="1"' in body(browser, "/")


def test_a_message_is_shown_once_and_not_kept(cast: Cast) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    body(browser, "/")
    storage: Any = CookieStorage(RequestFactory().get("/"))
    browser.cookies["messages"] = storage._encode([Message(constants.SUCCESS, "Saved for Bob alone")])
    assert "Saved for Bob alone" in body(browser, "/")
    assert "Saved for Bob alone" not in body(browser, "/")


def test_a_feed_with_nothing_in_it_is_not_kept(cast: Cast, made: list[str]) -> None:
    browser = cast.browser(cast.charlie)
    make_creator("dora")
    assert "data-empty" in body(browser, "/following/")
    assert made == []


def test_a_kept_page_takes_three_queries(cast: Cast) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    body(browser, "/")
    with CaptureQueriesContext(connection) as queries:
        body(browser, "/")
    assert len(queries) == 3
