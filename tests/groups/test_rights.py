"""Every right, where it is used: whoever has it alone may, whoever has all the others may not; strangers see nothing.

What a denial leaves is compared row by row, over all tables of groups.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from groups import access
from groups.actions import joining, restricting
from groups.models import (
    Ban,
    Channel,
    ChannelKind,
    Group,
    JoinRequest,
    Membership,
    Message,
    Restriction,
    Role,
    Sanction,
)
from groups.rights import EVERYTHING, FOR_MEMBERS, NONE, Right
from planet.accounts.models import User
from planet.realtime import topics
from tests.cast import Cast
from tests.factories import make_member, make_message, make_user
from tests.groups.conftest import NOW, make_helper

SCRIPT = {"X-Requested-With": "fetch"}


@dataclass(frozen=True)
class Deed:
    """What a right is for, as a browser asks for it; `also` are rights that it takes besides."""

    path: str
    data: dict[str, Any] | None = None  # None: one looks
    also: Right = NONE

    def ask(self, browser: Client) -> int:
        """The answer's status, with data that was never sent before."""
        if self.data is None:
            return browser.get(self.path, headers=SCRIPT).status_code
        sent = {name: value() if callable(value) else value for name, value in self.data.items()}
        return browser.post(self.path, sent, headers=SCRIPT).status_code


def _png() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return SimpleUploadedFile("chart.png", out.getvalue(), "image/png")


def _words(text: str) -> dict[str, Any]:
    return {"text": text, "client_id": lambda: str(uuid4())}


@pytest.fixture
def deeds(cast: Cast, group: Group) -> dict[Right, Deed]:
    """One for each right. Olga is whom things are done about, Dora waits at the door."""
    room = group.channels.get()
    news = Channel.objects.create(group=group, name="News", kind=ChannelKind.ANNOUNCEMENTS, position=2)
    said = make_message(room, cast.olga, "At which price?")
    dora = make_user("dora")
    asked = JoinRequest.objects.create(group=group, user=dora, answers=[])
    send, attach = reverse("channel_send", args=[room.pk]), reverse("channel_attach", args=[room.pk])
    poll = {"question": "Up?", "options": "Yes\nNo", "runs": "1d", "client_id": lambda: str(uuid4())}

    def at(name: str, *more: object) -> str:
        return reverse(name, args=[group.handle, *more])

    return {
        Right.SEND: Deed(send, _words("Two thirds of it.")),
        Right.PICTURES: Deed(attach, {"file": _png}, Right.SEND),
        Right.FILES: Deed(attach, {"file": lambda: SimpleUploadedFile("fills.txt", b"OKX 3")}, Right.SEND),
        Right.LINKS: Deed(send, _words("https://example.com/fills"), Right.SEND),
        Right.POLLS: Deed(reverse("channel_poll", args=[room.pk]), poll, Right.SEND),
        Right.REACT: Deed(reverse("message_react", args=[said.pk]), {"emoji": "👍", "on": "1"}),
        Right.THREADS: Deed(reverse("message_thread", args=[said.pk]), {}),
        Right.INVITE: Deed(at("group_invites"), {"handle": "charlie"}),
        Right.ANNOUNCE: Deed(reverse("channel_send", args=[news.pk]), _words("Out now.")),
        Right.PIN: Deed(reverse("message_pin", args=[said.pk]), {"on": "1"}),
        Right.DELETE: Deed(reverse("message_delete", args=[said.pk]), {}),
        Right.RESTRICT: Deed(
            at("group_restrict", cast.olga.pk), {"taken": str(int(Right.SEND)), "span": "24", "reason": ""}
        ),
        Right.REQUESTS: Deed(at("group_decide", asked.pk), {"yes": "1"}),
        Right.LINKS_OF_INVITE: Deed(at("group_new_link"), {"name": "Letter", "expires": "24", "max_uses": "5"}),
        Right.CHANNELS: Deed(at("group_new_channel"), {"name": "signals", "about": "", "kind": "text"}),
        Right.EDIT_GROUP: Deed(at("group_freeze"), {"on": "1"}),
        Right.ROLES: Deed(at("group_new_role"), {"name": "Scout", "rank": "50"}),
        Right.AUTOMOD: Deed(
            at("group_automod"),
            {"name": "Scams", "kind": "words", "words": "airdrop*", "action": "block", "is_on": "on"},
        ),
        Right.BOTS: Deed(at("group_bots"), {"bot-name": "Watch", "bot-scopes": ["1"]}),
        Right.SEE_LOG: Deed(at("group_log")),
    }


def rows() -> dict[str, str]:
    """What stands in the tables of groups, each as a sum of all its rows."""
    tables = [model._meta.db_table for model in apps.get_app_config("groups").get_models(include_auto_created=True)]
    sums = " UNION ALL ".join(
        f"SELECT '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(sums)
        return dict(cursor.fetchall())


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def as_bob(cast: Cast, group: Group) -> Callable[[Right], Client]:
    """Bob's browser; members have nothing by themselves, Bob has what is said."""
    Group.objects.filter(pk=group.pk).update(member_rights=0)
    make_helper(group, cast.bob, NONE)
    browser = cast.browser(cast.bob)

    def having(rights: Right) -> Client:
        Role.objects.filter(group=group).update(rights=int(rights))
        return browser

    return having


def test_every_right_has_its_deed_here(deeds: dict[Right, Deed]) -> None:
    assert set(deeds) | {Right.MENTION_ALL} == set(Right)  # who may not call everybody writes all the same: see below


def test_a_right_alone_is_enough_for_its_deed(deeds: dict[Right, Deed], as_bob: Callable[[Right], Client]) -> None:
    for right, deed in deeds.items():
        with undone():
            browser, before = as_bob(right | deed.also), rows()
            assert deed.ask(browser) in {200, 201, 302}, right.name
            assert (rows() == before) == (deed.data is None), right.name


def test_every_other_right_is_not_enough(deeds: dict[Right, Deed], as_bob: Callable[[Right], Client]) -> None:
    for right, deed in deeds.items():
        browser = as_bob(EVERYTHING & ~right)
        before = rows()
        assert deed.ask(browser) == 403, right.name
        assert rows() == before, right.name


def test_a_right_that_was_taken_is_gone_at_once(
    cast: Cast, group: Group, deeds: dict[Right, Deed], as_bob: Callable[[Right], Client]
) -> None:
    browser = as_bob(EVERYTHING)
    with undone():
        assert deeds[Right.PIN].ask(browser) == 200
    Membership.objects.filter(group=group, user=cast.bob).update(role=None)
    before = rows()
    for right, deed in deeds.items():
        assert deed.ask(browser) == 403, right.name
    assert rows() == before


def test_strangers_those_who_were_invited_and_those_who_were_removed_find_nothing(
    cast: Cast, group: Group, deeds: dict[Right, Deed], as_bob: Callable[[Right], Client]
) -> None:
    invited = make_user("erin")
    make_member(group, invited, accepted_at=None, role=Role.objects.create(group=group, rights=int(EVERYTHING), rank=9))
    removed = as_bob(EVERYTHING)
    joining.remove(group_id=group.pk, actor=cast.alice.user, target=cast.bob, reason="", now=NOW)
    before = rows()
    for browser in (cast.browser(cast.charlie), cast.browser(invited), removed):
        for right, deed in deeds.items():
            assert deed.ask(browser) == 404, right.name
    assert rows() == before


def test_who_has_not_signed_in_is_sent_to_do_so(deeds: dict[Right, Deed]) -> None:
    before = rows()
    for right, deed in deeds.items():
        assert deed.ask(Client()) in {302, 401, 403}, right.name
    assert rows() == before


def test_a_restriction_takes_each_right_that_members_have(cast: Cast, group: Group, deeds: dict[Right, Deed]) -> None:
    everything_members_have = sum(FOR_MEMBERS, NONE)
    Group.objects.filter(pk=group.pk).update(member_rights=int(everything_members_have))
    browser = cast.browser(cast.bob)
    for right in deeds.keys() & set(FOR_MEMBERS):
        with undone():
            Restriction.objects.create(group=group, user=cast.bob, taken=int(right))
            before = rows()
            assert deeds[right].ask(browser) == 403, right.name
            assert rows() == before, right.name
        with undone():
            past = timezone.now() - timedelta(minutes=1)
            Restriction.objects.create(group=group, user=cast.bob, taken=int(right), until=past)
            assert deeds[right].ask(browser) in {200, 201, 302}, right.name


def test_who_may_not_call_everybody_writes_and_calls_nobody(
    group: Group, deeds: dict[Right, Deed], as_bob: Callable[[Right], Client]
) -> None:
    call = Deed(deeds[Right.SEND].path, _words("@all look"))
    assert call.ask(as_bob(EVERYTHING & ~Right.MENTION_ALL)) == 201
    assert not Message.objects.get(text="@all look").mentions_all
    assert call.ask(as_bob(Right.SEND | Right.MENTION_ALL)) == 201
    assert Message.objects.filter(text="@all look", mentions_all=True).count() == 1


def test_the_socket_grants_members_and_nobody_else(cast: Cast, group: Group) -> None:
    wanted = {f"group:{group.pk}", f"channel:{group.channels.get().pk}"}

    def granted(user: User | None) -> set[str]:
        return set(topics.allowed(user.pk if user else None, sorted(wanted)))

    def taken_by(change: Callable[[], object]) -> set[str]:
        with undone():
            change()
            return granted(cast.bob)

    of_bob = Membership.objects.filter(group=group, user=cast.bob)
    close = Sanction(group=group, level="close", reason="Fraud", by=cast.olga)
    everything = Restriction(group=group, user=cast.bob, taken=int(access.WRITING))

    assert granted(cast.bob) == granted(cast.alice.user) == wanted
    assert granted(None) == granted(cast.charlie) == set()
    assert taken_by(lambda: of_bob.update(accepted_at=None)) == set()
    assert taken_by(of_bob.delete) == set()
    assert taken_by(close.save) == set()
    assert taken_by(everything.save) == wanted  # who may not write reads on
    assert taken_by(lambda: _ban(cast, group)) == set()


def _ban(cast: Cast, group: Group) -> None:
    restricting.ban(group_id=group.pk, actor=cast.alice.user, target=cast.bob, until=None, reason="", now=NOW)
    assert Ban.objects.filter(user=cast.bob).exists()
