"""What people choose about being told."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planet.accounts.models import User
from planet.notifications import choosing
from planet.notifications.models import SWITCHABLE, Channel, Cycle, Kind, Notification, Preferences, Switch
from tests.cast import Cast
from tests.notifications.conftest import NOW, told

ALL = {f"{kind}_{channel}": "on" for kind in SWITCHABLE for channel in Channel}
PLAIN = {"digest": "never", "time_zone": "UTC"}


def save(browser: Client, **data: str) -> Any:
    return browser.post(reverse("notification_settings"), {**PLAIN, **data})


def test_the_page_shows_the_defaults_and_remembers_what_was_chosen(cast: Cast) -> None:
    browser, url = cast.browser(cast.bob), reverse("notification_settings")
    page = browser.get(url).content.decode()
    assert page.count(" checked") == len(ALL) - 2  # no device rings for every like and repost
    assert 'name="kyc_app"' not in page
    assert 'name="system_email"' not in page
    answer = save(
        browser,
        like_app="on",
        mention_push="on",
        digest="weekly",
        time_zone="Asia/Shanghai",
        quiet_from="22:00",
        quiet_to="07:30",
        filter_new="on",
    )
    assert answer["Location"] == url
    page = browser.get(url).content.decode()
    assert page.count(" checked") == 3
    assert '<option value="Asia/Shanghai" selected>' in page
    assert 'value="07:30"' in page
    chosen = Preferences.objects.get(user=cast.bob)
    assert (chosen.digest, chosen.filter_new, chosen.filter_strangers) == ("weekly", True, False)
    assert chosen.digest_at is not None
    assert chosen.digest_at > timezone.now()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"quiet_from": "22:00"}, "quiet_to"),
        ({"quiet_to": "07:00"}, "quiet_from"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from"),
        ({"time_zone": "Mars/Olympus_Mons"}, "time_zone"),
        ({"digest": "hourly"}, "digest"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field_and_nothing_changes(
    cast: Cast, data: dict[str, str], field: str
) -> None:
    answer = save(cast.browser(cast.bob), **data)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Preferences.objects.exists()
    assert not Switch.objects.exists()


def test_a_kind_that_is_off_in_the_app_is_dropped_and_others_are_not(cast: Cast) -> None:
    choosing.switch(actor=cast.alice.user, wanted={("like", "app"): False})
    told(cast.alice.user, cast.bob, Kind.LIKE)
    assert not Notification.objects.exists()
    told(cast.alice.user, cast.bob, Kind.FOLLOW)
    choosing.switch(actor=cast.alice.user, wanted={("like", "app"): True})
    told(cast.alice.user, cast.bob, Kind.LIKE)
    assert set(Notification.objects.values_list("kind", flat=True)) == {"follow", "like"}


def test_a_kind_that_is_off_elsewhere_still_stands_in_the_inbox(cast: Cast) -> None:
    choosing.switch(actor=cast.bob, wanted={("mention", "email"): False, ("mention", "push"): False})
    told(cast.bob, cast.alice.user)
    assert Notification.objects.count() == 1
    assert "mention" not in choosing.wants(cast.bob, Channel.EMAIL)
    assert "mention" in choosing.wants(cast.bob, Channel.APP)


@pytest.mark.parametrize("key", [("kyc", "app"), ("system", "push"), ("nonsense", "app"), ("like", "pigeon")])
def test_what_is_always_on_cannot_be_switched_off(cast: Cast, key: tuple[str, str]) -> None:
    with pytest.raises(choosing.NotSwitchable):
        choosing.switch(actor=cast.bob, wanted={("like", "app"): False, key: False})
    assert not Switch.objects.exists()


def test_the_digest_is_due_anew_only_when_its_cycle_or_clock_changes(cast: Cast) -> None:
    def due(user: User, **wishes: Any) -> Any:
        return choosing.wish(actor=user, wishes=choosing.Wishes(**wishes), now=NOW).digest_at

    first = due(cast.bob, digest=Cycle.DAILY)
    Preferences.objects.update(digest_at=NOW)
    assert due(cast.bob, digest=Cycle.DAILY, filter_new=True) == NOW
    assert due(cast.bob, digest=Cycle.DAILY, time_zone="Asia/Tokyo") not in (NOW, first)
    assert due(cast.bob, digest=Cycle.NEVER) is None


def test_a_guest_chooses_nothing(db: None) -> None:
    assert "/accounts/login/" in Client().get(reverse("notification_settings"))["Location"]
    assert "/accounts/login/" in save(Client(), filter_new="on")["Location"]
    assert not Preferences.objects.exists()


def test_one_row_is_marked_read_without_going_there_and_only_ones_own(cast: Cast) -> None:
    row = told(cast.bob, cast.alice.user)
    assert row is not None
    path = reverse("notification_read", args=[row.pk])
    assert cast.browser(cast.charlie).post(path).status_code == 404
    assert cast.browser(cast.bob).get(path).status_code == 405
    assert Notification.objects.get().read_at is None
    assert cast.browser(cast.bob).post(path, headers={"HX-Request": "true"}).status_code == 204
    first = Notification.objects.get().read_at
    assert first is not None
    assert cast.browser(cast.bob).post(path)["Location"] == reverse("notifications")
    assert Notification.objects.get().read_at == first
