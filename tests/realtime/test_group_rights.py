"""Rights in a group over a real socket: what each does is heard, what was refused is not, who is out is cut off."""

import time
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups import coalescing
from groups.actions import joining, restricting, roles, sending, settings, threads
from groups.models import Channel, ChannelKind, Group, Membership, Message, Role
from groups.rights import EVERYTHING, NONE, Right
from planet.accounts import actions as accounts
from planet.realtime.socket import Close
from tests.cast import Cast
from tests.factories import make_group, make_member, make_message
from tests.groups.deeds import SCRIPT, deeds_in
from tests.realtime.tab import Server, Tab

AT_ONCE = 1.0  # seconds


@pytest.fixture
def group(server: Server, cast: Cast) -> Group:
    """Alice's group; Bob and Olga are members, Charlie is not."""
    made = make_group(cast.alice.user, "Basis", cast.bob)
    make_member(made, cast.olga)
    return made


def topics(group: Group) -> list[str]:
    """Everything there is to listen to in a group."""
    return [f"group:{group.pk}", *(f"channel:{pk}" for pk in group.channels.values_list("pk", flat=True))]


def answers(tab: Tab, group: Group) -> set[str]:
    """How a tab that asks for all of it is answered."""
    return {heard["k"] for heard in tab.subscribe(*topics(group))}


def heard_by(tab: Tab) -> list[str]:
    """The kinds of what a tab was sent until now; who is online is told by the clock, not by what was done."""
    return [heard["k"] for heard in tab.hear_all() if heard["k"] != "presence"]


def say(group: Group, cast: Cast, text: str) -> Message:
    channel = group.channels.filter(kind=ChannelKind.TEXT).get()
    return sending.send(channel=channel, author=cast.alice.user, text=text, client_id=uuid.uuid4(), now=timezone.now())


# --- who has a right, and who has not ---------------------------------------------------------------------------------


def test_what_a_right_does_is_heard_by_members_and_what_was_refused_by_nobody(
    server: Server, cast: Cast, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coalescing, "later", lambda run: run())  # what is told a quarter of a second later is told now
    deeds = deeds_in(group, about=cast.olga)
    role = Role.objects.create(group=group, name="Helper", rank=100)
    Membership.objects.filter(group=group, user=cast.bob).update(role=role)
    Group.objects.filter(pk=group.pk).update(member_rights=0)
    bob, charlie = cast.browser(cast.bob), cast.browser(cast.charlie)
    with server.tab(cast.browser(cast.alice.user)) as alice, server.tab(charlie) as outside:
        assert (answers(alice, group), answers(outside, group)) == ({"sub"}, {"denied"})
        for right, deed in deeds.items():
            Role.objects.filter(pk=role.pk).update(rights=int(EVERYTHING & ~right))
            assert (deed.ask(bob), deed.ask(charlie)) == (403, 404), right.name
        assert heard_by(alice) == []
        told = set()
        for right, deed in deeds.items():
            Role.objects.filter(pk=role.pk).update(rights=int(right | deed.also))
            assert deed.ask(bob) in {200, 201, 302}, right.name
            if heard_by(alice):
                told.add(right)
        # Looking tells nobody anything; neither does what only those who may do it see, nor a file that is not sent
        # and a thread in which nothing is said yet.
        silent = {Right.SEE_LOG, Right.AUTOMOD, Right.LINKS_OF_INVITE, Right.PICTURES, Right.FILES, Right.THREADS}
        assert told == deeds.keys() - silent
        assert heard_by(outside) == []


# --- who is out -------------------------------------------------------------------------------------------------------

Out = Callable[[Cast, Group], object]
WAYS_OUT: dict[str, Out] = {
    "removed": lambda cast, group: joining.remove(
        actor=cast.alice.user, group_id=group.pk, target=cast.bob, reason="", now=timezone.now()
    ),
    "banned": lambda cast, group: restricting.ban(
        actor=cast.alice.user, group_id=group.pk, target=cast.bob, until=None, reason="", now=timezone.now()
    ),
    "left": lambda cast, group: joining.leave(actor=cast.bob, group_id=group.pk, now=timezone.now()),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_who_is_out_is_cut_off_from_all_of_it_within_a_second(
    server: Server, cast: Cast, group: Group, way: str
) -> None:
    room, now = group.channels.get(), timezone.now()
    Channel.objects.create(group=group, name="News", kind=ChannelKind.ANNOUNCEMENTS, position=2)
    thread = threads.open_thread(message=make_message(room, cast.olga), actor=cast.olga, now=now)
    browser = cast.browser(cast.bob)
    with server.tab(browser) as bob, server.tab(browser) as second, server.tab(cast.browser(cast.olga)) as olga:
        for tab in (bob, second, olga):
            assert answers(tab, group) == {"sub"}
        began = time.monotonic()
        WAYS_OUT[way](cast, group)
        assert (bob.closing(), second.closing()) == (Close.REVOKED, Close.REVOKED)
        assert time.monotonic() - began < AT_ONCE
        heard_by(olga)
        with server.tab(browser) as back:
            assert back.subscribe("groups")[0]["k"] == "sub"
            assert answers(back, group) == {"denied"}
            assert browser.post(reverse("channel_typing", args=[thread.pk]), headers=SCRIPT).status_code == 404
            say(group, cast, "Behind his back")
            assert heard_by(back) == []
            assert "message" in heard_by(olga)


def test_who_is_suspended_is_cut_off_within_a_second(server: Server, cast: Cast, group: Group) -> None:
    browser = cast.browser(cast.bob)
    with server.tab(browser) as bob:
        assert answers(bob, group) == {"sub"}
        began = time.monotonic()
        accounts.suspend(user=cast.bob)
        assert bob.closing() == Close.REVOKED
        assert time.monotonic() - began < AT_ONCE
    with server.tab(browser) as back:
        assert answers(back, group) == {"denied"}


# --- whose right was taken --------------------------------------------------------------------------------------------

TAKEN: dict[str, Out] = {
    "restricted": lambda cast, group: restricting.restrict(
        actor=cast.alice.user,
        group_id=group.pk,
        target=cast.bob,
        taken=Right.SEND,
        until=None,
        reason="",
        now=timezone.now(),
    ),
    "out of the role": lambda cast, group: roles.place(
        actor=cast.alice.user, group_id=group.pk, target=cast.bob, role_id=None, title="", now=timezone.now()
    ),
    "the role changed": lambda cast, group: roles.save_role(
        actor=cast.alice.user,
        group_id=group.pk,
        role_id=Role.objects.get(group=group).pk,
        name="Speaker",
        rank=50,
        rights=int(Right.REACT),
        now=timezone.now(),
    ),
    "frozen": lambda cast, group: settings.freeze(
        actor=cast.alice.user, group_id=group.pk, on=True, now=timezone.now()
    ),
}


@pytest.mark.parametrize("way", TAKEN)
def test_whose_right_was_taken_is_told_within_a_second_reads_on_and_says_nothing(
    server: Server, cast: Cast, group: Group, way: str
) -> None:
    Group.objects.filter(pk=group.pk).update(member_rights=int(Right.SEND if way == "restricted" else NONE))
    Membership.objects.filter(group=group, user=cast.bob).update(
        role=None if way == "restricted" else Role.objects.create(group=group, name="Speaker", rank=50, rights=1)
    )
    room, browser = group.channels.get(), cast.browser(cast.bob)
    with server.tab(browser) as bob, server.tab(cast.browser(cast.olga)) as olga:
        for tab in (bob, olga):
            answers(tab, group)
        assert speak(browser, room) == 201
        heard_by(bob)
        heard_by(olga)
        began = time.monotonic()
        TAKEN[way](cast, group)
        assert "group" in heard_by(bob)
        assert time.monotonic() - began < AT_ONCE
        heard_by(olga)
        assert speak(browser, room) == 403
        browser.post(reverse("channel_typing", args=[room.pk]), headers=SCRIPT)
        assert heard_by(olga) == []
        if way != "frozen":
            say(group, cast, "Heard all the same")
            assert "message" in heard_by(bob)


def speak(browser: Client, room: Channel) -> int:
    """Write, as the composer does; the answer's status."""
    sent = {"text": "Two thirds of it.", "client_id": str(uuid.uuid4())}
    return browser.post(reverse("channel_send", args=[room.pk]), sent, headers=SCRIPT).status_code


# --- forged -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    ["activity:{group}", "group:{group}:", "group:{channel}", "channel:{group}", "channel:{GROUP}", "groups:{group}"],
)
def test_a_forged_subscription_gets_nothing_of_a_group(server: Server, cast: Cast, group: Group, form: str) -> None:
    channel = group.channels.get()
    topic = form.format(group=group.pk, channel=channel.pk, GROUP=str(channel.pk).upper())
    with server.tab(cast.browser(cast.bob)) as bob, server.tab(cast.browser(cast.charlie)) as charlie:
        for tab in (bob, charlie):
            assert tab.subscribe(topic) == [{"k": "denied", "t": topic}]
        say(group, cast, "Not for this ear")
        assert heard_by(bob) == heard_by(charlie) == []
