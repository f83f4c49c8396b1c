"""The treasury is funded by the operator: once, by somebody, for a reason."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from planet.cashier.actions import funding
from planet.cashier.actions.withdrawing import check
from planet.cashier.errors import SandboxFunds
from planet.ledger.actions import account_of, reverse
from planet.ledger.assets import Asset
from planet.ledger.errors import OtherBody
from planet.ledger.kinds import AccountKind
from planet.ledger.models import Transfer
from planet.ledger.queries import balance_of
from planet.moderation.actions import give_role
from planet.moderation.models import AuditEntry
from tests.cashier.conftest import NOW, USDT
from tests.cast import Cast


def treasury() -> int:
    return balance_of(account_of(None, AccountKind.TREASURY, Asset.USDT))


def put(cast: Cast, **other: Any) -> tuple[Transfer, bool]:
    asked: dict[str, Any] = {
        "provider": "sandbox",
        "units": 5 * USDT,
        "key": "wire 1",
        "reason": "The pool of December",
    } | other
    return funding.fund(actor=cast.olga, now=NOW, **asked)


def command(cast: Cast, amount: str = "5", **other: str) -> str:
    out = StringIO()
    asked = {"key": "wire 1", "reason": "The pool of December", "by": cast.olga.handle} | other
    call_command("treasury", "fund", amount, *(f"--{name}={value}" for name, value in asked.items()), stdout=out)
    return out.getvalue()


def test_what_is_put_in_is_there_and_somebody_answers_for_it(cast: Cast) -> None:
    assert command(cast, "5.25") == (
        "Put in: 5.250000 test money.\ntreasury              5.250000 USDT\npool                  0.000000 USDT\n"
    )
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.reason) == (cast.olga, "treasury.fund", "The pool of December")
    assert entry.details == {"units": "5250000", "key": "wire 1"}
    assert entry.target_id == str(Transfer.objects.get().pk)


def test_the_same_key_again_moves_nothing(cast: Cast) -> None:
    assert [put(cast)[1], put(cast)[1]] == [True, False]
    assert command(cast).startswith("Put in before: nothing was moved.")
    assert (treasury(), AuditEntry.objects.count()) == (5 * USDT, 1)


def test_a_key_is_of_one_payment(cast: Cast) -> None:
    put(cast)
    with pytest.raises(OtherBody):
        put(cast, units=6 * USDT)
    with pytest.raises(CommandError, match="Another payment has this key"):
        command(cast, "6")
    assert treasury() == 5 * USDT


WRONG = {
    "no amount": ({"amount": "many"}, "not an amount"),
    "nothing": ({"amount": "0"}, "nothing"),
    "too exact": ({"amount": "0.0000001"}, "too exact"),
    "too much": ({"amount": "1" + "0" * 23 + "9"}, "at once|not an amount"),
    "a blank reason": ({"reason": " "}, "A reason is missing"),
    "a blank key": ({"key": " "}, "1 to 80"),
    "nobody": ({"by": "noone"}, "no operator"),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_refusal_says_why_and_moves_nothing(cast: Cast, why: str) -> None:
    asked, said = WRONG[why]
    with pytest.raises(CommandError, match=said):
        command(cast, **asked)
    assert (Transfer.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_who_is_no_operator_funds_nothing(cast: Cast) -> None:
    with pytest.raises(CommandError, match="no operator"):
        command(cast, by=cast.bob.handle)
    assert treasury() == 0


def test_test_money_in_the_pool_never_leaves_as_real_money(cast: Cast) -> None:
    cast.bob.kyc_state = "approved"
    moved, _ = put(cast)
    with pytest.raises(SandboxFunds):
        check(actor=cast.bob, provider="exchange", now=NOW)
    check(actor=cast.bob, provider="sandbox", now=NOW)
    reverse(original=moved, key="back", actor=cast.olga, now=NOW)
    check(actor=cast.bob, provider="exchange", now=NOW)


def test_real_money_in_the_pool_holds_up_nothing(cast: Cast) -> None:
    cast.bob.kyc_state = "approved"
    put(cast, provider="exchange")
    check(actor=cast.bob, provider="exchange", now=NOW)


# --- the operators' page --------------------------------------------------------------------------------------------

PAGE = "/admin/cashier/deposit/treasury/"
ASKED = {"amount": "25.50", "key": "wire 7", "reason": "The pool of December"}


def test_what_an_operator_puts_in_is_shown_once_more_and_then_moved_once(cast: Cast) -> None:
    browser = cast.browser(cast.olga)
    assert PAGE in browser.get("/admin/cashier/deposit/").content.decode()
    shown = browser.post(PAGE, ASKED).content.decode()
    assert "Put 25.50 USDT into the treasury, for the payment “wire 7”? It then holds 25.50 USDT." in shown
    assert treasury() == 0
    for said in ("It is in the treasury.", "was put in before: nothing was moved."):
        done = browser.post(PAGE, ASKED | {"confirmed": "on"}, follow=True)
        assert said in done.content.decode()
    entry = AuditEntry.objects.get()
    assert (treasury(), entry.actor, entry.reason) == (25_500_000, cast.olga, "The pool of December")


REFUSED = {"amount": "1e3", "key": " ", "reason": " "}


@pytest.mark.parametrize("field", [*REFUSED, "other"])
def test_what_is_wrong_is_said_on_the_page_and_nothing_is_moved(cast: Cast, field: str) -> None:
    put(cast, key="wire 7")
    wrong = {} if field == "other" else {field: REFUSED[field], "key": REFUSED[field] if field == "key" else "wire 8"}
    answer = cast.browser(cast.olga).post(PAGE, ASKED | wrong | {"confirmed": "on"})
    assert (answer.status_code, treasury()) == (422, 5 * USDT)


@pytest.mark.parametrize("role", ["Accountant", "Moderator"])
def test_who_may_only_look_puts_nothing_in(cast: Cast, role: str) -> None:
    give_role(actor=cast.olga, user=cast.charlie, role=role, reason="Helps", now=NOW)
    assert cast.browser(cast.charlie).post(PAGE, ASKED | {"confirmed": "on"}).status_code == 403
    assert not Transfer.objects.exists()


def test_a_treasurer_may_and_others_find_no_page(cast: Cast) -> None:
    give_role(actor=cast.olga, user=cast.charlie, role="Treasurer", reason="Helps", now=NOW)
    assert cast.browser(cast.charlie).get(PAGE).status_code == 200
    assert cast.browser(cast.bob).post(PAGE, ASKED | {"confirmed": "on"}).status_code in {302, 404}
    assert not Transfer.objects.exists()
