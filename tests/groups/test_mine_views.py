"""Keeping a group, leaving it, catching up with it, over HTTP and in numbers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from groups import access
from groups.actions import direct
from groups.models import Channel, Level, Membership, MessageMention, Pin, ReadPosition
from groups.queries import catching_up
from planet.accounts.models import Block
from tests.cast import Cast
from tests.factories import make_group, make_message


def test_a_member_keeps_a_group_from_a_page(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    bob, where = cast.browser(cast.bob), reverse("group_keep", args=[group.pk])
    assert bob.get(where).status_code == 200
    sent = {"mute": "8h", "level": "mentions", "pin": "1", "folder": "Desk"}
    assert bob.post(where, sent)["Location"] == where
    row = Membership.objects.get(user=cast.bob)
    assert (row.level, row.pinned_position, row.folder) == (Level.MENTIONS, 0, "Desk")
    assert row.muted_until
    page = bob.get(where, headers={"HX-Request": "true"}).content.decode()
    assert "Muted until" in page
    assert "<html" not in page


def test_what_is_not_sent_stays(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    Membership.objects.filter(user=cast.bob).update(folder="Desk", pinned_position=3)
    assert cast.browser(cast.bob).post(reverse("group_keep", args=[group.pk]), {"archive": "1"}).status_code == 302
    row = Membership.objects.get(user=cast.bob)
    assert (row.folder, row.pinned_position, row.archived_at is None) == ("Desk", None, False)


def test_a_script_gets_no_page(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    where = reverse("group_keep", args=[group.pk])
    assert cast.browser(cast.bob).post(where, {"pin": "1"}, headers={"HX-Request": "true"}).status_code == 204


@pytest.mark.parametrize("sent", [{"mute": "3y"}, {"level": "some"}, {"pin": "2"}, {"folder": "x" * 30}])
def test_nonsense_changes_nothing(cast: Cast, sent: dict[str, str]) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    before = Membership.objects.filter(user=cast.bob).values().get()
    answer = cast.browser(cast.bob).post(reverse("group_keep", args=[group.pk]), sent)
    assert answer.status_code == 422
    assert Membership.objects.filter(user=cast.bob).values().get() == before


@pytest.mark.parametrize("name", ["group_keep", "group_leave", "group_catch_up"])
def test_outsiders_find_nothing_to_keep(cast: Cast, name: str) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    where = reverse(name, args=[group.pk])
    charlie = cast.browser(cast.charlie)
    assert charlie.get(where).status_code == 404
    assert charlie.post(where, {"pin": "1"}).status_code in (404, 405)
    assert charlie.get(reverse(name, args=[uuid4()])).status_code == 404
    assert Membership.objects.count() == 2


def test_pins_are_put_in_order(cast: Cast) -> None:
    groups = [make_group(cast.alice.user, name, cast.bob) for name in "ab"]
    for place, group in enumerate(groups):
        Membership.objects.filter(user=cast.bob, group=group).update(pinned_position=place)
    bob = cast.browser(cast.bob)
    assert bob.post(reverse("groups_order"), {"group": [groups[1].pk, groups[0].pk]}).status_code == 302
    assert bob.post(reverse("groups_order"), {"group": ["x"]}).status_code == 400
    assert bob.get(reverse("groups_order")).status_code == 405
    order = Membership.objects.filter(user=cast.bob).order_by("pinned_position").values_list("group__name", flat=True)
    assert list(order) == ["b", "a"]


def test_leaving_asks_first_and_an_owner_stays(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    where = reverse("group_leave", args=[group.pk])
    bob, alice = cast.browser(cast.bob), cast.browser(cast.alice.user)
    assert "What you said stays there" in bob.get(where).content.decode()
    assert bob.post(where)["Location"] == reverse("groups")
    assert bob.get(where).status_code == 404
    assert "This group is yours" in alice.get(where).content.decode()
    assert alice.post(where).status_code == 403
    assert Membership.objects.get().user == cast.alice.user


def test_leaving_a_conversation(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=timezone.now())
    assert cast.browser(cast.bob).post(reverse("group_leave", args=[group.pk])).status_code == 302
    assert not Membership.objects.filter(user=cast.bob).exists()


# --- catching up ------------------------------------------------------------------------------------------------------


def test_catching_up_shows_what_mattered(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    channel = group.channels.get()
    now = timezone.now()
    make_message(channel, cast.alice.user, "old", created_at=now - timedelta(days=9), reactions={"👍": 99})
    ReadPosition.objects.filter(user=cast.bob).update(number=1)
    make_message(channel, cast.alice.user, "liked", reactions={"👍": 3, "🔥": 2})
    make_message(channel, cast.alice.user, "less", reactions={"👍": 4})
    make_message(channel, cast.alice.user, "gone", reactions={"👍": 50}, deleted_at=now)
    named = make_message(channel, cast.alice.user, "@bob look")
    MessageMention.objects.create(message=named, channel=channel, user=cast.bob, number=named.number)
    make_message(channel, cast.alice.user, "@all look", mentions_all=True)
    make_message(channel, cast.alice.user, "@admins look", mentions_admins=True)
    pinned = make_message(channel, cast.alice.user, "rules")
    Pin.objects.create(channel=channel, message=pinned, by=cast.alice.user)
    who = access.acting(cast.bob, group.pk)
    away = catching_up.away_since(who)
    assert away is not None
    found = catching_up.since(who, away)
    assert (found.messages, [channel.first for channel in found.channels]) == (6, [2])
    assert [said.text for said in found.reacted] == ["liked", "less"]
    assert {said.text for said in found.mentions} == {"@bob look", "@all look"}
    assert [said.text for said in found.pinned] == ["rules"]
    month = catching_up.since(who, now - timedelta(days=30))
    assert (month.messages, month.reacted[0].text) == (7, "old")


def test_who_has_read_everything_missed_nothing(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    make_message(group.channels.get(), cast.alice.user)
    ReadPosition.objects.filter(user=cast.bob).update(number=1)
    assert catching_up.away_since(access.acting(cast.bob, group.pk)) is None
    where = reverse("group_catch_up", args=[group.pk])
    assert "You missed nothing" in cast.browser(cast.bob).get(where).content.decode()
    page = cast.browser(cast.bob).get(where, {"range": "7d"}).content.decode()
    assert "1 message since" in page


def test_what_the_blocked_said_is_left_out(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    make_message(group.channels.get(), cast.alice.user, "loud", mentions_all=True, reactions={"👍": 3})
    Block.objects.create(owner=cast.bob, target=cast.alice.user)
    found = catching_up.since(access.acting(cast.bob, group.pk), timezone.now() - timedelta(days=1))
    assert (list(found.reacted), list(found.mentions)) == ([], [])


def test_catching_up_is_constant_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    who = access.acting(cast.bob, group.pk)
    for many in (1, 5):
        channel = Channel.objects.create(group=group, name=f"c{many}")
        for _ in range(many):
            said = make_message(channel, cast.alice.user, "@all", mentions_all=True, reactions={"👍": 1})
            Pin.objects.create(channel=channel, message=said, by=cast.alice.user)
        with django_assert_num_queries(8):
            assert catching_up.since(who, timezone.now() - timedelta(days=1)).messages
