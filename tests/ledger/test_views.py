"""The wallet shows what is one's own, to the unit, and to nobody else."""

import csv
import io
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from planet.accounts.actions import forget_unconfirmed
from planet.accounts.models import User
from planet.ledger import holds, queries
from planet.ledger.actions import move, reverse
from planet.ledger.assets import Asset
from planet.ledger.kinds import TIP
from planet.ledger.models import Account, Hold, Leg, Transfer
from tests.cast import Cast
from tests.ledger.conftest import NOW, Purse


def tip(cast: Cast, purse: Purse, units: int = 1_500_000, key: str = "t", memo: str = "") -> Transfer:
    alice = purse(cast.alice.user)
    return move(
        kind=TIP, source=purse(cast.bob), target=alice, units=units, key=key, actor=cast.bob, now=NOW, memo=memo
    )


@pytest.fixture
def rich(cast: Cast, purse: Purse) -> Cast:
    """Bob had ten USDT, gave Alice 1.5 and set two aside."""
    purse(cast.bob, 10_000_000)
    tip(cast, purse, memo="For the thread")
    holds.place(owner=cast.bob, asset=Asset.USDT, units=2_000_000, expires_at=NOW + timedelta(1), key="h", now=NOW)
    return cast


def text(cast: Cast, query: str = "", **headers: str) -> str:
    answer = cast.browser(cast.bob).get(f"/wallet/{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_wallet_shows_balances_and_what_moved(rich: Cast) -> None:
    page = text(rich)
    for part in (
        "8.500000",
        "6.500000",
        "2.000000",
        "Tip",
        "@alice",
        "−1.500000 USDT",
        "For the thread",
        "being added",
    ):
        assert part in page, part


def test_an_empty_wallet_says_so(cast: Cast) -> None:
    assert "Nothing has moved yet" in text(cast)


def test_what_was_paid_back_says_so(rich: Cast) -> None:
    reverse(original=Transfer.objects.get(key="t"), key="undo", actor=rich.olga, now=NOW)
    assert "Reversal" in text(rich)


FILTERS = {
    "?way=out": (["−1.500000", "−2.000000"], ["+10.000000"]),
    "?way=in": (["+10.000000", "+2.000000"], ["−1.500000"]),
    "?state=held": (["+2.000000"], ["−2.000000"]),
    "?kind=tip": (["−1.500000"], ["+10.000000", "−2.000000"]),
    "?kind=hold&since=2026-11-23&until=2026-11-23": (["−2.000000", "+2.000000"], ["−1.500000"]),
    "?since=2026-11-24": (["No movement fits"], ["1.500000 USDT"]),
    "?until=2026-11-22": (["No movement fits"], ["1.500000 USDT"]),
    "?asset=POINTS": (["No movement fits"], ["1.500000 USDT"]),
    "?asset=USDT&way=in&state=available": (["+10.000000"], ["+2.000000", "−1.5"]),
}


@pytest.mark.parametrize("query", FILTERS)
def test_the_history_can_be_filtered(rich: Cast, query: str) -> None:
    page = text(rich, query)
    shown, hidden = FILTERS[query]
    assert [part for part in shown if part not in page] == []
    assert [part for part in hidden if part in page] == []


@pytest.mark.parametrize(
    "query",
    ["?asset=BTC", "?way=up", "?state=pool", "?kind=pool_funds", "?since=soon", "?until=2026-02-30", "?after=forged"],
)
@pytest.mark.parametrize("path", ["/wallet/", "/wallet/statement.csv"])
def test_what_does_not_exist_is_404(rich: Cast, path: str, query: str) -> None:
    expected = 200 if "statement" in path and "after" in query else 404
    assert rich.browser(rich.bob).get(path + query).status_code == expected


def test_the_history_goes_on_page_by_page(cast: Cast, purse: Purse) -> None:
    purse(cast.bob, 100)
    for number in range(25):
        tip(cast, purse, 1, f"t{number}")
    context = cast.browser(cast.bob).get("/wallet/?way=out").context
    assert len(context["rows"]) == 20
    rest = text(cast, f"?way=out&after={context['after']}", **{"HX-Request": "true"})
    assert rest.count('class="movement"') == 5
    assert "<html" not in rest


def test_nobody_sees_anothers_wallet(rich: Cast) -> None:
    page = rich.browser(rich.charlie).get("/wallet/").content.decode()
    assert "Nothing has moved yet" in page
    assert "For the thread" not in page


@pytest.mark.parametrize("path", ["/wallet/", "/wallet/statement.csv"])
def test_a_guest_signs_in_first_and_nothing_is_posted(cast: Cast, path: str) -> None:
    assert Client().get(path).status_code == 302
    assert cast.browser(cast.bob).post(path).status_code == 405


def test_the_queries_do_not_grow_with_what_moved(rich: Cast, purse: Purse) -> None:
    browser, counts = rich.browser(rich.bob), []
    browser.get("/wallet/")  # what is kept between pages
    for many in (0, 15):
        for number in range(many):
            tip(rich, purse, 1, f"more{number}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get("/wallet/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_memo_that_is_a_page_of_ours_is_a_link(cast: Cast, purse: Purse) -> None:
    purse(cast.bob, 10)
    tip(cast, purse, 1, "ours", memo="/p/1/")
    tip(cast, purse, 1, "elsewhere", memo="//evil.example/")
    page = text(cast)
    assert 'href="/p/1/"' in page
    assert 'href="//evil.example/"' not in page


def test_who_has_money_is_not_deleted(rich: Cast) -> None:
    """PROTECT: the ledger is kept. The wallet says so, and the sweep of unconfirmed sign-ups goes on."""
    with pytest.raises(ProtectedError):
        rich.bob.delete()
    EmailAddress.objects.filter(user=rich.bob).update(verified=False)
    EmailAddress.objects.filter(user=rich.charlie).update(verified=False)
    assert forget_unconfirmed(before=timezone.now() + timedelta(1)) == 1
    assert set(User.objects.values_list("handle", flat=True)) == {"alice", "bob", "olga"}
    assert "before you leave" in text(rich)


def statement(cast: Cast, query: str = "") -> list[dict[str, str]]:
    answer = cast.browser(cast.bob).get(f"/wallet/statement.csv{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_statement_has_every_line_with_its_balance(rich: Cast) -> None:
    found = statement(rich)
    assert [(line["kind"], line["balance"], line["amount"], line["balance_after"]) for line in found] == [
        ("hold", "held", "2.000000", "2.000000"),
        ("hold", "available", "-2.000000", "6.500000"),
        ("tip", "available", "-1.500000", "8.500000"),
        ("deposit", "available", "10.000000", "10.000000"),
    ]
    assert [line["counterparty"] for line in found] == ["", "", "alice", ""]
    assert {line["time"] for line in found} == {"2026-11-23T01:00:00+00:00"}


def test_the_statement_is_filtered_like_the_page(rich: Cast) -> None:
    assert [line["kind"] for line in statement(rich, "?state=held")] == ["hold"]


def test_a_long_statement_is_written_in_parts(rich: Cast, purse: Purse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 2)
    for number in range(3):
        tip(rich, purse, 1, f"more{number}")
    assert len(statement(rich)) == 7


@pytest.mark.parametrize("begins", ["=", " =", "\uff1d", "@", "+", "-", "\t"], ids=ascii)
def test_no_text_of_the_statement_is_a_formula(rich: Cast, purse: Purse, begins: str) -> None:
    tip(rich, purse, 1, "evil", memo=f'{begins}HYPERLINK("x")')
    line = next(line for line in statement(rich) if "HYPERLINK" in line["memo"])
    assert line["memo"] == f'\'{begins}HYPERLINK("x")'
    assert line["amount"] == "-0.000001"


def test_operators_look_and_change_nothing(rich: Cast) -> None:
    browser = rich.browser(rich.olga)
    for model, row in (
        ("account", Account.objects.first()),
        ("transfer", Transfer.objects.first()),
        ("hold", Hold.objects.first()),
    ):
        assert row is not None
        assert str(row)
        assert browser.get(f"/admin/ledger/{model}/").status_code == 200
        assert browser.get(f"/admin/ledger/{model}/{row.pk}/change/").status_code == 200
        assert browser.post(f"/admin/ledger/{model}/{row.pk}/delete/").status_code in {403, 404}
    assert Leg.objects.count() == 6
