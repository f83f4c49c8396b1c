"""The creator's centre: one's own figures, for nobody else."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from creators import actions as creators
from planet.accounts.models import KycState, User
from planet.engagement.models import Place
from posts import actions
from posts.models import Post
from tests.cast import Cast
from tests.engagement.conftest import Shown, written
from tests.factories import make_creator, make_post, make_user

CENTRE = reverse("creator_centre")
CSV = reverse("creator_centre_csv")


def page_of(post: Post) -> str:
    return reverse("creator_centre_post", args=[post.pk])


def look(
    viewer: User | None, post: Post, seconds: float, *, ago: timedelta = timedelta(), place: Place = Place.FEED
) -> None:
    """Somebody (None: a guest) looked at a post."""
    at = (datetime.now(UTC) - ago).timestamp()
    shown = Shown([(post.pk, post.creator_id)], viewer=viewer.pk if viewer else None, served=at - 300, place=place)
    assert shown.report((0, int(seconds * 1000)), now=at) == {"taken": 1}


def tiles(browser: Client, path: str = CENTRE) -> dict[str, tuple[str, str]]:
    """The figures on top: label → (value, change)."""
    return {tile.label: (tile.value, tile.delta) for tile in browser.get(path).context["tiles"]}


def test_a_creator_sees_what_became_of_the_posts(cast: Cast) -> None:
    post = make_post(cast.alice, "Funding on $SOL went negative.")
    look(cast.bob, post, 30)
    look(cast.charlie, post, 2)
    look(None, post, 40, place=Place.TOPIC)
    actions.like(actor=cast.bob, post_id=post.pk, now=timezone.now())
    written()
    browser = cast.browser(cast.alice.user)

    assert tiles(browser) == {
        "Impressions": ("3", "new"),
        "Readers": ("2", "new"),
        "Reading time": ("1 min", "new"),
        "Interactions": ("1", "new"),
        "Followers": ("1", "0"),
    }
    html = browser.get(CENTRE).content.decode()
    assert "Funding on $SOL went negative." in html
    assert "Topics and assets" in html
    context = browser.get(CENTRE).context
    assert [(one.label, one.value, one.percent) for one in context["sources"]] == [
        ("Feeds", 2, 67),
        ("Topics and assets", 1, 33),
    ]


def test_figures_are_compared_with_the_same_time_before(cast: Cast) -> None:
    post = make_post(cast.alice)
    for _ in range(2):
        look(cast.bob, post, 10, ago=timedelta(days=10))
    for _ in range(3):
        look(cast.bob, post, 10, ago=timedelta(days=2))
    written()
    browser = cast.browser(cast.alice.user)
    assert tiles(browser)["Impressions"] == ("3", "+50 %")
    assert tiles(browser)["Readers"] == ("1", "0 %")
    assert tiles(browser, f"{CENTRE}?window=24h")["Impressions"] == ("0", "")
    assert tiles(browser, f"{CENTRE}?window=30d")["Impressions"] == ("5", "new")


def test_twenty_four_hours_are_twenty_four_hours_for_readers_too(cast: Cast) -> None:
    post = make_post(cast.alice)
    look(cast.bob, post, 10, ago=timedelta(hours=23))
    look(cast.charlie, post, 10, ago=timedelta(hours=26))
    written()
    browser = cast.browser(cast.alice.user)
    assert tiles(browser, f"{CENTRE}?window=24h")["Readers"][0] == "1"


def test_followers_who_come_and_go_are_counted(cast: Cast) -> None:
    creators.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())
    creators.follow(actor=make_user("dan"), creator=cast.alice, now=timezone.now())
    creators.unfollow(actor=cast.bob, creator=cast.alice)
    (tile,) = [tile for tile in cast.browser(cast.alice.user).get(CENTRE).context["tiles"] if tile.label == "Followers"]
    assert (tile.value, tile.delta, tile.sub) == ("2", "+1", "2 joined, 1 left")


def test_it_says_what_counts_and_why_the_rest_does_not(cast: Cast) -> None:
    post, now = make_post(cast.alice), timezone.now() - timedelta(minutes=5)
    carla = make_user("carla", kyc_state=KycState.APPROVED)
    for person in (carla, cast.bob):
        look(person, post, 10, ago=timedelta(minutes=6))
        actions.like(actor=person, post_id=post.pk, now=now)
    actions.like(actor=make_creator("dora").user, post_id=post.pk, now=now)
    written()
    context = cast.browser(cast.alice.user).get(CENTRE).context
    assert [(one.label, one.counted, one.discounted) for one in context["verdicts"]] == [("Likes", 1, 2)]
    assert {one.label: one.value for one in context["reasons"]} == {
        "By an account that is not verified, or suspended": 1,
        "No page of ours had shown them the post": 1,
    }


def test_the_best_hour_stands_out(cast: Cast) -> None:
    post = make_post(cast.alice)
    at = datetime.now(UTC).replace(hour=14, minute=10) - timedelta(days=3)
    for _ in range(3):
        look(cast.bob, post, 5, ago=datetime.now(UTC) - at)
    look(cast.bob, post, 5, ago=datetime.now(UTC) - at + timedelta(hours=3))
    written()
    rhythm = cast.browser(cast.alice.user).get(CENTRE).context["rhythm"]
    assert rhythm["best"] == "14:00–15:00"
    assert [bar.value for bar in rhythm["chart"].bars if bar.is_marked] == [3]


def test_one_post_has_a_page_of_its_own(cast: Cast) -> None:
    post, other = make_post(cast.alice, "This one"), make_post(cast.alice, "Not this one")
    look(cast.bob, post, 10)
    look(cast.charlie, other, 10)
    written()
    browser = cast.browser(cast.alice.user)
    assert tiles(browser, page_of(post))["Impressions"] == ("1", "new")
    html = browser.get(page_of(post)).content.decode()
    assert "This one" in html
    assert "Not this one" not in html


def test_nobody_has_seen_anything_yet(cast: Cast) -> None:
    html = cast.browser(cast.alice.user).get(CENTRE).content.decode()
    assert "Nobody has seen anything yet" in html


@pytest.mark.parametrize("window", ["", "7d", "1y", "'; DROP TABLE", "24H"])
def test_a_window_that_we_do_not_have_is_the_usual_one(cast: Cast, window: str) -> None:
    assert cast.browser(cast.alice.user).get(CENTRE, {"window": window}).context["window"] == "7d"


def test_the_list_of_posts_is_paged_by_key_and_keeps_its_window(cast: Cast) -> None:
    for number in range(25):
        make_post(cast.alice, f"Post number {number:02}")
    make_post(cast.alice, "Deleted", deleted_at=timezone.now())
    browser = cast.browser(cast.alice.user)
    first = browser.get(CENTRE, {"window": "30d"})
    after = first.context["after"]
    assert "window=30d" in first.content.decode().partition("morep")[2]
    more = browser.get(CENTRE, {"window": "30d", "after": after}, headers={"HX-Request": "true"})
    html = more.content.decode()
    assert "Post number 04" in html
    assert "Post number 05" not in html
    assert "Over time" not in html
    assert "Deleted" not in first.content.decode() + html
    assert browser.get(CENTRE, {"after": "forged"}).status_code == 404


def test_queries_do_not_grow_with_posts_readers_and_deeds(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(CENTRE).status_code == 200
        return len(queries)

    def grow(posts: int, readers: list[User]) -> None:
        for _ in range(posts):
            post = make_post(cast.alice)
            for reader in readers:
                look(reader, post, 5)
                actions.like(actor=reader, post_id=post.pk, now=timezone.now())
        written()

    grow(1, [cast.bob])
    asked()
    small = asked()
    grow(15, [cast.bob, cast.charlie, make_user("dan")])
    assert asked() == small


# --- as a file ----------------------------------------------------------------------------------------------------


def rows(browser: Client, **options: Any) -> list[dict[str, str]]:
    answer = browser.get(CSV, options)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_every_post_is_a_row_of_the_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from posts.contexts import centre

    monkeypatch.setattr(centre, "ROWS_AT_ONCE", 2)
    posts = [make_post(cast.alice, f"Post {number}") for number in range(5)]
    look(cast.bob, posts[3], 60)
    actions.like(actor=cast.bob, post_id=posts[3].pk, now=timezone.now())
    written()
    found = rows(cast.browser(cast.alice.user))
    assert [row["text"] for row in found] == ["Post 4", "Post 3", "Post 2", "Post 1", "Post 0"]
    assert found[1] | {"published": "", "post": ""} == {
        "post": "",
        "published": "",
        "text": "Post 3",
        "impressions": "1",
        "readers": "1",
        "reading_seconds": "60",
        "likes": "1",
        "bookmarks": "0",
        "comments": "0",
        "reposts_and_quotes": "0",
        "component_uses": "0",
    }
    assert found[1]["post"].endswith(posts[3].get_absolute_url())


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "  =HYPERLINK(1)", "\t=1"])
def test_no_text_is_a_formula_in_a_spreadsheet(cast: Cast, text: str) -> None:
    make_post(cast.alice, text)
    assert rows(cast.browser(cast.alice.user))[0]["text"].startswith("'")


def test_the_file_is_named_after_its_creator_and_time(cast: Cast) -> None:
    answer = cast.browser(cast.alice.user).get(CSV, {"window": "30d"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="alice-30d-20')


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["creator_centre", "creator_centre_csv"])
def test_guests_sign_in_and_who_is_no_creator_may_become_one(cast: Cast, name: str) -> None:
    assert Client().get(reverse(name))["Location"].startswith(reverse("account_login"))
    assert cast.browser(cast.bob).get(reverse(name))["Location"] == reverse("creator_start")
    assert cast.browser(cast.alice.user).post(reverse(name)).status_code == 405


def test_a_post_of_somebody_else_is_nobodys(cast: Cast) -> None:
    post, dora = make_post(cast.alice), make_creator("dora")
    assert cast.browser(dora.user).get(page_of(post)).status_code == 404
    assert cast.browser(cast.bob).get(page_of(post))["Location"] == reverse("creator_start")
    assert Client().get(page_of(post)).status_code == 302
    assert cast.browser(cast.alice.user).get(reverse("creator_centre_post", args=[uuid4()])).status_code == 404
    assert cast.browser(cast.alice.user).post(page_of(post)).status_code == 405


def test_a_deleted_post_and_a_repost_have_no_page(cast: Cast) -> None:
    gone = make_post(cast.alice, deleted_at=timezone.now())
    repost = make_post(cast.alice, "", repost_of=make_post(make_creator("dora")))
    for post in (gone, repost):
        assert cast.browser(cast.alice.user).get(page_of(post)).status_code == 404


def test_the_rail_leads_to_it(cast: Cast) -> None:
    html = cast.browser(cast.alice.user).get("/latest/").content.decode()
    assert f'href="{CENTRE}"' in html
    assert f'href="{CENTRE}"' not in cast.browser(cast.bob).get("/latest/").content.decode()
