"""The search page and its fragments."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from discover import actions
from discover.models import Trend
from planet.accounts.models import User
from posts.actions.publication import Options
from posts.actions.topics import follow_topic
from posts.models import Post, Tag
from tests.cast import Cast

Say = Callable[..., Post]
HTMX = {"HX-Request": "true"}


def get(browser: Client, **query: str) -> str:
    answer = browser.get(reverse("search"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_guest_searches_without_scripts(cast: Cast, say: Say) -> None:
    say(cast.alice, "funding <script>alert(1)</script> 资金费率")

    for tab in ("", "top", "latest", "nonsense"):
        html = get(Client(), q="funding", tab=tab)
        assert "<mark>funding</mark>" in html
        assert "<script>alert" not in html
    assert "<mark>资金费率</mark>" in get(Client(), q="资金费率")


@pytest.mark.parametrize("q", ["<b>x</b>", "\x00", "a" * 5000, "%ff", "\ud7ff\u202e", "'; DROP TABLE", '"', "🚀"])
@pytest.mark.parametrize("tab", ["top", "latest", "articles", "people", "topics"])
def test_whatever_is_asked_is_answered(cast: Cast, q: str, tab: str) -> None:
    html = get(Client(), q=q, tab=tab)

    assert "<b>x</b>" not in html


def test_nothing_found_says_what_to_do(cast: Cast) -> None:
    assert "Nothing found for “zzz”" in get(Client(), q="zzz")
    assert "Nobody is called that" in get(Client(), q="zzz", tab="people")
    assert "No topic begins like that" in get(Client(), q="zzz", tab="topics")
    assert "No article has all of these words" in get(Client(), q="zzz", tab="articles")


def test_an_operator_that_was_not_understood_is_explained(cast: Cast, say: Say) -> None:
    say(cast.alice, "has anything happened")

    html = get(Client(), q="has:nonsense<i>")

    assert "“has:nonsense&lt;i&gt;” was searched for as a word." in html
    assert "picture, video, link, article, poll, idea, chart, pnl" in html
    assert "was searched for as a word" not in get(Client(), q="has:picture anything")
    assert "was searched for as a word" not in get(Client(), q="has:nonsense", tab="people")


def test_people_and_topics_have_tabs(cast: Cast, say: Say) -> None:
    say(cast.alice, "#defi")

    assert "@alice" in get(cast.browser(cast.bob), q="@ali", tab="people")
    assert "/topic/defi/follow/" in get(cast.browser(cast.bob), q="#de", tab="topics")


def test_an_outsider_does_not_find_what_is_for_followers(cast: Cast, say: Say) -> None:
    say(cast.alice, "funding for followers", options=Options(audience=Post.Audience.FOLLOWERS))

    assert "for followers" in get(cast.browser(cast.bob), q="funding")
    for outsider in (cast.browser(cast.charlie), Client()):
        assert "for followers" not in get(outsider, q="funding", tab="latest")


def test_the_next_page_is_a_fragment(cast: Cast, say: Say) -> None:
    for number in range(22):
        say(cast.alice, f"funding {number}")
    first = Client().get(reverse("search"), {"q": "funding", "tab": "latest"})
    after = first.context["after"]

    page = Client().get(reverse("search"), {"q": "funding", "tab": "latest", "after": after}, headers=HTMX)
    plain = Client().get(reverse("search"), {"q": "funding", "tab": "latest", "after": after})

    assert page.content.decode().count("<article") == 2
    assert b"<html" not in page.content
    assert b"<html" in plain.content
    assert Client().get(reverse("search"), {"q": "funding", "after": "forged"}).status_code == 404


def test_before_anything_is_asked_there_is_what_is_talked_about(cast: Cast) -> None:
    tag = Tag.objects.create(kind=Tag.Kind.TOPIC, name="halving")
    Trend.objects.create(tag=tag, surge=3, authors_day=7)
    follow_topic(actor=cast.bob, name="defi", now=timezone.now())

    assert "#halving" in get(Client())
    assert "#halving" in get(cast.browser(cast.bob), q="  ")
    assert "#defi" in get(cast.browser(cast.bob))
    fragment = Client().get(reverse("trending"), headers=HTMX).content.decode()
    assert "#halving" in fragment
    assert "<html" not in fragment
    assert Client().get(reverse("trending")).status_code == 200


def test_suggestions_are_a_small_fragment(cast: Cast, say: Say) -> None:
    say(cast.alice, "#defi")
    browser = cast.browser(cast.bob)

    people = browser.get(reverse("suggest"), {"q": "@ali"})
    html = people.content.decode()
    assert 'data-insert="@alice"' in html
    assert people["Cache-Control"] == "private, max-age=30"
    assert len(people.content) < 2000
    assert 'data-insert="#defi"' in browser.get(reverse("suggest"), {"q": "#d"}).content.decode()
    assert 'data-insert="$SOL"' in browser.get(reverse("suggest"), {"q": "$so"}).content.decode()
    for nothing in ("", "@", "\x00", "@\ud7ff" * 99):
        assert browser.get(reverse("suggest"), {"q": nothing}).content.strip() == b""


@pytest.mark.parametrize("name", ["search", "suggest", "trending", "topics"])
def test_nothing_is_posted(cast: Cast, name: str) -> None:
    assert cast.browser(cast.bob).post(reverse(name)).status_code == 405


def test_the_topics_one_follows_are_a_page_of_ones_own(cast: Cast, say: Say) -> None:
    say(cast.alice, "#defi")
    follow_topic(actor=cast.bob, name="defi", now=timezone.now())

    assert "#defi" in cast.browser(cast.bob).get(reverse("topics")).content.decode()
    assert "You follow no topic yet" in cast.browser(cast.charlie).get(reverse("topics")).content.decode()
    assert Client().get(reverse("topics")).status_code == 302


def test_a_page_of_results_takes_as_many_queries_as_one_result(cast: Cast, say: Say) -> None:
    browser = cast.browser(cast.bob)

    def count(tab: str) -> int:
        get(browser, q="funding", tab=tab)
        with CaptureQueriesContext(connection) as queries:
            get(browser, q="funding", tab=tab)
        return len(queries)

    say(cast.alice, "funding #funding")
    few = {tab: count(tab) for tab in ("top", "latest", "people", "topics")}
    for number in range(25):
        say(cast.alice, f"funding {number} #funding{number}")

    assert {tab: count(tab) for tab in few} == few
    assert max(few.values()) <= 9


def test_searching_is_limited(cast: Cast) -> None:
    answers = {Client(REMOTE_ADDR="203.0.113.9").get(reverse("search"), {"q": "x"}).status_code for _ in range(61)}

    assert answers == {200, 429}


def test_the_clock_keeps_what_is_hot_and_what_is_missing(cast: Cast, say: Say) -> None:
    from discover import tasks

    say(cast.alice, "funding")
    User.objects.filter(pk=cast.alice.pk).update(trust_level=2)

    tasks.refresh()
    tasks.check()

    assert Trend.objects.count() == 0
    say(cast.alice, "#defi")
    tasks.refresh()
    assert Trend.objects.get().authors_day == 1
    assert actions.index_missing() == 0
