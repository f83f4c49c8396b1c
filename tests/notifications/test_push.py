"""Web push: sealed for one browser, signed by us, delivered once it is taken, given up when it never will be."""

import base64
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from planet.accounts.models import User
from planet.notifications import actions, choosing, tasks
from planet.notifications.models import Kind, Notification, PushDelivery, PushSubscription
from planet.notifications.push import delivery, sealing, subscriptions, vapid
from planet.notifications.push import service as calls
from tests.cast import Cast
from tests.factories import make_user
from tests.notifications.conftest import NOW, together, told
from tests.notifications.pushing import Browser, Service, signed_by

Woken = Callable[[User], tuple[Browser, PushSubscription]]
CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


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


def ask(browser: Client, endpoint: str, **keys: str) -> Any:
    one = Browser()
    data = {"endpoint": endpoint, "p256dh": one.p256dh, "auth": one.auth, **keys}
    return browser.post(reverse("push_subscribe"), data, headers={"User-Agent": CHROME})


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


# --- delivering ---------------------------------------------------------------------------------------------------


def test_a_mention_reaches_every_browser_sealed_and_signed(cast: Cast, service: Service, woken: Woken) -> None:
    phone, laptop = woken(cast.bob)[0], woken(cast.bob)[0]
    row = told(cast.bob, cast.alice.user)
    assert row is not None
    assert delivery.deliver(now=NOW) == 2
    for message, browser in zip(service.messages, (phone, laptop), strict=True):
        said = browser.open(message.body)
        assert said["title"] == "Alice mentioned you"
        assert said["body"] == "gm, everybody"
        assert said["url"] == reverse("notification_open", args=[row.pk])
        assert (said["tag"], said["unread"]) == (str(row.pk), 1)
        assert message.headers["Content-Encoding"] == "aes128gcm"
        assert (message.headers["TTL"], message.headers["Topic"]) == ("86400", row.pk.hex)
        assert signed_by(message.headers["Authorization"])[0]["aud"] == service.url
        assert b"Alice" not in message.body
    assert not PushDelivery.objects.exists()
    assert PushSubscription.objects.filter(heard_at=NOW).count() == 2
    assert delivery.deliver(now=later(days=1)) == 0


def test_the_message_speaks_its_readers_language(cast: Cast, service: Service, woken: Woken) -> None:
    User.objects.filter(pk=cast.bob.pk).update(language="zh-hans")
    browser, _ = woken(cast.bob)
    told(cast.bob, cast.alice.user)
    delivery.deliver(now=NOW)
    assert browser.open(service.messages[0].body)["title"] == "Alice 提到了你"


def test_a_name_is_plain_text_and_a_long_one_fits(cast: Cast, service: Service, woken: Woken) -> None:
    browser, _ = woken(cast.bob)
    User.objects.filter(pk=cast.alice.pk).update(display_name="<b>&" + "界" * 36)
    actions.notify(
        recipients=[cast.bob.pk],
        kind=Kind.MENTION,
        actor=User.objects.get(pk=cast.alice.pk),
        group_key="mention:1",
        url="/p/1/",
        excerpt='"😀' * 100,
        now=NOW,
    )
    delivery.deliver(now=NOW)
    assert browser.open(service.messages[0].body)["title"].startswith("<b>&界界")


def test_likes_ring_no_device_unless_one_asks_for_it(cast: Cast, woken: Woken) -> None:
    woken(cast.bob)
    told(cast.bob, cast.alice.user, Kind.LIKE)
    assert not PushDelivery.objects.exists()
    choosing.switch(actor=cast.bob, wanted={("like", "push"): True, ("mention", "push"): False})
    told(cast.bob, cast.charlie, Kind.LIKE, "2")
    told(cast.bob, cast.charlie, Kind.MENTION)
    assert [row.notification.kind for row in PushDelivery.objects.select_related("notification")] == ["like"]


def test_what_was_read_meanwhile_is_not_pushed(cast: Cast, service: Service, woken: Woken) -> None:
    woken(cast.bob)
    told(cast.bob, cast.alice.user)
    actions.mark_all_read(actor=cast.bob, now=NOW)
    assert delivery.deliver(now=NOW) == 1
    assert service.messages == []
    assert not PushDelivery.objects.exists()


def test_a_group_that_grows_rings_again_once_in_a_while(cast: Cast, service: Service, woken: Woken) -> None:
    browser, _ = woken(cast.bob)
    told(cast.bob, cast.alice.user, Kind.FOLLOW)
    delivery.deliver(now=NOW)
    for n in range(5):
        told(cast.bob, make_user(f"reader{n}"), Kind.FOLLOW, minutes=n)
    assert delivery.deliver(now=later(minutes=5)) == 0
    assert delivery.deliver(now=later(minutes=10)) == 1
    assert "5 others follow you now" in browser.open(service.messages[1].body)["title"]


def test_quiet_hours_hold_it_and_let_it_go_when_they_are_over(cast: Cast, service: Service, woken: Woken) -> None:
    woken(cast.bob)
    quiet = choosing.Wishes(time_zone="UTC", quiet_from=time(11), quiet_to=time(13))
    choosing.wish(actor=cast.bob, wishes=quiet, now=NOW)
    row = told(cast.bob, cast.alice.user)  # at noon
    assert row is not None
    assert row.read_at is None  # the app shows it at once
    for minutes in (0, 30, 59):
        delivery.deliver(now=later(minutes=minutes))
        assert service.messages == []
    assert PushDelivery.objects.get().attempts == 0
    delivery.deliver(now=later(hours=1))
    assert len(service.messages) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_unsubscribed_is_forgotten(cast: Cast, service: Service, woken: Woken, status: int) -> None:
    woken(cast.bob)
    service.answers.append((status, {}))
    told(cast.bob, cast.alice.user)
    delivery.deliver(now=NOW)
    assert not PushSubscription.objects.exists()
    assert not PushDelivery.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again_ever_later_and_at_last_not_any_more(
    cast: Cast, service: Service, woken: Woken, status: int
) -> None:
    woken(cast.bob)
    service.answers.extend([(status, {})] * 20)
    told(cast.bob, cast.alice.user)
    waits, now = [], NOW
    while PushDelivery.objects.exists():
        assert delivery.deliver(now=now) == 1
        rows = PushDelivery.objects.values_list("due_at", flat=True)
        waits += [(due - now).total_seconds() / 60 for due in rows]
        now = rows[0] if rows else now
    assert waits == [1, 2, 4, 8, 16]
    assert len(service.messages) == delivery.ATTEMPTS
    assert PushSubscription.objects.count() == 1


def test_a_service_says_when_to_come_back(cast: Cast, service: Service, woken: Woken) -> None:
    woken(cast.bob)
    service.answers.append((429, {"Retry-After": "900"}))
    told(cast.bob, cast.alice.user)
    delivery.deliver(now=NOW)
    assert PushDelivery.objects.get().due_at == later(minutes=15)
    delivery.deliver(now=later(minutes=15))
    assert not PushDelivery.objects.exists()


@pytest.mark.parametrize("said", ["", "soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999"])
def test_a_service_that_says_nonsense_is_not_believed(said: str) -> None:
    assert 0 <= calls._seconds(said) <= calls.LONGEST_WAIT


def test_a_service_that_is_away_is_asked_again(cast: Cast, service: Service, woken: Woken) -> None:
    _, made = woken(cast.bob)
    PushSubscription.objects.filter(pk=made.pk).update(endpoint="http://127.0.0.1:9/closed")
    told(cast.bob, cast.alice.user)
    delivery.deliver(now=NOW)
    assert PushDelivery.objects.get().due_at == later(minutes=1)


def test_what_a_service_refuses_is_given_up_and_a_redirect_is_not_followed(
    cast: Cast, service: Service, woken: Woken
) -> None:
    woken(cast.bob)
    for n, answer in enumerate([(400, {}), (413, {}), (307, {"Location": f"{service.url}/elsewhere"})]):
        service.answers.append(answer)
        told(cast.bob, cast.alice.user, key=str(n))
        delivery.deliver(now=NOW)
        assert not PushDelivery.objects.exists()
    assert len(service.messages) == 3
    assert PushSubscription.objects.count() == 1


def test_what_a_dead_worker_held_is_delivered_when_its_lease_is_over(
    cast: Cast, service: Service, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken(cast.bob)
    told(cast.bob, cast.alice.user)

    def die(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(calls, "send", die)
        with pytest.raises(KeyboardInterrupt):
            delivery.deliver(now=NOW)
    assert delivery.deliver(now=later(minutes=1)) == 0
    assert delivery.deliver(now=NOW + delivery.LEASE) == 1
    assert len(service.messages) == 1


def test_somebody_suspended_is_not_woken(cast: Cast, service: Service, woken: Woken) -> None:
    woken(cast.bob)
    told(cast.bob, cast.alice.user)
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    delivery.deliver(now=NOW)
    assert service.messages == []


def test_a_browser_that_changed_hands_is_not_told_of_the_person_before(
    cast: Cast, service: Service, woken: Woken
) -> None:
    _, made = woken(cast.bob)
    told(cast.bob, cast.alice.user)
    PushSubscription.objects.filter(pk=made.pk).update(user=cast.charlie)
    delivery.deliver(now=NOW)
    assert service.messages == []


def test_who_has_signed_out_is_told_nothing_and_forgotten_at_night(cast: Cast, service: Service) -> None:
    browser = cast.browser(cast.bob)
    assert ask(browser, f"{service.url}/bob").status_code == 201
    told(cast.bob, cast.alice.user)
    browser.post(reverse("account_logout"))
    assert delivery.deliver(now=NOW) == 1
    assert service.messages == []
    assert not PushDelivery.objects.exists()
    tasks.forget_old_notifications()
    assert not PushSubscription.objects.exists()


def test_a_session_that_goes_on_under_another_key_is_still_woken(cast: Cast, service: Service) -> None:
    browser = cast.browser(cast.bob)
    ask(browser, f"{service.url}/bob")
    session = browser.session
    session.cycle_key()  # as a change of password does
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    told(cast.bob, cast.alice.user)
    browser.get(reverse("notifications"))
    tasks.forget_old_notifications()
    delivery.deliver(now=NOW)
    assert len(service.messages) == 1


def test_a_batch_takes_as_many_queries_with_many_rows_as_with_few_but_for_its_ends(
    cast: Cast, service: Service, woken: Woken
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            delivery.deliver(now=NOW)
        return len(captured)

    woken(cast.bob)
    told(cast.bob, cast.alice.user)
    one = queries()
    for n in range(10):
        told(cast.bob, cast.alice.user, key=f"more{n}")
    assert queries() == one + 9 * 2  # each that was taken ends with its row and its browser's date


def test_the_task_empties_the_outbox(
    cast: Cast, service: Service, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BATCH", 3)
    woken(cast.bob)
    for n in range(7):
        told(cast.bob, cast.alice.user, key=str(n))
    assert tasks.deliver_pushes() == 7
    assert not PushDelivery.objects.exists()


def test_a_worker_is_told_on_commit_and_only_where_something_is_due(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told_of: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: told_of.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        told(cast.bob, cast.alice.user)
    assert told_of == []
    woken(cast.bob)
    with django_capture_on_commit_callbacks(execute=True):
        told(cast.bob, cast.alice.user, key="2")
        assert told_of == []
    assert told_of == [tasks.deliver_pushes.name]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_workers_share_the_outbox_and_nothing_is_sent_twice(cast: Cast, service: Service, woken: Woken) -> None:
    browser, _ = woken(cast.bob)
    for n in range(24):
        told(cast.bob, cast.alice.user, key=str(n))

    def run(_: int) -> None:
        while delivery.deliver(now=NOW):
            pass

    assert together(run, 4) == []
    tags = [browser.open(message.body)["tag"] for message in service.messages]
    assert sorted(tags) == sorted(str(pk) for pk in Notification.objects.values_list("pk", flat=True))


# --- the self-test ------------------------------------------------------------------------------------------------


def test_the_self_test_reaches_the_browser_and_says_so(cast: Cast, service: Service, woken: Woken) -> None:
    browser, _ = woken(cast.bob)
    answer = cast.browser(cast.bob).post(reverse("push_test"), headers={"HX-Request": "true"})
    assert b"Sent. It should appear now." in answer.content
    said = browser.open(service.messages[0].body)
    assert (said["title"], said["tag"]) == ("Planet reaches this browser", "test")


def test_the_self_test_says_what_went_wrong(cast: Cast, service: Service, woken: Woken) -> None:
    woken(cast.bob)
    browser = cast.browser(cast.bob)
    for status, words in ((500, "does not answer"), (400, "refused"), (410, "was removed")):
        service.answers.append((status, {}))
        assert words in browser.post(reverse("push_test"), headers={"HX-Request": "true"}).content.decode()
    assert not PushSubscription.objects.exists()
    page = browser.post(reverse("push_test"), follow=True).content.decode()
    assert "No browser of yours is woken yet." in page


def test_the_worker_of_the_browser_stands_at_the_root(db: None) -> None:
    answer = Client().get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert b"showNotification" in answer.content
