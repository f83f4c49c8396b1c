"""The tabs of the home page: For you, Following, Latest, pinned lists; what is remembered; what is turned down."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creators.models import Follow
from planet.accounts.models import KycState, User
from planet.engagement.models import Kind
from planet.web.pagination import PAGE_SIZE
from posts import actions
from posts.models import List, ListMember, NotInterested, Post, PostTag, Tag, TopicFollow
from tests.cast import Cast
from tests.factories import make_creator, make_deed, make_post
from tests.posts.conftest import NOW
from tests.posts.test_timelines import at
from tests.posts.views.test_feeds import HTMX, body, items


def score_all() -> None:
    actions.score(list(Post.objects.values_list("pk", flat=True)))


def tab(html: str) -> str:
    tabs = html.split('class="tabs feeds even"')[1].split("</nav>", maxsplit=1)[0]
    return tabs.split('aria-current="page">')[1].split("<")[0]


def test_the_tab_that_was_open_last_opens_again(cast: Cast) -> None:
    made = List.objects.create(owner=cast.bob, name="Macro")
    actions.pin_list(actor=cast.bob, list_id=made.pk, on=True, now=NOW)
    browser = cast.browser(cast.bob)
    assert tab(body(browser, "/")) == "Following"
    for url, name in (
        ("/latest/", "Latest"), ("/for-you/", "For you"), (f"/lists/{made.pk}/", "Macro"), ("/following/", "Following"),
    ):  # fmt: skip
        assert tab(body(browser, url)) == name
        assert tab(body(browser, "/")) == name


def test_a_further_page_is_no_choice(cast: Cast) -> None:
    for _ in range(PAGE_SIZE + 1):
        make_post(cast.alice)
    browser = cast.browser(cast.bob)
    html = body(browser, "/latest/")
    body(browser, "/following/")
    after = html.split("?after=")[1].split('"')[0]
    body(browser, f"/latest/?after={after}", headers=HTMX)
    assert tab(body(browser, "/")) == "Following"


def test_home_leads_on_in_the_feed_that_it_shows(cast: Cast) -> None:
    """However the choice changes meanwhile in another tab of the browser."""
    for _ in range(PAGE_SIZE + 1):
        make_post(cast.alice)
    html = body(cast.browser(cast.bob), "/")
    assert 'class="morep" href="/following/?after=' in html


@pytest.mark.parametrize("cookie", ["", "nonsense", "0198c0de-0000-7000-8000-000000000000", "<script>", "following\0"])
def test_a_cookie_of_nobody_opens_following(cast: Cast, cookie: str) -> None:
    theirs = List.objects.create(owner=cast.charlie, name="Private")
    browser = cast.browser(cast.bob)
    for value in (cookie, str(theirs.pk)):
        browser.cookies["feed"] = value
        html = body(browser, "/")
        assert tab(html) == "Following"
        assert "Private" not in html


def test_who_follows_nobody_begins_with_what_is_hot(cast: Cast) -> None:
    post = make_post(cast.alice)
    score_all()
    html = body(cast.browser(cast.charlie), "/")
    assert tab(html) == "For you"
    assert items(html) == [str(post.pk)]


@pytest.mark.django_db
def test_a_guest_has_no_tabs_and_no_choice() -> None:
    client = Client()
    assert "tabs feeds" not in body(client, "/latest/")
    assert "feed" not in client.cookies
    for url in ("/for-you/", "/following/", "/lists/"):
        assert client.get(url).headers["Location"].startswith("/accounts/login/")


def test_for_you_says_why(cast: Cast) -> None:
    tag = Tag.objects.create(kind="topic", name="defi")
    TopicFollow.objects.create(follower=cast.bob, tag=tag)
    about, hot = make_post(make_creator("dora")), make_post(make_creator("emil"))
    followed = make_post(cast.alice)
    PostTag.objects.create(post=about, tag=tag)
    make_post(make_creator("fritz"))  # has no score yet: nobody has read it
    actions.score([about.pk, hot.pk, followed.pk])
    html = body(cast.browser(cast.bob), "/for-you/")
    assert 'Because you follow <a href="/topic/defi/">#defi</a>' in html
    assert "Popular now" in html
    assert "A new voice" in html
    cards = {part.split('"')[0]: part for part in html.split('data-item="')[1:]}
    assert 'class="why"' not in cards[str(followed.pk)]


def test_for_you_costs_the_same_however_many(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    costs = []
    for size in (2, PAGE_SIZE):
        for number in range(size):
            creator = make_creator(f"many{size}x{number}")
            Follow.objects.create(follower=cast.bob, creator=creator)
            make_post(creator)
            make_post(make_creator(f"other{size}x{number}"))
        score_all()
        body(browser, "/for-you/")
        with CaptureQueriesContext(connection) as warm:
            body(browser, "/for-you/")
        costs.append(len(warm))
    assert costs[0] == costs[1]
    assert costs[0] <= 4


def test_every_page_of_for_you_is_reached_without_scripts(cast: Cast) -> None:
    posts = [make_post(make_creator(f"creator{number}")) for number in range(PAGE_SIZE + 5)]
    score_all()
    browser, url, found = cast.browser(cast.bob), "/for-you/", []
    while url:
        html = body(browser, url)
        found += items(html)
        url = html.split('class="morep" href="')[1].split('"')[0] if 'class="morep"' in html else ""
    assert sorted(found) == sorted(str(post.pk) for post in posts)


# --- where one was ------------------------------------------------------------------------------------------------


def test_a_feed_in_time_begins_where_one_was(cast: Cast) -> None:
    posts = [make_post(cast.alice, id=at(number)) for number in range(10)]
    browser = cast.browser(cast.bob)
    for url in ("/following/", "/latest/", "/"):
        html = body(browser, f"{url}?at={posts[6].pk}")
        assert items(html) == [str(post.pk) for post in reversed(posts[:7])]
        assert "data-newposts" in html
    actions.delete(actor=cast.alice.user, post_id=posts[6].pk, now=NOW)
    assert items(body(browser, f"/following/?at={posts[6].pk}"))[0] == str(posts[5].pk)


@pytest.mark.parametrize("nonsense", ["x", "1", "%00", "../../etc"])
def test_nowhere_is_not_found(cast: Cast, nonsense: str) -> None:
    assert cast.browser(cast.bob).get(f"/following/?at={nonsense}").status_code == 404


def test_what_is_new_in_a_list_is_asked_for(cast: Cast) -> None:
    made = List.objects.create(owner=cast.charlie, name="Macro")
    ListMember.objects.create(list=made, creator=cast.alice)
    first, second = (make_post(cast.alice, id=at(seconds)) for seconds in (0, 60))
    make_post(make_creator("dora"), id=at(61))
    html = body(cast.browser(cast.charlie), f"/feed/new/?feed={made.pk}&since={first.pk}")
    assert items(html) == [str(second.pk), str(first.pk)]  # the last seconds come along


# --- not interested -----------------------------------------------------------------------------------------------


def events(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.headers["HX-Trigger"])
    return found


def test_a_post_an_author_a_topic_are_turned_down_and_taken_back(cast: Cast) -> None:
    post = make_post(cast.alice)
    tag = Tag.objects.create(kind="topic", name="cats")
    browser = cast.browser(cast.bob)
    for url, key, value in (
        (f"/p/{post.pk}/not-interested/?what=post", "post", post.pk),
        (f"/p/{post.pk}/not-interested/?what=author", "author", cast.alice.pk),
        (f"/not-interested/topic/{tag.pk}/", "topic", tag.pk),
    ):
        for _ in range(2):  # twice is once
            answer = browser.post(url, headers=HTMX)
            assert answer.status_code == 204
        assert events(answer)["planet:uninterested"] == {key: str(value)}
        undo = events(answer)["toast"]["undo"]
        assert NotInterested.objects.filter(user=cast.bob).count() == 1
        answer = browser.post(undo, headers=HTMX)
        assert events(answer)["planet:interested"] == {key: str(value)}
        assert not NotInterested.objects.exists()


def test_what_was_turned_down_is_listed_to_take_it_back(cast: Cast) -> None:
    dora, tag = make_creator("dora"), Tag.objects.create(kind="topic", name="cats")
    post = make_post(cast.alice)
    NotInterested.objects.create(user=cast.bob, author=dora)
    NotInterested.objects.create(user=cast.bob, topic=tag)
    NotInterested.objects.create(user=cast.bob, post=post)
    browser = cast.browser(cast.bob)
    html = body(browser, "/not-interested/")
    for words in ("@dora", "#cats", "A post by @alice"):
        assert words in html
    assert "Nothing turned down" in body(cast.browser(cast.charlie), "/not-interested/")
    assert browser.post("/not-interested/author/dora/", {"on": "0"}).status_code == 302
    assert browser.post("/not-interested/author/dora/").status_code == 400
    assert browser.post("/not-interested/author/nobody/", {"on": "0"}).status_code == 404
    assert NotInterested.objects.filter(author=None).count() == NotInterested.objects.count() == 2


def test_turning_down_needs_something_that_one_may_see(cast: Cast) -> None:
    secret = make_post(cast.alice, audience="followers")
    outsider = cast.browser(cast.charlie)
    for url in (f"/p/{secret.pk}/not-interested/", "/not-interested/topic/999999/"):
        assert outsider.post(url, headers=HTMX).status_code == 404
        assert outsider.get(url).status_code == 405
    assert outsider.get(f"/p/{secret.pk}/why/").status_code == 404
    assert cast.browser(cast.alice.user).post(f"/p/{secret.pk}/not-interested/").status_code == 404  # one's own
    assert not NotInterested.objects.exists()


def test_why_is_told_with_figures_and_choices(cast: Cast) -> None:
    tag = Tag.objects.create(kind="topic", name="defi")
    TopicFollow.objects.create(follower=cast.bob, tag=tag)
    post = make_post(cast.alice, created_at=NOW)
    PostTag.objects.create(post=post, tag=tag)
    User.objects.filter(pk=cast.charlie.pk).update(trust_level=2, kyc_state=KycState.APPROVED)
    make_deed(Kind.LIKE, cast.charlie, post)
    actions.score([post.pk])
    page = body(cast.browser(cast.bob), f"/p/{post.pk}/why/")
    for words in ("You follow @alice.", "You follow #defi.", "weighs 1", "Nothing by @alice", "Nothing about #defi"):
        assert words in page
    dialog = body(cast.browser(cast.charlie), f"/p/{post.pk}/why/", headers=HTMX)
    assert "<html" not in dialog
    assert "You follow" not in dialog
    assert "Nothing by" not in body(cast.browser(cast.alice.user), f"/p/{post.pk}/why/")
