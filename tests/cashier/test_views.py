"""The pages of deposits and withdrawals, and the operators' room."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from planet.accounts.models import User
from planet.cashier.actions import withdrawing
from planet.cashier.actions.depositing import take_test_funds
from planet.cashier.errors import Overtaken
from planet.cashier.models import Deposit, DepositAddress, State, Withdrawal
from planet.cashier.providers.simulator import Server
from planet.moderation.models import AuditEntry
from tests.cashier.conftest import ETHEREUM, NOW, USDT, approved, ask, has, now, second_factor
from tests.cast import Cast

DEPOSIT, WITHDRAW = "/wallet/deposit/", "/wallet/withdraw/"
WANTED = {"amount": "10", "network": "ethereum", "address": ETHEREUM, "number": "1"}


def proved(cast: Cast, **options: Any) -> Client:
    """Bob's browser, with the second factor shown."""
    browser = cast.browser(cast.bob)
    second_factor(cast.bob, browser, **options)
    return browser


# --- deposits -----------------------------------------------------------------------------------------------------


def test_test_funds_are_labelled_and_taken_once(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    page = browser.get(DEPOSIT).content.decode()
    assert "worth nothing" in page
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number
    for words in ("100 USDT of test funds", "You have these already"):
        answer = browser.post(DEPOSIT, {"amount": "100", "number": number[1]}, follow=True).content.decode()
        assert words in answer
        assert "Test funds" in answer
    assert has(cast.bob) == (100 * USDT, 0)


def test_test_funds_have_a_daily_limit(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    browser.post(DEPOSIT, {"amount": "600", "number": "1"})
    answer = browser.post(DEPOSIT, {"amount": "600", "number": "2"})
    assert (answer.status_code, has(cast.bob)) == (422, (600 * USDT, 0))
    assert "daily limit" in answer.content.decode()
    Deposit.objects.update(at=now() - timedelta(days=1, seconds=1))
    assert browser.post(DEPOSIT, {"amount": "600", "number": "2"}).status_code == 302


@pytest.mark.parametrize(
    "data", [{"amount": "0.5"}, {"amount": "1001"}, {"amount": "x"}, {"number": "0"}, {"number": "7"}]
)
def test_what_is_wrong_with_a_deposit_is_said(cast: Cast, data: dict[str, str]) -> None:
    assert cast.browser(cast.bob).post(DEPOSIT, {"amount": "5", "number": "1"} | data).status_code == 422
    assert not Deposit.objects.exists()


def test_the_same_number_for_another_amount_is_refused(cast: Cast) -> None:
    take_test_funds(actor=cast.bob, units=USDT, number=1, now=NOW)
    with pytest.raises(Overtaken):
        take_test_funds(actor=cast.bob, units=2 * USDT, number=1, now=NOW)


def test_with_an_exchange_everybody_has_an_address(rich: Cast, service: Server) -> None:
    browser = rich.browser(rich.bob)
    assert "worth nothing" not in browser.get(DEPOSIT).content.decode()
    page = browser.post(DEPOSIT, {"network": "ethereum"}).content.decode()
    assert DepositAddress.objects.get().address in page
    assert browser.post(DEPOSIT, {"network": "moon"}).status_code == 422


def test_an_exchange_that_is_away_is_said(rich: Cast, service: Server, settings: Any) -> None:
    settings.EXCHANGE_WALLET_URL = "http://127.0.0.1:9"
    answer = rich.browser(rich.bob).post(DEPOSIT, {"network": "ethereum"}, follow=True)
    assert "does not answer right now" in answer.content.decode()
    assert not DepositAddress.objects.exists()


# --- withdrawals --------------------------------------------------------------------------------------------------


def test_a_withdrawal_is_asked_for_with_the_second_factor(rich: Cast) -> None:
    browser = proved(rich)
    assert 'name="address"' in browser.get(WITHDRAW).content.decode()
    for words in ("Requested", "You have asked for this before"):
        assert words in browser.post(WITHDRAW, WANTED, follow=True).content.decode()
    assert has(rich.bob) == (90 * USDT, 10 * USDT)
    row = Withdrawal.objects.get()
    page = browser.get(f"{WITHDRAW}{row.pk}/").content.decode()
    for part in (ETHEREUM, "10 USDT", "Waiting for approval", "Cancel the withdrawal", "Test funds"):
        assert part in page, part
    assert ETHEREUM in browser.get(WITHDRAW).content.decode()


@pytest.mark.parametrize("seconds_ago", [400, None])
def test_without_the_second_factor_nothing_goes_and_the_form_is_kept(rich: Cast, seconds_ago: float | None) -> None:
    browser = proved(rich, seconds_ago=seconds_ago or 0)
    if seconds_ago is None:
        session = browser.session
        del session["account_authentication_methods"]
        session.save()
    answer = browser.post(WITHDRAW, WANTED)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert "account_reauthentication_state" in browser.session
    assert not Withdrawal.objects.exists()


def test_who_has_no_second_factor_is_led_to_one(rich: Cast) -> None:
    browser = rich.browser(rich.bob)
    assert "Set one up" in browser.get(WITHDRAW).content.decode()
    answer = browser.post(WITHDRAW, WANTED)
    assert (answer.status_code, Withdrawal.objects.count()) == (422, 0)


def test_who_is_not_verified_is_led_to_the_check(cast: Cast) -> None:
    assert "Verify your identity" in cast.browser(cast.bob).get(WITHDRAW).content.decode()
    answer = proved(cast).post(WITHDRAW, WANTED)
    assert answer.status_code == 422
    assert "Verify your identity first" in answer.content.decode()


WRONG = {
    "a mistyped address": ({"address": ETHEREUM.replace("A", "a", 1)}, "no address of that network"),
    "another network": ({"network": "tron"}, "no address of that network"),
    "too little": ({"amount": "4.99"}, "Between 5 and"),
    "more than there is": ({"amount": "101"}, "less than that available"),
    "another form": ({"number": "9"}, "sent from this form before"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_held(rich: Cast, what: str) -> None:
    data, words = WRONG[what]
    answer = proved(rich).post(WITHDRAW, WANTED | data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert has(rich.bob) == (100 * USDT, 0)


def test_a_withdrawal_is_its_owners_alone(rich: Cast) -> None:
    row = ask(rich)
    for path in (f"{WITHDRAW}{row.pk}/", f"{WITHDRAW}{uuid4()}/"):
        assert rich.browser(rich.charlie).get(path).status_code == 404
        assert rich.browser(rich.charlie).post(f"{path}cancel/").status_code == 404
    assert Withdrawal.objects.get().state == State.REQUESTED


def test_it_is_cancelled_once(rich: Cast) -> None:
    row, browser = ask(rich), rich.browser(rich.bob)
    for words in ("Cancelled", "decided already"):
        assert words in browser.post(f"{WITHDRAW}{row.pk}/cancel/", follow=True).content.decode()
    assert has(rich.bob) == (100 * USDT, 0)


@pytest.mark.parametrize("path", [DEPOSIT, WITHDRAW])
def test_a_guest_signs_in_first(db: None, path: str) -> None:
    assert "/accounts/login/" in Client().get(path)["Location"]


def test_the_list_goes_on_page_by_page(rich: Cast) -> None:
    for number in range(1, 22):
        withdrawing.cancel(actor=rich.bob, withdrawal=ask(rich, 5 * USDT, number), now=NOW)
    browser = rich.browser(rich.bob)
    after = browser.get(WITHDRAW).context["after"]
    rest = browser.get(f"{WITHDRAW}?after={after}", headers={"HX-Request": "true"}).content.decode()
    assert rest.count('class="movement"') == 1
    assert "<html" not in rest


# --- what counts as a change of the sign-in -----------------------------------------------------------------------


def test_a_new_password_stops_withdrawals_for_a_day(rich: Cast) -> None:
    browser = rich.browser(rich.bob)
    new = {
        "oldpassword": "correct horse battery",
        "password1": "another horse battery",
        "password2": "another horse battery",
    }
    browser.post("/accounts/password/change/", new)
    rich.bob.refresh_from_db()
    assert rich.bob.credentials_changed_at
    answer = proved(rich).post(WITHDRAW, WANTED)
    assert "Your sign-in was changed" in answer.content.decode()
    assert has(rich.bob) == (100 * USDT, 0)


# --- operators ----------------------------------------------------------------------------------------------------


def use(cast: Cast, row: Withdrawal, tool: str, actor: User | None = None) -> Any:
    path = f"/admin/cashier/withdrawal/{row.pk}/use/{tool}/"
    return cast.browser(actor or cast.olga).post(path, {"reason": "Known since May"}, follow=True)


@pytest.mark.parametrize(
    ("tool", "state", "action"), [("approve", "approved", "approve"), ("reject", "failed", "reject")]
)
def test_an_operator_decides_with_a_reason(rich: Cast, tool: str, state: str, action: str) -> None:
    row = ask(rich)
    browser = rich.browser(rich.olga)
    assert ETHEREUM in browser.get(f"/admin/cashier/withdrawal/{row.pk}/change/").content.decode()
    assert str(row.pk) in browser.get("/admin/cashier/withdrawal/").content.decode()
    use(rich, row, tool)
    row.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (row.state, entry.action, entry.reason) == (state, f"withdrawal.{action}", "Known since May")
    assert str(row.pk) not in browser.get("/admin/cashier/withdrawal/").content.decode()
    assert str(row.pk) in browser.get("/admin/cashier/withdrawal/?queue=all").content.decode()


def test_nobody_decides_about_themselves(rich: Cast) -> None:
    row = ask(rich)
    Withdrawal.objects.update(user=rich.olga)
    for tool in ("approve", "reject"):
        assert "nobody decides about themselves" in use(rich, row, tool).content.decode()
    assert (Withdrawal.objects.get().state, AuditEntry.objects.count()) == (State.REQUESTED, 0)


@pytest.mark.parametrize("tool", ["approve", "reject"])
def test_what_is_decided_is_not_decided_again(rich: Cast, tool: str) -> None:
    row = approved(rich)
    assert "does not apply any more" in use(rich, row, tool).content.decode()
    assert AuditEntry.objects.count() == 0


def test_the_operator_reads_why_it_cannot_go_yet(rich: Cast) -> None:
    row = ask(rich)
    User.objects.filter(pk=rich.bob.pk).update(credentials_changed_at=now())
    assert "sign-in was changed" in use(rich, row, "approve").content.decode()
    User.objects.filter(pk=rich.bob.pk).update(is_active=False)
    assert "suspended" in rich.browser(rich.olga).get(f"/admin/cashier/withdrawal/{row.pk}/change/").content.decode()


def test_operators_look_at_deposits(cast: Cast) -> None:
    made, _ = take_test_funds(actor=cast.bob, units=USDT, number=1, now=NOW)
    browser = cast.browser(cast.olga)
    assert browser.get("/admin/cashier/deposit/").status_code == 200
    assert "1 USDT" in browser.get(f"/admin/cashier/deposit/{made.pk}/change/").content.decode()


def test_the_simulator_pays_nobody_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("exchange_simulator")
    settings.PRODUCTION, settings.EXCHANGE_WALLET_SECRET = False, None
    with pytest.raises(CommandError, match="EXCHANGE_WALLET_SECRET"):
        call_command("exchange_simulator")
