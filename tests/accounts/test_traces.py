"""What is noted of browsers, blocks of addresses and names: hashes, one row each, and for some weeks."""

from datetime import UTC, datetime, timedelta
from http.cookies import Morsel
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from planet.accounts import crypto, tasks, traces
from planet.accounts.kyc import actions as kyc
from planet.accounts.models import BlockTrace, DeviceTrace, KycState, NameTrace, User
from tests.accounts.kyc import paper
from tests.cast import Cast
from tests.together import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 11, 21, 30, tzinfo=UTC)
SOMEWHERE = "81.2.69.142"


def visit(user: User, device: str = "laptop", address: str = SOMEWHERE, now: datetime = NOW) -> None:
    traces.visited(user_id=user.pk, device=device, address=address, now=now)


def browser(user: User, **kept: Any) -> Client:
    client = Client(REMOTE_ADDR=SOMEWHERE, **kept)
    client.force_login(user)
    return client


def cookie(client: Client) -> Morsel[str]:
    return client.cookies["device"]


def test_a_browser_is_known_again_by_a_cookie_that_no_script_reads(cast: Cast, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = browser(cast.bob)
    client.get("/settings/")
    given = cookie(client)
    assert (given["httponly"], given["secure"], given["samesite"]) == (True, True, "Lax")
    assert DeviceTrace.objects.get().device == crypto.trace("device", given.value)

    other = browser(cast.charlie)
    other.cookies["device"] = given.value
    other.get("/settings/")

    assert DeviceTrace.objects.filter(device=crypto.trace("device", given.value)).count() == 2


def test_a_made_up_cookie_is_replaced(cast: Cast) -> None:
    client = browser(cast.bob)
    client.cookies["device"] = "x' OR 1=1"
    client.get("/settings/")
    assert len(cookie(client).value) == 32
    assert DeviceTrace.objects.get().device == crypto.trace("device", cookie(client).value)


def test_a_guest_gets_no_cookie_and_leaves_no_trace(cast: Cast) -> None:
    client = Client(REMOTE_ADDR=SOMEWHERE)
    client.get("/accounts/login/")
    assert "device" not in client.cookies
    assert not DeviceTrace.objects.exists()


def test_a_page_within_the_quarter_of_an_hour_notes_nothing(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = browser(cast.bob)
    client.get("/settings/")
    with django_assert_max_num_queries(30) as asked:
        client.get("/settings/")
    assert not [one for one in asked.captured_queries if "trace" in one["sql"]]


def test_the_hours_of_a_day_are_one_row(cast: Cast) -> None:
    visit(cast.bob)
    visit(cast.bob)
    visit(cast.bob, address="81.2.69.7", now=NOW + timedelta(hours=1))
    visit(cast.bob, address="81.2.70.7")
    visit(cast.bob, now=NOW + timedelta(days=1))
    rows = BlockTrace.objects.filter(block=crypto.trace("block", "81.2.69.0/24")).order_by("day")
    assert [(row.day.day, row.hours) for row in rows] == [(11, 3 << 21), (12, 1 << 21)]
    assert BlockTrace.objects.count() == 3
    device = DeviceTrace.objects.get()
    assert ((device.first_on.day), device.last_on.day) == (11, 12)


def test_an_older_visit_that_comes_late_takes_nothing_back(cast: Cast) -> None:
    visit(cast.bob)
    visit(cast.bob, now=NOW - timedelta(days=3))
    assert DeviceTrace.objects.get().last_on == NOW.date()


@pytest.mark.parametrize(
    ("address", "block"),
    [
        (SOMEWHERE, "81.2.69.0/24"), ("2a02:8084:1234:5::1", "2a02:8084:1234::/48"),
        ("127.0.0.1", ""), ("10.0.0.7", ""), ("0.0.0.0", ""), ("::1", ""), ("fe80::1", ""),
    ],
)  # fmt: skip
def test_a_block_is_what_one_household_has(address: str, block: str) -> None:
    assert traces.block_of(address) == block


def test_who_comes_from_this_machine_is_noted_without_a_block(cast: Cast) -> None:
    visit(cast.bob, address="127.0.0.1")
    assert (DeviceTrace.objects.count(), BlockTrace.objects.count()) == (1, 0)


def test_nothing_raw_is_stored(cast: Cast) -> None:
    visit(cast.bob, device="a-cookie-of-bob")
    traces.verified(user_id=cast.bob.pk, legal_name="Robert Example", country="CH")
    with connection.cursor() as cursor:
        for table in ("devicetrace", "blocktrace", "nametrace"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM accounts_{table} t")
            stored = cursor.fetchone()[0]
            assert not [one for one in ("a-cookie-of-bob", "81.2.69", "Robert", "robert") if one in stored]


def test_with_another_secret_a_hash_is_another(settings: Any) -> None:
    was = crypto.trace("device", "x"), crypto.name_trace("x")
    assert was[0] != crypto.trace("block", "x")
    settings.SECRET_KEY = "another" * 10
    assert (crypto.trace("device", "x") == was[0], crypto.name_trace("x") == was[1]) == (False, True)
    settings.KYC_IDENTITY_PEPPER = "another" * 10
    assert crypto.name_trace("x") != was[1]


@pytest.mark.parametrize(
    ("name", "same"),
    [("Müller, Jürgen", "JURGEN MULLER"), ("  Ana-María  Ruiz", "Ruiz Maria Ana"), ("李伟", "李 伟".replace(" ", ""))],
)
def test_a_name_is_compared_without_accents_case_and_order(name: str, same: str) -> None:
    assert traces.spelled(name) == traces.spelled(same) != ""


def test_an_approval_notes_the_name_and_its_end_forgets_it(cast: Cast) -> None:
    application = kyc.apply(user=cast.bob, now=NOW, paper=paper())
    assert not NameTrace.objects.exists()
    kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    assert NameTrace.objects.get().name == crypto.name_trace("CH\x1fexample satoshi")
    traces.forget(now=NOW)
    assert NameTrace.objects.exists()
    User.objects.filter(pk=cast.bob.pk).update(kyc_state=KycState.EXPIRED)
    traces.forget(now=NOW)
    assert not NameTrace.objects.exists()


def test_a_rejected_check_notes_no_name(cast: Cast) -> None:
    application = kyc.apply(user=cast.bob, now=NOW, paper=paper())
    kyc.decide(actor=cast.olga, application=application, approve=False, reason="Blurred.", now=NOW)
    assert not NameTrace.objects.exists()


def test_what_is_old_is_forgotten_however_much_it_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "_BATCH", 2)
    for days in range(5):
        visit(cast.bob, device=f"laptop-{days}", now=NOW - traces.KEPT - timedelta(days=days + 1))
    visit(cast.bob, device="new", now=NOW - traces.KEPT)
    assert traces.forget(now=NOW) == 10
    assert traces.forget(now=NOW) == 0
    assert (DeviceTrace.objects.count(), BlockTrace.objects.count()) == (1, 1)


def test_the_clock_forgets(cast: Cast) -> None:
    visit(cast.bob, now=datetime(2020, 1, 1, tzinfo=UTC))
    tasks.forget_traces()
    assert not DeviceTrace.objects.exists()


def test_a_deleted_account_is_forgotten(cast: Cast) -> None:
    visit(cast.charlie)
    traces.verified(user_id=cast.charlie.pk, legal_name="Charles Example", country="CH")
    cast.charlie.delete()
    assert [model.objects.count() for model in (DeviceTrace, BlockTrace, NameTrace)] == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_lose_no_hour(cast: Cast) -> None:
    assert not together(lambda number: visit(cast.bob, now=NOW + timedelta(hours=number % 3)))
    assert BlockTrace.objects.get(day=NOW.date()).hours == 7 << 21
