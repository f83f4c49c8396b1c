"""Web push on its way: delivered once it is taken, given up when it never will be."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planet.accounts.models import User
from planet.notifications import actions, choosing, tasks
from planet.notifications.models import Kind, Notification, PushDelivery, PushSubscription
from planet.notifications.push import delivery
from planet.notifications.push import service as calls
from tests.cast import Cast
from tests.factories import make_user
from tests.notifications.conftest import NOW, told
from tests.notifications.pushing import Browser, Service, ask, signed_by
from tests.together import together

Woken = Callable[[User], tuple[Browser, PushSubscription]]


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


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
