"""Channels of a group: opened, changed, put away and ordered by whoever may, over HTTP and in the database."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from groups.actions import channels as acts
from groups.errors import LastChannel, NotAllowed, NotAMember, ReadOnly, TooMany
from groups.models import Channel, ChannelKind, Group, LogEntry
from groups.queries import channels
from groups.rights import Right
from planet.accounts.models import User
from tests.cast import Cast
from tests.groups.conftest import NOW, Hearing, make_helper, write


def opened(group: Group, actor: User, name: str = "signals", kind: str = ChannelKind.TEXT) -> Channel:
    return acts.open_channel(group_id=group.pk, actor=actor, name=name, about="", kind=kind, now=NOW)


def names(group: Group) -> list[str]:
    return [channel.name for channel in channels.of_group(group)]


def test_a_channel_is_opened_at_the_end_and_told(cast: Cast, group: Group, heard: Hearing) -> None:
    events = heard(lambda: opened(group, cast.alice.user, "# Signals "))
    assert names(group) == ["general", "Signals"]
    assert channels.default(group).name == "general"
    assert {(event.topic.partition(":")[0], event.kind) for event in events} >= {("group", "group")}
    assert LogEntry.objects.get().kind == "channel_made"
    assert write(cast.bob, group, channel=Channel.objects.get(name="Signals")).number == 2


def test_names_are_unique_whatever_their_case_until_a_channel_is_put_away(cast: Cast, group: Group) -> None:
    first = opened(group, cast.alice.user)
    with pytest.raises(ValidationError):
        opened(group, cast.alice.user, "SIGNALS")
    acts.archive_channel(channel=first, actor=cast.alice.user, on=True, now=NOW)
    opened(group, cast.alice.user, "SIGNALS")
    with pytest.raises(ValidationError):
        acts.archive_channel(channel=first, actor=cast.alice.user, on=False, now=NOW)


@pytest.mark.parametrize("name", ["", " # ", "x" * 41], ids=["empty", "hash", "long"])
def test_a_channel_has_a_short_name(cast: Cast, group: Group, name: str) -> None:
    with pytest.raises(ValidationError):
        opened(group, cast.alice.user, name)
    assert names(group) == ["general"]


@pytest.mark.parametrize("kind", ["thread", "x", ""])
def test_only_two_kinds_are_opened(cast: Cast, group: Group, kind: str) -> None:
    with pytest.raises(ValidationError):
        opened(group, cast.alice.user, kind=kind)


def test_channels_are_bounded(cast: Cast, group: Group) -> None:
    Channel.objects.bulk_create([Channel(group=group, name=f"c{n}") for n in range(acts.MOST - 1)])
    with pytest.raises(TooMany):
        opened(group, cast.alice.user)


def test_a_group_keeps_a_channel_to_write_in(cast: Cast, group: Group) -> None:
    only = group.channels.get()
    with pytest.raises(LastChannel):
        acts.archive_channel(channel=only, actor=cast.alice.user, on=True, now=NOW)
    with pytest.raises(LastChannel):
        acts.change_channel(
            channel=only, actor=cast.alice.user, name="general", about="", kind=ChannelKind.ANNOUNCEMENTS, now=NOW
        )


def test_what_was_put_away_is_read_only_and_comes_back(cast: Cast, group: Group) -> None:
    channel = opened(group, cast.alice.user)
    acts.archive_channel(channel=channel, actor=cast.alice.user, on=True, now=NOW)
    channel.refresh_from_db()
    assert names(group) == ["general"]
    with pytest.raises(ReadOnly):
        write(cast.bob, group, channel=channel)
    acts.archive_channel(channel=channel, actor=cast.alice.user, on=False, now=NOW)
    assert names(group) == ["general", "signals"]


def test_channels_take_the_right_and_a_denial_changes_nothing(cast: Cast, group: Group) -> None:
    for user, error in ((cast.bob, NotAllowed), (cast.charlie, NotAMember)):
        with pytest.raises(error):
            opened(group, user)
        with pytest.raises(error):
            acts.archive_channel(channel=group.channels.get(), actor=user, on=True, now=NOW)
        with pytest.raises(error):
            acts.order_channels(group_id=group.pk, actor=user, ids=[], now=NOW)
    assert names(group) == ["general"]
    assert not LogEntry.objects.exists()


# --- over HTTP --------------------------------------------------------------------------------------------------------


def test_a_channel_is_opened_changed_moved_and_put_away_on_its_pages(cast: Cast, group: Group) -> None:
    browser = cast.browser(cast.alice.user)
    new = reverse("group_new_channel", args=[group.handle])
    assert browser.get(new).status_code == 200
    assert browser.post(new, {"name": "signals", "about": "", "kind": "text"}).status_code == 302
    assert browser.post(new, {"name": "Signals", "about": "", "kind": "text"}).status_code == 422
    channel = Channel.objects.get(name="signals")
    page = reverse("group_channel", args=[group.handle, channel.pk])
    browser.post(page, {"name": "alerts", "about": "Fills", "kind": "announcements"})
    listed = reverse("group_channels", args=[group.handle])
    browser.post(listed, {"up": str(channel.pk)})
    assert names(group) == ["alerts", "general"]
    assert "alerts" in browser.get(listed).content.decode()
    browser.post(page, {"archive": "1"})
    assert names(group) == ["general"]


@pytest.mark.parametrize("name", ["group_channels", "group_new_channel", "group_channel"])
def test_the_pages_are_for_who_looks_after_channels(cast: Cast, group: Group, name: str) -> None:
    arguments: list[Any] = [group.handle]
    if name == "group_channel":
        arguments.append(group.channels.get().pk)
    path = reverse(name, args=arguments)
    assert cast.browser(cast.charlie).get(path).status_code == 404
    assert cast.browser(cast.bob).get(path).status_code == 403
    role = make_helper(group, cast.bob, Right.CHANNELS)
    assert cast.browser(cast.bob).get(path).status_code == 200
    role.delete()
    assert cast.browser(cast.bob).post(path, {"name": "x", "kind": "text"}).status_code == 403
    assert names(group) == ["general"]
