"""The dialog of a tip, its receipt, and what is shown of tips, with and without scripts."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creators.models import Creator
from planet.accounts.actions import block
from planet.tips.models import Tip
from posts.models import Comment, Post
from tests.cast import Cast
from tests.tips.conftest import NOW

HTMX = {"HX-Request": "true"}


def form(cast: Cast, path: str, **data: Any) -> dict[str, Any]:
    """What a browser sends of the form that it was shown."""
    page = cast.browser(cast.bob).get(path).content.decode()
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number
    return {"number": number[1], "preset": "5000000", **data}


def press(cast: Cast, path: str, **data: Any) -> Any:
    return cast.browser(cast.bob).post(path, form(cast, path, **data))


def place(post: Post) -> str:
    return f"/tip/post/{post.pk}/"


def test_a_tip_without_scripts_ends_at_its_receipt(cast: Cast, post: Post) -> None:
    answer = press(cast, place(post), message="For the thread")
    assert answer.status_code == 302
    page = cast.browser(cast.bob).get(answer["Location"]).content.decode()
    for part in ("5 USDT", "Fee (0 %)", "0 USDT", "Received by @alice", "For the thread", "Test funds"):
        assert part in page, part


def test_the_dialog_answers_with_the_receipt(cast: Cast, post: Post) -> None:
    browser, data = cast.browser(cast.bob), form(cast, place(post), preset="own", amount="2.5")
    page = browser.post(place(post), data, headers=HTMX).content.decode()
    assert "2.50 USDT" in page
    assert "<html" not in page
    assert "sent before" in browser.post(place(post), data, headers=HTMX).content.decode()
    assert Tip.objects.count() == 1


def test_a_second_tab_sends_nothing_twice(cast: Cast, post: Post) -> None:
    one, other = form(cast, place(post)), form(cast, place(post))
    browser = cast.browser(cast.bob)
    browser.post(place(post), one)
    assert "Nothing was sent twice" in browser.post(place(post), other, follow=True).content.decode()
    assert Tip.objects.count() == 1


def test_a_second_tab_with_another_amount_is_asked(cast: Cast, post: Post) -> None:
    one, other = form(cast, place(post)), form(cast, place(post), preset="1000000")
    browser = cast.browser(cast.bob)
    browser.post(place(post), one)
    answer = browser.post(place(post), other)
    page = answer.content.decode()
    assert (answer.status_code, Tip.objects.count()) == (409, 1)
    assert "only if you want both" in page
    assert re.search(r'name="number" value="2"', page)


WRONG = {
    "nothing typed": ({"preset": "own"}, "Say how much"),
    "too little": ({"preset": "own", "amount": "0.01"}, "Between 0.10 and 10000 USDT"),
    "too exact": ({"preset": "own", "amount": "0.1234567"}, "6 decimal places"),
    "not a number": ({"preset": "own", "amount": "NaN"}, "Enter a number"),
    "another preset": ({"preset": "7"}, "valid choice"),
    "more than there is": ({"preset": "20000000"}, "less than that in your wallet"),
    "too long": ({"message": "x" * 201}, "at most 200"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_sent(cast: Cast, post: Post, what: str) -> None:
    data, words = WRONG[what]
    answer = press(cast, place(post), **data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Tip.objects.exists()


def test_who_has_too_little_is_led_to_the_wallet(cast: Cast, post: Post) -> None:
    page = cast.browser(cast.charlie).get(place(post)).content.decode()
    assert "You have 0 USDT" in page
    assert 'href="/wallet/"' in page


@pytest.mark.parametrize(
    "path", ["/tip/nothing/{id}/", "/tip/post/{none}/", "/tip/comment/{id}/", "/tip/profile/{id}/"]
)
def test_what_does_not_exist_is_404(cast: Cast, post: Post, path: str) -> None:
    answer = cast.browser(cast.bob).get(path.format(id=post.pk, none=uuid4()))
    assert answer.status_code == 404


def test_who_was_blocked_finds_nothing_and_sends_nothing(cast: Cast, post: Post) -> None:
    data = form(cast, place(post))
    block(actor=cast.alice.user, target=cast.bob, now=NOW)
    assert cast.browser(cast.bob).post(place(post), data).status_code == 404
    assert not Tip.objects.exists()


def test_a_reader_receives_no_tips(cast: Cast, post: Post) -> None:
    comment = Comment.objects.create(post=post, author=cast.charlie, client_id=uuid4(), text="Same here")
    path = f"/tip/comment/{comment.pk}/"
    for answer in (
        cast.browser(cast.bob).get(path),
        cast.browser(cast.bob).post(path, {"number": 1, "preset": "5000000"}),
    ):
        assert answer.status_code == 409
        assert "no creator profile" in answer.content.decode()
    page = cast.browser(cast.bob).get(f"/p/{post.pk}/").content.decode()
    assert path not in page


def test_a_creator_reads_what_came_in_instead(cast: Cast, post: Post) -> None:
    press(cast, place(post), message="Great")
    page = cast.browser(cast.alice.user).get(place(post)).content.decode()
    for part in ("@bob", "+5 USDT", "Great", "In all"):
        assert part in page, part
    assert cast.browser(cast.alice.user).post(place(post), {"number": 1, "preset": "5000000"}).status_code == 409


def test_what_came_in_goes_on_page_by_page(cast: Cast, post: Post) -> None:
    for number in range(1, 22):
        cast.browser(cast.bob).post(place(post), {"number": number, "preset": "own", "amount": "0.1"})
    browser = cast.browser(cast.alice.user)
    after = browser.get(place(post)).context["after"]
    rest = browser.get(f"{place(post)}?after={after}", headers=HTMX).content.decode()
    assert rest.count("+0.10 USDT") == 1
    assert "<html" not in rest


def test_a_receipt_is_for_the_two_alone(cast: Cast, post: Post) -> None:
    path = press(cast, place(post))["Location"]
    assert [cast.browser(who).get(path).status_code for who in (cast.bob, cast.alice.user, cast.charlie)] == [
        200,
        200,
        404,
    ]
    assert cast.browser(cast.bob).get(f"/tips/{uuid4()}/").status_code == 404
    assert "@bob gave you a tip" in cast.browser(cast.alice.user).get(path).content.decode()


def test_a_guest_signs_in_first(cast: Cast, post: Post) -> None:
    assert "/accounts/login/" in Client().get(place(post))["Location"]
    assert not Tip.objects.exists()


def test_the_homepage_names_who_wants_to_be_named(cast: Cast, post: Post) -> None:
    assert "No supporters yet" in Client().get("/@alice/supporters/").content.decode()
    press(cast, place(post), is_named="on")
    assert "@bob" in Client().get("/@alice/supporters/").content.decode()
    cast.browser(cast.bob).post("/tips/named/alice/", {"on": "0"})
    page = Client().get("/@alice/supporters/").content.decode()
    assert "@bob" not in page
    assert "1 supporter does not want to be named" in page
    assert "Name me here" in cast.browser(cast.bob).get("/@alice/supporters/").content.decode()


def test_the_sum_stands_on_the_card_only_if_the_creator_wants(cast: Cast, post: Post) -> None:
    press(cast, place(post))
    shown = f'href="{place(post)}"'

    def said(browser: Client) -> str:
        card = browser.get(f"/p/{post.pk}/").content.decode()
        return card[card.index(shown) :].split("</a>")[0].rsplit("<span>", 1)[1].removesuffix("</span>")

    assert [said(Client()), said(cast.browser(cast.alice.user))] == ["", "5"]
    Creator.objects.filter(pk=cast.alice.pk).update(shows_tips=True)
    assert said(Client()) == "5"


@pytest.mark.parametrize("path", ["/", "/latest/", "/@alice/"])
def test_tips_cost_a_page_of_posts_no_query(cast: Cast, post: Post, path: str) -> None:
    browser, counts = cast.browser(cast.bob), []
    for _ in range(2):
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            browser.get(path)
        counts.append(len(captured))
        Creator.objects.update(shows_tips=True)
        press(cast, place(post), is_named="on", preset="1000000")
    assert counts[0] == counts[1]


def test_the_wallet_says_for_what(cast: Cast, post: Post) -> None:
    press(cast, place(post))
    assert f"/p/{post.pk}/" in cast.browser(cast.bob).get("/wallet/").content.decode()


def test_operators_look_at_tips_and_do_not_read_them(cast: Cast, post: Post) -> None:
    press(cast, place(post), message="Between us")
    browser = cast.browser(cast.olga)
    assert browser.get("/admin/tips/tip/").status_code == 200
    page = browser.get(f"/admin/tips/tip/{Tip.objects.get().pk}/change/").content.decode()
    assert "Between us" not in page
