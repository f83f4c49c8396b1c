"""Positions, what is unread, pages of a conversation, and the catch-up."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from groups import access, showing
from groups.actions import changing, reacting, reading, sending, threads
from groups.models import Channel, Group, Message, ReadPosition
from groups.queries import messages as pages
from groups.queries import unread
from groups.rights import Right
from planet.accounts.models import User
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_group, make_message
from tests.groups.conftest import NOW, Hearing, make_helper, write


def of_bob(cast: Cast, group: Group) -> tuple[int, int]:
    """What Bob has not read, and what of it calls him; asked in both ways."""
    channel = group.channels.get(root=None)
    who = access.acting(cast.bob, group.pk)
    one = unread.of_channel(user_id=cast.bob.pk, channel=channel, is_helper=who.is_helper)
    badge = unread.badges(unread.of_groups(user_id=cast.bob.pk))[group.pk]
    assert (one.unread, one.mentions) == (badge.unread, badge.mentions)
    return one.unread, one.mentions


def read(user: User, channel: Channel, number: int) -> unread.Unread:
    channel.refresh_from_db()
    return reading.read(who=access.acting(user, channel.group_id), channel=channel, number=number, now=NOW)


# --- unread -----------------------------------------------------------------------------------------------------------


def test_what_is_unread_is_a_subtraction(cast: Cast, group: Group) -> None:
    written = [write(cast.olga, group, text) for text in ("One", "@bob two", "Three")]
    assert of_bob(cast, group) == (3, 1)
    read(cast.bob, written[0].channel, 2)
    assert of_bob(cast, group) == (1, 0)


def test_gravestones_and_what_the_group_tells_are_not_unread(cast: Cast, group: Group) -> None:
    first = write(cast.olga, group, "@bob")
    write(cast.olga, group)
    sending.tell(channel=first.channel, event={"kind": "joined"}, actor=cast.olga, now=NOW)
    changing.delete(message=first, actor=cast.olga, now=NOW)
    assert of_bob(cast, group) == (1, 0)


def test_calls_to_everybody_and_to_helpers_are_mentions(cast: Cast, group: Group) -> None:
    write(cast.alice.user, group, "@all")
    write(cast.alice.user, group, "@admins")
    assert of_bob(cast, group) == (2, 1)
    make_helper(group, cast.bob, Right.PIN)
    assert of_bob(cast, group) == (2, 2)


def test_a_position_moves_forward_only_unless_it_is_set_back(cast: Cast, group: Group, heard: Hearing) -> None:
    channel = group.channels.get()
    for _ in range(3):
        write(cast.olga, group)
    events = heard(lambda: [read(cast.bob, channel, 2), read(cast.bob, channel, 1), read(cast.bob, channel, 99)])
    assert [(event.topic, event.data["position"]) for event in events] == [
        (f"user:{cast.bob.pk}", 2),
        (f"user:{cast.bob.pk}", 3),
    ]
    heard(lambda: reading.mark_unread(who=access.acting(cast.bob, group.pk), channel=channel, number=2))
    assert of_bob(cast, group) == (2, 0)


def test_what_was_read_in_the_conversation_is_read_in_the_inbox(cast: Cast, group: Group, heard: Hearing) -> None:
    heard(lambda: [write(cast.olga, group, "@bob one"), write(cast.olga, group, "@bob two")])
    inbox = Notification.objects.filter(recipient=cast.bob, read_at=None)
    read(cast.bob, group.channels.get(), 1)
    assert inbox.count() == 1, "something calls him still"
    read(cast.bob, group.channels.get(), 2)
    assert inbox.count() == 0


def test_who_joins_has_nothing_unread_and_a_later_channel_is_unread(cast: Cast, group: Group) -> None:
    write(cast.olga, group)
    reading.start(cast.charlie, group)
    group.memberships.create(user=cast.charlie, accepted_at=NOW)
    later = Channel.objects.create(group=group, name="later", position=2)
    write(cast.olga, group, channel=later)
    found = {row.channel_id: row.unread for row in unread.of_groups(user_id=cast.charlie.pk)}
    assert found == {group.channels.get(name="general").pk: 0, later.pk: 1}
    reading.stop(cast.charlie, group)
    assert not ReadPosition.objects.filter(user=cast.charlie).exists()


def test_a_thread_counts_for_who_follows_it(cast: Cast, group: Group) -> None:
    message = write(cast.olga, group)
    thread = threads.open_thread(message=message, actor=cast.olga, now=NOW)
    write(cast.olga, group, "@bob in here", channel=thread)
    write(cast.olga, group, channel=thread)
    rows = {row.channel_id: row for row in unread.of_groups(user_id=cast.bob.pk)}
    assert (rows[thread.pk].unread, rows[thread.pk].mentions) == (2, 1)
    assert unread.badges(rows.values())[group.pk] == unread.Badge(unread=1, mentions=1)
    assert thread.pk not in {row.channel_id for row in unread.of_groups(user_id=cast.alice.user.pk)}


def test_all_of_a_group_is_read_at_once(cast: Cast, group: Group, heard: Hearing) -> None:
    thread = threads.open_thread(message=write(cast.olga, group), actor=cast.bob, now=NOW)
    write(cast.olga, group, "@bob", channel=thread)
    heard(lambda: reading.read_all(who=access.acting(cast.bob, group.pk)))
    assert {row.unread for row in unread.of_groups(user_id=cast.bob.pk)} == {0}


def test_one_query_counts_for_all_groups(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    groups = [make_group(cast.alice.user, f"G{n}", cast.bob) for n in range(12)]
    for group in groups:
        make_message(group.channels.get(), cast.alice.user)
    with django_assert_num_queries(1):
        found = unread.badges(unread.of_groups(user_id=cast.bob.pk))
    assert {group_id: badge.unread for group_id, badge in found.items()} == {group.pk: 1 for group in groups}


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def long(group: Group, cast: Cast) -> Channel:
    """A channel of twelve messages, a minute apart."""
    channel = group.channels.get()
    for n in range(1, 13):
        make_message(channel, cast.olga, f"Message {n}", created_at=NOW + timedelta(minutes=n))
    return channel


def shown(page: pages.Page) -> tuple[list[int], bool, bool]:
    return [message.number for message in page.messages], page.has_older, page.has_newer


def test_pages_walk_along_the_numbers(long: Channel) -> None:
    assert shown(pages.latest(long, size=4)) == ([9, 10, 11, 12], True, False)
    assert shown(pages.before(long, 5, size=4)) == ([1, 2, 3, 4], False, True)
    assert shown(pages.after(long, 10, size=4)) == ([11, 12], True, False)
    assert shown(pages.around(long, 6, size=4)) == ([4, 5, 6, 7], True, True)
    assert shown(pages.around(long, 10**12, size=4)) == ([10, 11, 12], True, False)
    assert shown(pages.before(long, 1, size=4))[0] == []


def test_a_date_is_the_first_message_from_then_on(long: Channel) -> None:
    assert pages.number_at(long, NOW + timedelta(minutes=5, seconds=1)) == 6
    assert pages.number_at(long, NOW + timedelta(days=1)) == 12


def test_the_next_mention_is_by_name_or_to_everybody(cast: Cast, group: Group) -> None:
    channel = group.channels.get()
    for text in ("One", "@bob", "@all", "@admins", "Five"):
        write(cast.alice.user, group, text)

    def walk(*, is_helper: bool) -> list[int]:
        found, at = [], 0
        while (number := pages.next_mention(cast.bob.pk, channel, after=at, is_helper=is_helper)) is not None:
            found.append(number)
            at = number
        return found

    assert walk(is_helper=False) == [2, 3]
    assert walk(is_helper=True) == [2, 3, 4]


def test_a_page_asks_the_same_for_many_as_for_few(
    cast: Cast, long: Channel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    group = long.group
    for size in (2, 12):
        with django_assert_num_queries(4):
            page = pages.latest(long, size=size)
            showing.dress(page.messages, group=group)
            assert len([showing.fragment(message) for message in page.messages]) == size


# --- the catch-up -----------------------------------------------------------------------------------------------------


def test_the_catch_up_is_bounded_and_goes_on(long: Channel) -> None:
    seen: list[int] = []
    at, more = 0, True
    while more:
        found = pages.since(long, at, size=5)
        seen += [message.number for message in found.messages]
        at, more = found.revision, found.more
    assert (seen, at) == (list(range(1, 13)), 12)
    assert pages.since(long, 12) == pages.Changes([], 12, more=False)


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
@pytest.mark.django_db(transaction=False)
def test_an_old_page_with_its_catch_up_is_the_fresh_page(seed: int, django_db_blocker: object) -> None:
    """Whatever was written, edited, deleted and reacted to meanwhile."""
    from django.db import transaction

    from tests.factories import make_creator, make_user

    with transaction.atomic():
        owner, member = make_creator(f"own{seed}").user, make_user(f"mem{seed}")
        group = make_group(owner, "Basis", member)
        chance = random.Random(seed)
        _something(group, [owner, member], chance, 4)
        channel = group.channels.get(root=None)
        page = {m.number: m for m in pages.latest(channel).messages}
        at = channel.last_revision
        _something(group, [owner, member], chance, 8)
        channel.refresh_from_db()
        found = pages.since(channel, at)
        revisions = [m.revision for m in found.messages]
        assert revisions == sorted(set(revisions))
        assert all(revision > at for revision in revisions)
        page |= {m.number: m for m in found.messages}
        fresh = {m.number: m for m in pages.latest(channel).messages}
        assert [_state(page[n]) for n in sorted(page)] == [_state(fresh[n]) for n in sorted(fresh)]
        assert found.revision == channel.last_revision
        transaction.set_rollback(True)


def _state(message: Message) -> tuple[object, ...]:
    return message.pk, message.number, message.revision, message.text, message.reactions, message.deleted_at


def _something(group: Group, people: list[User], chance: random.Random, times: int) -> None:
    for n in range(times):
        who = chance.choice(people)
        living = list(Message.objects.filter(channel__group=group, deleted_at=None).order_by("number"))
        mine = [message for message in living if message.author_id == who.pk]
        act = chance.choice(["write", "write", "edit", "delete", "react"])
        if act == "edit" and mine:
            changing.edit(message=chance.choice(mine), actor=who, text=f"Edit {n}", now=NOW)
        elif act == "delete" and mine:
            changing.delete(message=chance.choice(mine), actor=who, now=NOW)
        elif act == "react" and living:
            reacting.react(message=chance.choice(living), actor=who, emoji="🔥", on=chance.random() < 0.7, now=NOW)
        else:
            write(who, group, f"Message {n}")
