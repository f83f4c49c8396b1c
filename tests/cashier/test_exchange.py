"""Planet and the exchange's wallet service, over real HTTP: signed both ways, nothing obeyed twice."""

import http.client
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from planet.cashier import tasks, webhooks
from planet.cashier.actions import depositing, withdrawing
from planet.cashier.models import Deposit, HeardCall, State, Withdrawal
from planet.cashier.providers import Away, Progress, chosen, signing
from planet.cashier.providers.exchange import CIRCUIT, Exchange
from planet.cashier.providers.sandbox import Sandbox
from planet.cashier.providers.simulator import Server
from planet.ledger.models import Transfer
from planet.web.services import OPENS_AT
from tests.cashier.conftest import NOW, SECRET, USDT, approved, has, now
from tests.cast import Cast

HOOK = "/wallet/webhook/exchange/"


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("planet.cashier").setLevel(logging.ERROR)


def call(event: Any, *, path: str = HOOK, at: Any = None, secret: str = SECRET, **headers: str) -> Any:
    """A signed call, as the service makes it."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    signed = signing.sign("POST", path, body, secret=secret, now=at or now()) | headers
    return Client().post(HOOK, body, content_type="application/json", headers=signed)


def deposit(cast: Cast, exchange: Exchange, **more: str) -> dict[str, str]:
    """The event of a deposit that arrived at Bob's address."""
    row = depositing.open_address(actor=cast.bob, provider=exchange, network="ethereum", now=NOW)
    event = {"type": "deposit", "id": "d1", "asset": "USDT", "amount": "12.5", "network": "ethereum"}
    return event | {"address": row.address} | more


# --- out ----------------------------------------------------------------------------------------------------------


def test_the_whole_way_out(rich: Cast, service: Server, exchange: Exchange) -> None:
    row = approved(rich, provider=exchange)
    assert tasks.send_approved() == 1
    tasks.follow_sent()
    row.refresh_from_db()
    assert (row.state, row.reference, row.tries) == (State.SENT, "payout-1", 1)
    assert service.service.payouts[str(row.pk)]["amount"] == "10.000000"
    answer = call(service.service.finish(str(row.pk), "confirmed"))
    assert (answer.status_code, answer.json()) == (200, {"status": "obeyed"})
    row.refresh_from_db()
    assert (row.state, row.chain_id, has(rich.bob)) == (State.CONFIRMED, "0xpayout-1", (90 * USDT, 0))


def test_what_is_asked_twice_is_paid_once(rich: Cast, service: Server, exchange: Exchange) -> None:
    payout = withdrawing.payout_of(approved(rich, provider=exchange))
    assert exchange.find(payout) is None
    assert exchange.send(payout) == exchange.send(payout)
    assert len(service.service.payouts) == 1


def test_a_lost_event_is_asked_after(rich: Cast, service: Server, exchange: Exchange) -> None:
    row = approved(rich, provider=exchange)
    tasks.send_approved()
    service.service.finish(str(row.pk), "failed", "Address is blocked")
    tasks.follow_sent()
    row.refresh_from_db()
    assert (row.state, row.reason, has(rich.bob)) == (State.FAILED, "Address is blocked", (100 * USDT, 0))


def test_a_service_that_is_gone_is_away_and_after_five_times_not_asked(rich: Cast, service: Server) -> None:
    payout = withdrawing.payout_of(approved(rich))
    gone = Exchange("http://127.0.0.1:9", SECRET)
    for _ in range(OPENS_AT):
        with pytest.raises(Away):
            gone.send(payout)
    with pytest.raises(Away, match="circuit"):
        Exchange(service.url, SECRET).send(payout)
    CIRCUIT.worked()
    assert Exchange(service.url, SECRET).send(payout).progress == Progress.PENDING


def test_a_service_with_another_secret_obeys_nothing(rich: Cast, service: Server) -> None:
    with pytest.raises(Away, match="401"):
        Exchange(service.url, "not the secret").send(withdrawing.payout_of(approved(rich)))
    assert service.service.payouts == {}
    assert not cache.get(CIRCUIT.key)  # it is well: who asks something else is answered


@pytest.mark.parametrize("said", ["[]", "{", '{"id": "x"}', '{"id": "x", "state": "lost"}', '{"state": "pending"}'])
def test_an_answer_that_makes_no_sense_is_no_answer(
    rich: Cast, service: Server, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(http.client.HTTPResponse, "read", lambda *_: said.encode())
    with pytest.raises(Away):
        Exchange(service.url, SECRET).send(withdrawing.payout_of(approved(rich)))


def test_an_address_that_is_none_is_not_shown(rich: Cast, service: Server, exchange: Exchange) -> None:
    with pytest.raises(Away):
        exchange.address(account=rich.bob.pk, network="tron")


def test_the_settings_name_the_provider(settings: Any) -> None:
    assert isinstance(chosen(), Sandbox)
    settings.WALLET_PROVIDER = "exchange"
    assert isinstance(chosen(), Exchange)


# --- in -----------------------------------------------------------------------------------------------------------


def test_a_deposit_is_credited_once_however_often_it_is_told(rich: Cast, service: Server, exchange: Exchange) -> None:
    event = deposit(rich, exchange)
    assert [call(event).json() for _ in range(2)] == [{"status": "obeyed"}, {"status": "known"}]
    assert (has(rich.bob), Deposit.objects.get().amount) == ((112_500_000, 0), "12.50")


def test_the_very_same_call_is_refused(rich: Cast, service: Server, exchange: Exchange) -> None:
    event = json.dumps(deposit(rich, exchange)).encode()
    signed = signing.sign("POST", HOOK, event, secret=SECRET, now=now())
    send = {"content_type": "application/json", "headers": signed}
    assert [Client().post(HOOK, event, **send).status_code for _ in range(2)] == [200, 409]  # type: ignore[arg-type]
    assert Deposit.objects.count() == 1


def test_what_could_not_be_done_may_be_sent_again_as_it_was(rich: Cast, service: Server, exchange: Exchange) -> None:
    event = json.dumps(deposit(rich, exchange) | {"address": "0x" + "0" * 40}).encode()
    signed = signing.sign("POST", HOOK, event, secret=SECRET, now=now())
    send = {"content_type": "application/json", "headers": signed}
    assert [Client().post(HOOK, event, **send).status_code for _ in range(2)] == [404, 404]  # type: ignore[arg-type]
    assert not HeardCall.objects.exists()


FORGED: dict[str, dict[str, Any]] = {
    "another secret": {"secret": "somebody else's secret of enough length"},
    "another path": {"path": "/wallet/webhook/other/"},
    "too old": {"at": now() - signing.WINDOW - timedelta(seconds=2)},
    "too new": {"at": now() + signing.WINDOW + timedelta(minutes=5)},
    "another nonce": {"X-Nonce": "0" * 32},
    "no nonce": {"X-Nonce": ""},
    "no time": {"X-Timestamp": "soon"},
    "a later time": {"X-Timestamp": "1999999999"},
    "no signature": {"X-Signature": ""},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_call_is_refused_and_changes_nothing(
    rich: Cast, service: Server, exchange: Exchange, how: str
) -> None:
    assert call(deposit(rich, exchange), **FORGED[how]).status_code == 401
    assert (has(rich.bob), HeardCall.objects.count()) == ((100 * USDT, 0), 0)


ODD = b'{"type": "payout", "key": "00000000-0000-0000-0000-000000000000", "id": "\\ud800", "state": "pending"}'
DEEP = b"[" * 5_000 + b"]" * 5_000
WRONG: dict[str, dict[str, Any]] = {
    "another asset": {"asset": "POINTS"},
    "another type": {"type": "gift"},
    "nothing": {"amount": "0"},
    "less than nothing": {"amount": "-1"},
    "a float": {"amount": 12.5},
    "too exact": {"amount": "0.0000001"},
    "not a number": {"amount": "NaN"},
    "no id": {"id": ""},
    "a long id": {"id": "x" * 65},
    "a number as id": {"id": 7},
    "an id that no database holds": {"id": "x\x00"},
    "a network of another kind": {"network": {"tron": 1}},
    "an address of another kind": {"address": ["T"]},
    "more money than there is": {"amount": "9" * 40},
    "more digits than are read": {"amount": "9" * 5000},
}


@pytest.mark.parametrize("what", WRONG)
def test_an_event_that_makes_no_sense_is_refused(rich: Cast, service: Server, exchange: Exchange, what: str) -> None:
    assert call(deposit(rich, exchange, **WRONG[what])).status_code == 400
    assert has(rich.bob) == (100 * USDT, 0)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"type": "payout"}', b'{"type": "payout", "key": "x"}', b"\xff", DEEP, ODD]
)
def test_what_is_no_event_is_refused(db: None, service: Server, body: bytes) -> None:
    assert call(body).status_code == 400


def test_the_same_id_for_another_deposit_is_refused(rich: Cast, service: Server, exchange: Exchange) -> None:
    call(deposit(rich, exchange))
    assert call(deposit(rich, exchange, amount="13")).status_code == 400
    assert has(rich.bob) == (112_500_000, 0)


def test_a_payout_that_is_not_ours_or_was_never_approved_is_refused(
    rich: Cast, service: Server, exchange: Exchange
) -> None:
    said = {"type": "payout", "id": "p", "state": "confirmed"}
    assert call(said | {"key": str(uuid4())}).status_code == 404
    row = withdrawing.request(
        actor=rich.bob,
        provider=exchange,
        units=USDT * 5,
        network="ethereum",
        address="0x" + "1" * 40,
        number=1,
        now=NOW,
    )[0]
    assert call(said | {"key": str(row.pk)}).status_code == 400
    assert Withdrawal.objects.get().state == State.REQUESTED
    assert Transfer.objects.filter(kind="withdrawal").count() == 0


def test_the_door_is_closed_in_the_sandbox_and_to_heaps(db: None, settings: Any) -> None:
    assert call({}).status_code == 404
    settings.WALLET_PROVIDER, settings.EXCHANGE_WALLET_SECRET = "exchange", SECRET
    assert call(b" " * 64_001).status_code == 413
    assert Client().get(HOOK).status_code == 405


def test_old_nonces_are_forgotten(db: None) -> None:
    HeardCall.objects.create(nonce="old", at=now() - timedelta(hours=1))
    HeardCall.objects.create(nonce="new", at=now())
    assert tasks.forget_calls() == 1
    assert HeardCall.objects.get().nonce == "new"


def test_an_address_stays_the_same(rich: Cast, service: Server, exchange: Exchange) -> None:
    first = deposit(rich, exchange)["address"]
    assert deposit(rich, exchange)["address"] == first
    assert depositing.open_address(actor=rich.charlie, provider=exchange, network="ethereum", now=NOW).address != first


def test_nothing_is_read_without_a_secret(settings: Any) -> None:
    settings.EXCHANGE_WALLET_SECRET = None
    headers = signing.sign("POST", HOOK, b"", secret="", now=now())
    with pytest.raises(signing.BadSignature):
        webhooks.read(headers, HOOK, b"", now=now())
