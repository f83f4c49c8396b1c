"""An asset's page, and what people think of it: one vote an account a UTC day, hidden while few have voted."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from posts import actions
from posts.errors import AlreadyVoted
from posts.models import Stance, StanceCount
from posts.queries.stance import THIN, mood
from tests.cast import Cast
from tests.factories import make_user
from tests.posts.conftest import NOW, Publish, publish
from tests.together import THREADS, together

__all__ = ["publish"]
HTMX = {"HX-Request": "true"}
PAGE = "/asset/SOL/"


def test_an_asset_has_its_price_its_chart_and_its_posts(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "Crowded in $SOL again.")
    for browser in (Client(), cast.browser(cast.bob)):
        html = browser.get(PAGE).content.decode()
        assert 'data-price="SOL"' in html
        assert ">Simulated<" in html
        assert html.count('class="chart"') == 1
        assert "Crowded in" in html


def test_a_tab_swaps_the_chart_alone(cast: Cast) -> None:
    html = Client().get(PAGE, {"interval": "4h"}, headers=HTMX).content.decode()
    assert html.lstrip().startswith("{#") or 'id="asset-chart"' in html
    assert "<html" not in html
    assert 'interval=4h" aria-current="true"' in html
    assert 'interval=4h" aria-current="true"' in Client().get(PAGE, {"interval": "4h"}).content.decode()


@pytest.mark.parametrize("interval", ["", "5y", "1m", "<script>", "\0"])
def test_an_unknown_interval_shows_hours(cast: Cast, interval: str) -> None:
    html = Client().get(PAGE, {"interval": interval}).content.decode()
    assert 'interval=1h" aria-current="true"' in html


def test_an_asset_without_a_market_has_posts_and_no_price(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "Looking at $NOPE.")
    html = Client().get("/asset/NOPE/").content.decode()
    assert "Looking at" in html
    assert "data-price" not in html
    assert cast.browser(cast.bob).post("/asset/NOPE/stance/", {"side": "bull"}).status_code == 404


def test_an_asset_has_one_spelling(cast: Cast) -> None:
    assert Client().get("/asset/sol/")["Location"] == PAGE
    assert Client().get("/asset/not-a-symbol/").status_code == 404


# --- stance -------------------------------------------------------------------------------------------------------


def test_one_says_it_once_a_day(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    assert browser.post(reverse("stance", args=["SOL"]), {"side": "bull"}).status_code == 302
    assert "You expect it to rise" in browser.get(PAGE).content.decode()
    again = browser.post(reverse("stance", args=["SOL"]), {"side": "bear"}, headers=HTMX)
    assert again.status_code == 409
    assert "Tomorrow" in again["HX-Trigger"]
    assert browser.post(reverse("stance", args=["SOL"]), {"side": "bull"}, headers=HTMX).status_code == 200
    assert list(Stance.objects.values_list("symbol", "is_bull")) == [("SOL", True)]
    assert StanceCount.objects.get().bulls == 1


def test_a_new_day_is_a_new_vote(cast: Cast) -> None:
    last = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    actions.take_stance(actor=cast.bob, symbol="SOL", is_bull=True, now=last)
    with pytest.raises(AlreadyVoted):
        actions.take_stance(actor=cast.bob, symbol="SOL", is_bull=False, now=last)
    actions.take_stance(actor=cast.bob, symbol="ETH", is_bull=False, now=last)
    actions.take_stance(actor=cast.bob, symbol="SOL", is_bull=False, now=last + timedelta(seconds=1))
    assert Stance.objects.count() == 3


def test_it_is_hidden_while_few_have_voted(cast: Cast) -> None:
    for number in range(THIN):
        found = mood(symbol="SOL", day=NOW.date(), viewer_id=None)
        assert (found.bull_percent, found.missing) == (None, THIN - number)
        actions.take_stance(actor=make_user(f"person{number}"), symbol="SOL", is_bull=number < 7, now=NOW)
    found = mood(symbol="SOL", day=NOW.date(), viewer_id=None)
    assert (found.bull_percent, found.bear_percent, found.total, found.missing) == (70, 30, 10, 0)


def test_a_thin_vote_shows_no_share_on_the_page(cast: Cast) -> None:
    actions.take_stance(actor=cast.bob, symbol="SOL", is_bull=True, now=timezone.now())
    html = Client().get(PAGE).content.decode()
    assert "stbar" not in html
    assert "9 more people" in html


@pytest.mark.parametrize("side", ["", "up", "Bull", "1"])
def test_a_forged_side_is_a_404(cast: Cast, side: str) -> None:
    assert cast.browser(cast.bob).post(reverse("stance", args=["SOL"]), {"side": side}).status_code == 404
    assert not Stance.objects.exists()


def test_a_guest_is_asked_to_sign_in_and_nothing_is_read_by_get(cast: Cast) -> None:
    answer = Client().post(reverse("stance", args=["SOL"]), {"side": "bull"})
    assert "/accounts/login/" in answer["Location"]
    assert cast.browser(cast.bob).get(reverse("stance", args=["SOL"])).status_code == 405
    assert not Stance.objects.exists()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_votes_at_the_same_moment_are_counted_right(cast: Cast) -> None:
    people = [make_user(f"person{number}") for number in range(THREADS)]

    def run(number: int) -> None:
        actions.take_stance(actor=people[number], symbol="SOL", is_bull=number % 3 > 0, now=NOW)
        with suppress(AlreadyVoted):
            actions.take_stance(actor=cast.bob, symbol="SOL", is_bull=number % 2 == 0, now=NOW)

    assert together(run) == []
    count = StanceCount.objects.get()
    assert (count.bulls, count.bears) == (
        Stance.objects.filter(is_bull=True).count(),
        Stance.objects.filter(is_bull=False).count(),
    )
    assert count.bulls + count.bears == THREADS + 1
