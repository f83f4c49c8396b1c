"""The digest: due in the morning, at most once a period, with a way out in one click."""

import smtplib
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planet.accounts.models import User
from planet.notifications import actions, choosing, digest
from planet.notifications.models import Channel, Cycle, Digest, Kind, Notification, Preferences
from tests.cast import Cast
from tests.factories import make_user
from tests.notifications import conftest
from tests.together import together

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 1, tzinfo=UTC)


def told(recipient: User, actor: User | None, kind: Kind = Kind.MENTION, key: str = "1", *, minutes: float = 0) -> None:
    """Tell somebody something on Sunday."""
    conftest.told(recipient, actor, kind, key, minutes=(SUNDAY - conftest.NOW) / timedelta(minutes=1) + minutes)


def subscribe(user: User, cycle: Cycle = Cycle.DAILY, **wishes: Any) -> None:
    choosing.wish(actor=user, wishes=choosing.Wishes(digest=cycle, **wishes), now=SUNDAY)


@pytest.fixture
def bob(cast: Cast) -> User:
    """Bob, who wants a digest every morning and has something to read."""
    subscribe(cast.bob)
    told(cast.bob, cast.alice.user)
    return cast.bob


def sent() -> list[Any]:
    return mail.outbox


def test_the_mail_tells_what_is_unread_in_text_and_html(cast: Cast, bob: User) -> None:
    told(bob, cast.charlie, Kind.LIKE)
    assert digest.send_due(now=MONDAY) == 1
    (made,) = sent()
    html, kind = made.alternatives[0]
    assert made.to == ["bob@example.com"]
    assert made.subject == "2 new things on Planet"
    assert kind == "text/html"
    assert "<b>Alice</b> mentioned you" in html
    for part in ("* Alice mentioned you", "* charlie liked your post", "gm, everybody", "http://localhost:8000/"):
        assert part in made.body
    for row in Notification.objects.all():
        assert reverse("notification_open", args=[row.pk]) in made.body
        assert reverse("notification_open", args=[row.pk]) in html


def test_the_mail_speaks_its_readers_language(cast: Cast, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(language="zh-hans")
    digest.send_due(now=MONDAY)
    assert "Alice 提到了你" in sent()[0].body
    assert 'lang="zh-hans"' in sent()[0].alternatives[0][0]


def test_what_people_write_is_inert_in_the_html(cast: Cast) -> None:
    subscribe(cast.bob)
    actions.notify(
        recipients=[cast.bob.pk],
        kind=Kind.MENTION,
        actor=cast.alice.user,
        group_key="mention:1",
        url="/p/1/",
        excerpt="<script>alert(1)</script>",
        now=SUNDAY,
    )
    digest.send_due(now=MONDAY)
    assert "<script>" not in sent()[0].alternatives[0][0]
    assert "<script>alert(1)</script>" in sent()[0].body


def test_nothing_goes_out_before_the_morning_or_twice_on_one(bob: User) -> None:
    assert digest.send_due(now=MONDAY.replace(hour=7, minute=59)) == 0
    assert digest.send_due(now=MONDAY) == 1
    assert digest.send_due(now=MONDAY + timedelta(hours=3)) == 0
    assert len(sent()) == 1


def test_a_weekly_digest_waits_for_monday(cast: Cast) -> None:
    subscribe(cast.bob, Cycle.WEEKLY)
    told(cast.bob, cast.alice.user)
    assert digest.send_due(now=MONDAY) == 1
    told(cast.bob, cast.charlie, Kind.LIKE, minutes=60)
    Notification.objects.update(updated_at=MONDAY + timedelta(hours=1))
    for days in range(1, 7):
        assert digest.send_due(now=MONDAY + timedelta(days=days)) == 0
    assert digest.send_due(now=MONDAY + timedelta(days=7)) == 1


def test_nothing_unread_is_no_mail_and_nothing_is_told_twice(cast: Cast, bob: User) -> None:
    digest.send_due(now=MONDAY)
    assert digest.send_due(now=MONDAY + timedelta(days=1)) == 0  # still unread, and told already
    Notification.objects.create(
        recipient=bob, kind=Kind.MENTION, group_key="mention:2", updated_at=MONDAY + timedelta(days=1, hours=2)
    )
    assert digest.send_due(now=MONDAY + timedelta(days=2)) == 1
    assert sent()[1].subject == "1 new thing on Planet"
    actions.mark_all_read(actor=bob, now=MONDAY)
    assert digest.send_due(now=MONDAY + timedelta(days=3)) == 0


def test_kinds_that_are_not_mailed_and_what_filters_took_stay_out(cast: Cast) -> None:
    subscribe(cast.bob, filter_strangers=True)
    choosing.switch(actor=cast.bob, wanted={("like", Channel.EMAIL.value): False})
    told(cast.bob, cast.alice.user, Kind.LIKE)  # not mailed
    told(cast.bob, cast.charlie, Kind.COMMENT)  # a stranger
    assert digest.send_due(now=MONDAY) == 0
    told(cast.bob, None, Kind.KYC, "approved")
    assert digest.send_due(now=MONDAY + timedelta(days=1)) == 1
    assert "identity" in sent()[0].body.lower()


def test_after_a_downtime_of_days_one_mail_goes_out(bob: User) -> None:
    later = MONDAY + timedelta(days=9, hours=5)
    assert digest.send_due(now=later) == 1
    assert Preferences.objects.get().digest_at == datetime(2026, 12, 3, 8, tzinfo=UTC)


def test_quiet_hours_hold_the_mail_until_they_are_over(cast: Cast) -> None:
    subscribe(cast.bob, quiet_from=time(22), quiet_to=time(9, 30))
    told(cast.bob, cast.alice.user)
    assert digest.send_due(now=MONDAY) == 0
    assert digest.send_due(now=MONDAY.replace(hour=9, minute=29)) == 0
    assert digest.send_due(now=MONDAY.replace(hour=9, minute=30)) == 1


def test_somebody_suspended_gets_no_mail(bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert digest.send_due(now=MONDAY) == 0


def test_ten_rows_are_shown_and_the_rest_is_counted(cast: Cast) -> None:
    subscribe(cast.bob)
    for n in range(13):
        told(cast.bob, cast.alice.user, Kind.MENTION, str(n))
    digest.send_due(now=MONDAY)
    assert sent()[0].subject == "13 new things on Planet"
    assert sent()[0].body.count("* ") == 10
    assert "… and 3 more" in sent()[0].body


# --- once ---------------------------------------------------------------------------------------------------------


class Breaking:
    """Stands in for the sending of a mail, and fails as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        self.calls = 0
        self.error: BaseException | None = error
        monkeypatch.setattr(EmailMultiAlternatives, "send", self._send)

    def _send(self) -> int:
        self.calls += 1
        if self.error:
            raise self.error
        return 1


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        smtplib.SMTPDataError(451, b"busy"),
        smtplib.SMTPRecipientsRefused({"bob@example.com": (450, b"greylisted")}),
        smtplib.SMTPAuthenticationError(535, b"our own fault"),
    ],
)
def test_what_the_server_put_off_is_tried_again(bob: User, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    server = Breaking(monkeypatch, error)
    assert digest.send_due(now=MONDAY) == 0
    assert not Digest.objects.exists()
    server.error = None
    assert digest.send_due(now=MONDAY + timedelta(minutes=5)) == 0
    assert digest.send_due(now=MONDAY + digest.RETRY_AFTER) == 1
    assert Digest.objects.get().sent_at == MONDAY + digest.RETRY_AFTER


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        smtplib.SMTPServerDisconnected(),
        KeyboardInterrupt(),
        smtplib.SMTPDataError(550, b"spam"),
        smtplib.SMTPRecipientsRefused({"bob@example.com": (550, b"nobody of that name")}),
    ],
)
def test_what_may_have_arrived_is_not_sent_again_in_its_period(
    bob: User, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """The connection broke behind the mail, the worker died with it in its hands, or the server never wants it."""
    server = Breaking(monkeypatch, error)
    with suppress(KeyboardInterrupt):  # the worker is dead; what it had committed stands
        digest.send_due(now=MONDAY)
    server.error = None
    for minutes in range(5, 24 * 60, 55):
        assert digest.send_due(now=MONDAY + timedelta(minutes=minutes)) == 0
    assert server.calls == 1
    assert Digest.objects.get().sent_at is None


def test_one_that_cannot_be_rendered_holds_nobody_else_up(
    cast: Cast, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(cast.charlie)
    told(cast.charlie, cast.alice.user)
    whole = digest._mail

    def broken(claim: Any, now: datetime) -> Any:
        if claim.user == bob:
            raise ValueError("no such template")
        return whole(claim, now)

    monkeypatch.setattr(digest, "_mail", broken)
    assert digest.send_due(now=MONDAY) == 1
    assert sent()[0].to == ["charlie@example.com"]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_digest_once(cast: Cast) -> None:
    people = [cast.bob, cast.charlie, *(make_user(f"reader{n}") for n in range(6))]
    for person in people:
        subscribe(person)
        told(person, cast.alice.user, key=person.handle)
    assert together(lambda _: digest.send_due(now=MONDAY), 6) == []
    assert sorted(made.to[0] for made in sent()) == sorted(person.email for person in people)
    assert Digest.objects.exclude(sent_at=None).count() == len(people)


def test_a_digest_takes_as_many_queries_with_many_rows_as_with_few(cast: Cast) -> None:
    def queries(user: User, rows: int) -> int:
        subscribe(user)
        for n in range(rows):
            told(user, cast.alice.user, key=f"{user.handle}{n}")
        with CaptureQueriesContext(connection) as captured:
            assert digest.send(user_id=user.pk, now=MONDAY)
        return len(captured)

    assert queries(cast.bob, 1) == queries(cast.charlie, 20)


# --- out ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(bob: User) -> str:
    """The address in the header of Bob's mail."""
    digest.send_due(now=MONDAY)
    headers = sent()[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in sent()[0].body
    assert address in sent()[0].alternatives[0][0]
    return str(address.removeprefix("http://localhost:8000"))


def wanted() -> tuple[str, Any]:
    row = Preferences.objects.get()
    return row.digest, row.digest_at


def test_a_mail_program_unsubscribes_in_one_click_without_session_or_token(link: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert wanted() == ("never", None)
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_opening_the_link_only_asks(link: str) -> None:
    page = Client().get(link)
    assert b"bob@example.com" in page.content
    assert wanted()[0] == "daily"
    assert b"no summary" in Client().post(link).content
    assert wanted()[0] == "never"


def test_a_forged_link_changes_nothing(link: str, cast: Cast) -> None:
    subscribe(cast.charlie)
    forged = link.replace(str(cast.bob.pk), str(cast.charlie.pk))
    for address in (forged, link[:-3] + "xy/", reverse("digest_unsubscribe", args=["nonsense"])):
        assert Client().get(address).status_code == 404
        assert Client().post(address).status_code == 404
    assert set(Preferences.objects.values_list("digest", flat=True)) == {"daily"}
