"""Every right, where it is used: whoever has it alone may, whoever has all the others may not; strangers see nothing.

What a denial leaves is compared row by row, over all tables of groups.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from groups import access
from groups.actions import joining, restricting
from groups.models import (
    Ban,
    Group,
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
from tests.factories import make_member, make_user
from tests.groups.conftest import NOW, make_helper
from tests.groups.deeds import Deed, deeds_in, words


@pytest.fixture
def deeds(cast: Cast, group: Group) -> dict[Right, Deed]:
    """One for each right."""
    return deeds_in(group, about=cast.olga)


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
    call = Deed(deeds[Right.SEND].path, words("@all look"))
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
