"""Web push: sealed for one browser, signed by us, and whose browsers are asked."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.urls import reverse
from pytest_django.fixtures import Settings

from planet.accounts.models import User
from planet.notifications.models import PushSubscription
from planet.notifications.push import sealing, subscriptions, vapid
from planet.notifications.push import service as calls
from tests.cast import Cast
from tests.notifications.conftest import NOW
from tests.notifications.pushing import CHROME, Browser, Service, ask, signed_by
from tests.together import together

Woken = Callable[[User], tuple[Browser, PushSubscription]]


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


# --- sealing and signing ------------------------------------------------------------------------------------------


def test_the_vector_of_rfc_8291() -> None:
    keys = sealing.Keys.parse(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    own = vapid.load("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    salt = sealing.decode("DGv6ra1nlYgDCS1FRnbzlw")
    sealed = sealing.seal(b"When I grow up, I want to be a watermelon", keys, own=own, salt=salt)
    assert sealing.encode(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_browser_opens_it_and_no_two_messages_look_alike() -> None:
    browser, other = Browser(), Browser()
    keys = sealing.Keys.parse(browser.p256dh, browser.auth)
    one, two = (sealing.seal(b'{"a": 1}', keys) for _ in range(2))
    assert one != two
    assert browser.open(one) == browser.open(two) == {"a": 1}
    with pytest.raises(InvalidTag):
        other.open(one)


def test_the_longest_message_fits_a_record_and_a_longer_one_is_refused() -> None:
    browser = Browser()
    keys = sealing.Keys.parse(browser.p256dh, browser.auth)
    assert len(sealing.seal(b"x" * sealing.MOST_BYTES, keys)) == 4096
    with pytest.raises(ValueError, match="too long"):
        sealing.seal(b"x" * (sealing.MOST_BYTES + 1), keys)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("nonsense!", "BTBZMqHH6r4Tts7J_aSIgg"),
        (base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode(), "BTBZMqHH6r4Tts7J_aSIgg"),  # not on the curve
        (Browser().p256dh, "dG9vIHNob3J0"),
        (Browser().p256dh, "ünïcödé"),
    ],
    ids=["none", "no key", "no point of the curve", "a short secret", "no base64"],  # keys differ from run to run
)
def test_keys_that_no_browser_has_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(sealing.BadKeys):
        sealing.Keys.parse(p256dh, auth)


def test_the_header_is_signed_for_the_service_and_not_for_long(settings: Settings) -> None:
    claims, key = signed_by(vapid.authorization("https://updates.push.services.mozilla.com/wpush/v2/abc", now=NOW))
    assert claims["aud"] == "https://updates.push.services.mozilla.com"
    assert 0 < claims["exp"] - NOW.timestamp() <= 24 * 3600
    assert claims["sub"] == settings.PUSH_CONTACT
    assert claims["sub"].startswith("mailto:no-reply@")
    assert key == vapid.public_key()


def test_a_key_is_made_once_however_many_begin_and_nobody_else_reads_it(tmp_path: Path) -> None:
    path, found = tmp_path / "data" / "vapid.key", []
    assert together(lambda _: found.append(vapid._kept(path)), 8) == []
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [file.name for file in path.parent.iterdir()] == ["vapid.key"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_command_prints_a_key_that_can_be_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("vapid")
    name, _, key = capsys.readouterr().out.strip().partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert vapid.load(key).private_numbers().private_value > 0


# --- where we call ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ],
)
def test_the_services_of_browsers_are_called(endpoint: str, settings: Settings) -> None:
    settings.PRODUCTION = True
    assert calls.allowed(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "nonsense",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evilfcm.googleapis.com@evil.example/",
        "https://notfcm-googleapis.com/",
        "https://fcm.googleapis.com:22/",
        "https://fcm.googleapis.com:99999/",
        "https://user:pw@fcm.googleapis.com/",
        "https://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:6379/",
        "http://localhost/",
        "file:///etc/passwd",
        "https://[::1]/",
    ],
)
def test_nothing_else_is(endpoint: str, settings: Settings) -> None:
    settings.PRODUCTION = True
    assert not calls.allowed(endpoint)


def test_an_endpoint_that_is_no_longer_allowed_is_not_called(service: Service, settings: Settings) -> None:
    settings.PRODUCTION = True
    answer = calls.send(f"{service.url}/x", b"", topic="t", urgent=False, now=NOW)
    assert answer.outcome is calls.Outcome.GONE
    assert service.messages == []


# --- subscribing --------------------------------------------------------------------------------------------------


def test_a_browser_subscribes_and_is_named_and_listed(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    assert ask(browser, "https://fcm.googleapis.com/fcm/send/abc").status_code == 201
    made = PushSubscription.objects.get()
    assert (made.user, made.name) == (cast.bob, "Chrome on Android")
    page = browser.get(reverse("notification_settings")).content.decode()
    assert "Chrome on Android" in page
    assert f'data-push="{vapid.public_key()}"' in page


@pytest.mark.parametrize(
    "data",
    [
        {"endpoint": "https://evil.example/"},
        {"endpoint": "https://fcm.googleapis.com/" + "x" * 700},
        {"endpoint": "https://fcm.googleapis.com/x", "p256dh": "AAAA"},
        {"endpoint": "https://fcm.googleapis.com/x", "auth": "AAAA"},
    ],
)
def test_what_is_no_push_service_is_refused(cast: Cast, data: dict[str, str]) -> None:
    assert ask(cast.browser(cast.bob), **data).status_code == 422
    assert not PushSubscription.objects.exists()


def test_the_same_browser_is_one_row_and_belongs_to_who_is_signed_in(cast: Cast) -> None:
    endpoint = "https://fcm.googleapis.com/fcm/send/abc"
    first = ask(cast.browser(cast.bob), endpoint).json()
    assert ask(cast.browser(cast.bob), endpoint).json() == first
    assert ask(cast.browser(cast.charlie), endpoint).json() == first
    assert PushSubscription.objects.get().user == cast.charlie


def test_the_oldest_makes_room_for_the_eleventh(cast: Cast) -> None:
    for n in range(subscriptions.MOST + 1):
        one = Browser()
        subscriptions.subscribe(
            actor=cast.bob,
            endpoint=f"https://fcm.googleapis.com/{n}",
            p256dh=one.p256dh,
            auth=one.auth,
            session_key="",
            user_agent="",
            now=later(minutes=n),
        )
    assert PushSubscription.objects.count() == subscriptions.MOST
    assert not PushSubscription.objects.filter(endpoint__endswith="/0").exists()


def test_a_browser_is_revoked_by_its_person_only(cast: Cast, woken: Woken) -> None:
    _, made = woken(cast.bob)
    path = reverse("push_revoke", args=[made.pk])
    cast.browser(cast.charlie).post(path)
    cast.browser(cast.charlie).post(reverse("push_off"), {"endpoint": made.endpoint})
    assert PushSubscription.objects.count() == 1
    assert cast.browser(cast.bob).get(path).status_code == 405
    answer = cast.browser(cast.bob).post(path, headers={"HX-Request": "true"})
    assert b"No browser of yours is woken yet." in answer.content
    assert not PushSubscription.objects.exists()


def test_a_browser_switches_itself_off_by_its_endpoint(cast: Cast, woken: Woken) -> None:
    _, made = woken(cast.bob)
    assert cast.browser(cast.bob).post(reverse("push_off"), {"endpoint": made.endpoint}).status_code == 204
    assert not PushSubscription.objects.exists()


def test_production_without_a_key_sends_none(cast: Cast, settings: Settings) -> None:
    settings.PRODUCTION, settings.VAPID_PRIVATE_KEY = True, None
    browser = cast.browser(cast.bob)
    assert "sends no push" in browser.get(reverse("notification_settings")).content.decode()
    assert ask(browser, "https://fcm.googleapis.com/x").status_code == 503


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) … Version/19.0 Safari/605.1", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) … Safari/604.1", "Safari on iPhone"),
        ("curl/8", "A browser"),
    ],
)
def test_browsers_have_names(user_agent: str, name: str) -> None:
    assert subscriptions.name_of(user_agent) == name
