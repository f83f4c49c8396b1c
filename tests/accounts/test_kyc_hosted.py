"""A provider that checks elsewhere and calls back: the real interface, spoken by the simulator."""

import http.client
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from planet.accounts import kyc
from planet.accounts.kyc import actions, hosted, signatures
from planet.accounts.kyc.simulator import Server
from planet.accounts.models import KycApplication, KycCallback, KycEvent, User
from planet.web.services import OPENS_AT
from tests.accounts.kyc import NOW
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECRET = "a secret that both sides know, of some length"
PATH = "/kyc/webhook/hosted/"


@pytest.fixture(autouse=True)
def _hosted(settings: Any) -> None:
    settings.KYC_PROVIDER = "hosted"
    settings.KYC_HOSTED_URL = "http://127.0.0.1:9"
    settings.KYC_HOSTED_SECRET = SECRET


@pytest.fixture
def simulator(settings: Any) -> Iterator[Server]:
    """The simulator, listening."""
    server = Server(("127.0.0.1", 0), SECRET)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.KYC_HOSTED_URL = server.url
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waiting(cast: Cast) -> KycApplication:
    """Bob's check, under way at the provider."""
    return kyc.apply(user=cast.bob, provider="hosted", now=datetime.now(UTC))


def event(application: KycApplication, **changes: Any) -> dict[str, Any]:
    document = {"legal_name": "Satoshi Example", "country": "CH", "type": "passport", "number": "X1234567"}
    said = {"id": "event-1", "reference": str(application.pk), "result": "approved", "document": document}
    return said | changes


def post(
    body: Any, *, secret: str = SECRET, at: datetime | None = None, headers: dict[str, str] | None = None
) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = signatures.sign(raw, secret=secret, now=at or datetime.now(UTC))
    client = Client(enforce_csrf_checks=True)
    return client.generic("POST", PATH, raw, "application/json", headers=signed | (headers or {}))  # type: ignore[return-value]


def state(application: KycApplication) -> str:
    return KycApplication.objects.get(pk=application.pk).state


def test_a_signed_event_decides(waiting: KycApplication, cast: Cast) -> None:
    assert json.loads(post(event(waiting)).content) == {"status": "obeyed"}
    application = KycApplication.objects.get()
    assert (application.state, application.legal_name, application.country) == ("approved", "Satoshi Example", "CH")
    assert User.objects.get(pk=cast.bob.pk).kyc_state == "approved"
    assert KycEvent.objects.order_by("id").last().actor is None  # type: ignore[union-attr]


def test_a_rejection_brings_its_reason(waiting: KycApplication) -> None:
    post(event(waiting, result="rejected", reason="Expired document\u202e"))
    application = KycApplication.objects.get()
    assert (application.state, application.reason) == ("rejected", "Expired document")


def test_one_identity_holds_one_account_here_too(waiting: KycApplication, cast: Cast) -> None:
    post(event(waiting))
    second = kyc.apply(user=cast.charlie, provider="hosted", now=NOW)
    post(event(second, id="event-2"))
    assert state(second) == "rejected"


def test_an_event_that_comes_again_is_known_and_changes_nothing(waiting: KycApplication, cast: Cast) -> None:
    post(event(waiting, result="rejected", reason="No."))
    again = kyc.apply(user=cast.bob, provider="hosted", now=NOW)
    answer = post(event(again))
    assert json.loads(answer.content) == {"status": "known"}, "the id was used, whatever it says now"
    assert state(again) == "pending"
    assert KycCallback.objects.count() == 1


def test_an_event_for_what_is_decided_changes_nothing(waiting: KycApplication) -> None:
    post(event(waiting))
    answer = post(event(waiting, id="event-2", result="rejected", reason="On second thought"))
    assert json.loads(answer.content) == {"status": "known"}
    assert state(waiting) == "approved"


def test_a_forged_event_is_refused(waiting: KycApplication) -> None:
    body = json.dumps(event(waiting)).encode()
    genuine = signatures.sign(body, secret=SECRET, now=datetime.now(UTC))
    client = Client()
    refused = [
        post(event(waiting), secret="guessed"),
        post(event(waiting), headers={"X-Signature": ""}),
        post(event(waiting), headers={"X-Signature": "sha256=ä"}),
        post(event(waiting), headers={"X-Timestamp": str(int(genuine["X-Timestamp"]) + 1)}),
        post(event(waiting), headers={"X-Timestamp": "soon"}),
        client.generic("POST", PATH, body.replace(b"CH", b"DE"), "application/json", headers=genuine),
        client.generic("POST", PATH, body, "application/json"),
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert state(waiting) == "pending"
    assert not KycCallback.objects.exists()


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_an_event_of_another_time_is_refused(waiting: KycApplication, off: timedelta) -> None:
    assert post(event(waiting), at=datetime.now(UTC) + off).status_code == 401
    assert state(waiting) == "pending"


@pytest.mark.parametrize(
    "change",
    [
        {"result": "maybe"},
        {"result": None},
        {"reference": "1 OR 1=1"},
        {"reference": None},
        {"id": ""},
        {"id": 7},
        {"id": "x" * 101},
        {"document": None},
        {"document": {"legal_name": "A", "country": "XX", "type": "passport", "number": "1"}},
        {"document": {"legal_name": "A", "country": "CH", "type": "napkin", "number": "1"}},
        {"document": {"legal_name": "A", "country": "CH", "type": "passport", "number": "\u200b"}},
    ],
)
def test_a_signed_event_that_makes_no_sense_is_refused(waiting: KycApplication, change: dict[str, Any]) -> None:
    assert post(event(waiting, **change)).status_code == 400
    assert state(waiting) == "pending"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'"x"'])
def test_a_signed_body_that_is_no_event_is_refused(waiting: KycApplication, body: bytes) -> None:
    assert post(body).status_code == 400


def test_an_event_about_nothing_of_this_provider_is_not_found(waiting: KycApplication, cast: Cast) -> None:
    assert post(event(waiting, reference=str(uuid.uuid4()))).status_code == 404
    manual = kyc.apply(user=cast.charlie, now=NOW)
    assert post(event(manual)).status_code == 404
    assert state(manual) == "pending"


def test_the_door_is_where_the_provider_is(waiting: KycApplication, client: Client, settings: Any) -> None:
    assert client.get(PATH).status_code == 405
    assert client.post("/kyc/webhook/other/").status_code == 404
    settings.KYC_PROVIDER = "manual"
    assert post(event(waiting)).status_code == 404


def test_a_huge_body_is_refused(waiting: KycApplication) -> None:
    assert post(event(waiting, reason="x" * 70_000)).status_code == 413


def test_a_check_that_nobody_finishes_ends(waiting: KycApplication, cast: Cast) -> None:
    later = datetime.now(UTC) + actions.ABANDONED_AFTER
    assert actions.expire(application_id=waiting.pk, now=later) is not None
    assert User.objects.get(pk=cast.bob.pk).kyc_state == "expired"


def test_a_provider_that_is_away_starts_nothing_and_is_left_alone_for_a_while(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    answer = browser.post("/kyc/", follow=True)
    assert "does not answer" in answer.content.decode()
    assert not KycApplication.objects.exists()
    for _ in range(OPENS_AT):
        with pytest.raises(hosted.ProviderAway):
            hosted.begin(user=cast.bob, now=NOW)
    assert cache.get(hosted.CIRCUIT.key) == OPENS_AT


def test_the_circuit_keeps_a_healthy_looking_provider_untouched_while_open(simulator: Server, cast: Cast) -> None:
    cache.set(hosted.CIRCUIT.key, OPENS_AT)
    with pytest.raises(hosted.ProviderAway):
        hosted.begin(user=cast.bob, now=NOW)
    assert not simulator.provider.checks


def test_a_check_begins_at_the_provider(simulator: Server, cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    assert "Begin" in browser.get("/kyc/").content.decode()
    browser.post("/kyc/")
    application = KycApplication.objects.get()
    ((check_id, check),) = simulator.provider.checks.items()
    assert (application.external_id, check.reference) == (check_id, str(application.pk))
    assert f'href="{simulator.url}/check/{check_id}"' in browser.get("/kyc/").content.decode()


def test_the_simulator_asks_for_our_signature(simulator: Server) -> None:
    url = urlsplit(simulator.url)
    connection = http.client.HTTPConnection(url.netloc, timeout=5)
    connection.request("POST", "/checks", b"{}")
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_there_and_back(simulator: Server, cast: Cast, live_server: Any, settings: Any) -> None:
    settings.SITE_URL = live_server.url
    application = hosted.begin(user=cast.bob, now=datetime.now(UTC))
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=10)
    connection.request("GET", urlsplit(application.external_url).path)
    assert b"Approve" in connection.getresponse().read()
    said = {"legal_name": "Satoshi", "country": "CH", "type": "passport", "number": "X1", "result": "approved"}
    connection.request("POST", urlsplit(application.external_url).path, urlencode(said))
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (303, f"{live_server.url}/kyc/")
    connection.close()
    assert User.objects.get(pk=cast.bob.pk).kyc_state == "approved"
