"""The inbox over HTTP."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planet.accounts.models import User
from planet.notifications import actions
from planet.notifications.models import Kind, Notification
from tests.cast import Cast
from tests.factories import make_user

NOW = timezone.now()
HTMX = {"HX-Request": "true"}


def tell(
    recipient: User, actor: User | None, kind: Kind = Kind.LIKE, key: str = "1", url: str = "/p/1/"
) -> Notification:
    group = f"{kind}:{key}"
    actions.notify(recipients=[recipient.pk], kind=kind, actor=actor, group_key=group, url=url, excerpt="gm", now=NOW)
    return Notification.objects.get(recipient=recipient, group_key=group, read_at=None)


def test_the_inbox_shows_what_happened_and_only_ones_own(cast: Cast) -> None:
    tell(cast.bob, cast.alice.user)
    tell(cast.charlie, cast.alice.user, Kind.MENTION)
    page = cast.browser(cast.bob).get(reverse("notifications"))
    assert page.status_code == 200
    assert "<b>Alice</b> liked your post" in page.content.decode()
    assert "mentioned" not in page.content.decode().split("<main")[1]


def test_a_guest_is_sent_to_sign_in(client: Client) -> None:
    for name in ("notifications", "notification_settings", "notifications_unread"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_the_tab_of_mentions_shows_mentions_only(cast: Cast) -> None:
    tell(cast.bob, cast.alice.user)
    tell(cast.bob, cast.alice.user, Kind.MENTION)
    page = cast.browser(cast.bob).get(reverse("notifications"), {"tab": "mentions"}).content.decode()
    assert "mentioned you" in page
    assert "liked your post" not in page


@pytest.mark.parametrize("query", [{"tab": "nonsense"}, {"after": "forged"}])
def test_a_forged_tab_or_cursor_is_not_found(cast: Cast, query: dict[str, str]) -> None:
    assert cast.browser(cast.bob).get(reverse("notifications"), query).status_code == 404


def test_an_empty_inbox_says_what_will_come(cast: Cast) -> None:
    assert b"the moment they happen" in cast.browser(cast.bob).get(reverse("notifications")).content


def test_pages_follow_each_other_without_loss_or_repeat(cast: Cast) -> None:
    for n in range(45):
        tell(cast.bob, cast.alice.user, key=str(n))
    Notification.objects.filter(group_key__in=["like:3", "like:4"]).update(updated_at=NOW + timedelta(minutes=1))
    browser, after, seen = cast.browser(cast.bob), None, []
    for _ in range(3):
        answer = browser.get(reverse("notifications"), {"after": after} if after else {}, headers=HTMX)
        assert b"<html" not in answer.content
        seen += [row.notification.group_key for row in answer.context["rows"]]
        after = answer.context["after"]
    assert after is None
    assert len(seen) == 45
    assert set(seen) == {f"like:{n}" for n in range(45)}
    assert set(seen[:2]) == {"like:3", "like:4"}


def test_queries_do_not_grow_with_rows(cast: Cast) -> None:
    browser = cast.browser(cast.bob)

    def queries() -> int:
        browser.get(reverse("notifications"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("notifications"))
        return len(captured)

    tell(cast.bob, cast.alice.user)
    few = queries()
    for n in range(15):
        tell(cast.bob, make_user(f"reader{n}"), key=str(n))
    assert queries() == few


def test_opening_one_marks_it_read_and_goes_there(cast: Cast) -> None:
    row = tell(cast.bob, cast.alice.user, url="/p/7/")
    answer = cast.browser(cast.bob).get(reverse("notification_open", args=[row.pk]))
    assert answer["Location"] == "/p/7/"
    assert Notification.objects.get().read_at is not None


def test_nobody_opens_anothers(cast: Cast) -> None:
    row = tell(cast.bob, cast.alice.user)
    assert cast.browser(cast.charlie).get(reverse("notification_open", args=[row.pk])).status_code == 404
    assert cast.browser(cast.bob).get(reverse("notification_open", args=[uuid.uuid4()])).status_code == 404
    assert Notification.objects.get().read_at is None


@pytest.mark.parametrize(
    "url", ["", "//evil.example/", "https://evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_a_foreign_address_leads_to_the_inbox(cast: Cast, url: str) -> None:
    row = tell(cast.bob, cast.alice.user, url=url)
    answer = cast.browser(cast.bob).get(reverse("notification_open", args=[row.pk]))
    assert answer["Location"] == reverse("notifications")


def test_all_are_marked_read_with_and_without_scripts(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    tell(cast.bob, cast.alice.user)
    tell(cast.charlie, cast.alice.user)
    assert browser.post(reverse("notifications_read"))["Location"] == reverse("notifications")
    assert Notification.objects.filter(read_at=None).count() == 1
    tell(cast.bob, cast.alice.user)
    answer = browser.post(reverse("notifications_read"), headers=HTMX)
    assert answer.status_code == 200
    assert b'id="inbox"' in answer.content
    assert b"unread" not in answer.content
    assert not Notification.objects.filter(recipient=cast.bob, read_at=None).exists()


def test_marking_all_read_takes_a_post(cast: Cast) -> None:
    tell(cast.bob, cast.alice.user)
    assert cast.browser(cast.bob).get(reverse("notifications_read")).status_code == 405
    assert Notification.objects.filter(read_at=None).exists()


def test_marking_read_needs_the_csrf_token(cast: Cast) -> None:
    tell(cast.bob, cast.alice.user)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.bob, "planet.accounts.backends.Backend")
    assert strict.post(reverse("notifications_read")).status_code == 403
    assert Notification.objects.filter(read_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_badge_counts_what_is_unread(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    for n in range(3):
        tell(cast.bob, cast.alice.user, key=str(n))
    assert browser.get(reverse("notifications_unread")).json()["unread"] == 3
    assert 'data-unread="3"' in browser.get(reverse("notifications")).content.decode()
    browser.get(reverse("notification_open", args=[Notification.objects.first().pk]))  # type: ignore[union-attr]
    assert browser.get(reverse("notifications_unread")).json()["unread"] == 2
    browser.post(reverse("notifications_read"))
    assert browser.get(reverse("notifications_unread")).json()["unread"] == 0
