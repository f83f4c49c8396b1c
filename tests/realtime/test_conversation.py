"""The private hub over a real socket: who hears what, and for how long."""

import time
import uuid
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from groups.actions import joining, sending
from groups.models import Group, Sanction
from planet.realtime.socket import Close
from tests.cast import Cast
from tests.factories import make_group, make_member
from tests.realtime.tab import Server, Tab, until

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def group(server: Server, cast: Cast) -> Group:
    """Alice's group; Bob is a member, Olga was asked and has not answered, Charlie knows of nothing."""
    made = make_group(cast.alice.user, "Basis", cast.bob)
    make_member(made, cast.olga, accepted_at=None)
    return made


def topics(group: Group) -> list[str]:
    return [f"group:{group.pk}", f"channel:{group.channels.get().pk}"]


def say(group: Group, cast: Cast, text: str = "Now") -> None:
    channel = group.channels.get()
    sending.send(channel=channel, author=cast.alice.user, text=text, client_id=uuid.uuid4(), now=timezone.now())


def answers(tab: Tab, group: Group) -> set[str]:
    return {heard["k"] for heard in tab.subscribe(*topics(group))}


def test_a_member_hears_what_is_said_and_nobody_else_does(server: Server, cast: Cast, group: Group) -> None:
    with server.tab(cast.browser(cast.bob)) as bob, server.tab(cast.browser(cast.charlie)) as charlie:
        assert answers(bob, group) == {"sub"}
        assert answers(charlie, group) == {"denied"}
        say(group, cast)
        heard = bob.hear()
        assert (heard["k"], heard["d"]["revision"]) == ("message", 1)
        assert "Now" in heard["h"]
        assert charlie.hear_all() == []


@pytest.mark.parametrize("who", ["guest", "olga"])
def test_neither_a_guest_nor_who_was_only_asked_listens(server: Server, cast: Cast, group: Group, who: str) -> None:
    with server.tab(None if who == "guest" else cast.browser(cast.olga)) as tab:
        assert answers(tab, group) == {"denied"}


@pytest.mark.parametrize("key", ["", "x", "%2e", "0198c0de-0000-7000-8000-000000000000"])
def test_a_forged_channel_is_denied(server: Server, cast: Cast, key: str) -> None:
    with server.tab(cast.browser(cast.bob)) as tab:
        assert tab.subscribe(f"channel:{key}")[0]["k"] == "denied"


def test_who_is_removed_is_cut_off_within_a_second_and_does_not_come_back(
    server: Server, cast: Cast, group: Group
) -> None:
    with server.tab(cast.browser(cast.bob)) as bob:
        answers(bob, group)
        began = time.monotonic()
        joining.remove(actor=cast.alice.user, group_id=group.pk, target=cast.bob, reason="", now=NOW)
        assert bob.closing() == Close.REVOKED
        assert time.monotonic() - began < 1
    with server.tab(cast.browser(cast.bob)) as bob:
        assert answers(bob, group) == {"denied"}
        say(group, cast, "Behind his back")
        assert bob.hear_all() == []


def test_the_list_hears_of_ones_own_groups_only(server: Server, cast: Cast, group: Group) -> None:
    with server.tab(cast.browser(cast.bob)) as bob, server.tab(cast.browser(cast.charlie)) as charlie:
        for tab in (bob, charlie):
            assert tab.subscribe("groups")[0]["k"] == "sub"
        say(group, cast)
        heard = bob.hear()
        assert (heard["k"], heard["d"]["group"], heard["d"]["text"]) == ("activity", str(group.pk), "Now")
        assert charlie.hear_all() == []


def test_what_operators_closed_is_silent(server: Server, cast: Cast, group: Group) -> None:
    Sanction.objects.create(group=group, level="close", reason="fraud", by=cast.olga)
    with server.tab(cast.browser(cast.bob)) as bob:
        assert answers(bob, group) == {"denied"}
        until(lambda: server.sockets() == 1, "the socket itself stays")
