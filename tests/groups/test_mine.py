"""A member's own list: what it says, what it counts, and how the member keeps it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from groups.actions import keeping
from groups.errors import NotAMember, TooMany
from groups.models import (
    Channel,
    ChannelKind,
    Group,
    Level,
    Membership,
    MessageKind,
    MessageMention,
    ReadPosition,
    Role,
    Sanction,
    SanctionLevel,
)
from groups.queries import mine
from groups.rights import Right
from planet.accounts.models import Block, User
from tests.cast import Cast
from tests.factories import make_group, make_member, make_message, make_user

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def only(user: User) -> mine.Row:
    (row,) = mine.rows(user, now=NOW)
    return row


def channel_of(group: Group) -> Channel:
    return group.channels.get(kind=ChannelKind.TEXT)


def test_a_row_shows_the_newest_message_and_what_is_unread(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    for text in ("first", "second"):
        make_message(channel_of(group), cast.alice.user, text)
    row = only(cast.bob)
    assert (row.name, row.unread, row.mentions, row.get_absolute_url()) == ("Basis", 2, 0, f"/g/{group.handle}/")
    assert row.last is not None
    assert (row.last.text, row.last.author, row.last.author_id) == ("second", "Alice", cast.alice.pk)


def test_what_was_read_deleted_or_told_by_the_group_is_not_unread(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    channel = channel_of(group)
    for _ in range(4):
        make_message(channel, cast.alice.user)
    make_message(channel, cast.alice.user, "", deleted_at=NOW)
    make_message(channel, cast.alice.user, "", kind=MessageKind.EVENT, event={"kind": "joined"})
    ReadPosition.objects.filter(user=cast.bob).update(number=1)
    assert only(cast.bob).unread == 3


def test_a_channel_that_came_later_is_all_unread_and_a_thread_does_not_count(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    root = make_message(channel_of(group), cast.alice.user)
    ReadPosition.objects.filter(user=cast.bob).update(number=1)
    make_message(Channel.objects.create(group=group, kind=ChannelKind.THREAD, root=root), cast.alice.user)
    assert only(cast.bob).unread == 0
    make_message(Channel.objects.create(group=group, name="later"), cast.alice.user)
    assert only(cast.bob).unread == 1


def test_mentions_past_the_position_count_and_everybody_is_called_by_all(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    channel = channel_of(group)
    for number in range(2):
        said = make_message(channel, cast.alice.user, "@bob")
        MessageMention.objects.create(message=said, channel=channel, user=cast.bob, number=said.number)
        if not number:
            ReadPosition.objects.filter(user=cast.bob).update(number=1)
    make_message(channel, cast.alice.user, "@all", mentions_all=True)
    row = only(cast.bob)
    assert (row.unread, row.mentions) == (2, 2)
    assert only(cast.alice.user).mentions == 0, "nobody calls themselves"


def test_admins_are_called_by_admins_and_nobody_else(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    role = Role.objects.create(group=group, name="Moderator", rights=int(Right.DELETE), rank=100)
    honour = Role.objects.create(group=group, name="Analyst", rights=int(Right.MENTION_ALL), rank=1)
    make_member(group, cast.charlie, role=role)
    make_member(group, cast.olga, role=honour)
    make_message(channel_of(group), cast.bob, "@admins", mentions_admins=True)
    called = {user.handle: only(user).mentions for user in (cast.alice.user, cast.charlie, cast.olga, cast.bob)}
    assert called == {"alice": 1, "charlie": 1, "olga": 0, "bob": 0}


def test_the_pinned_come_first_in_their_order_then_the_newest(cast: Cast) -> None:
    groups = [make_group(cast.alice.user, name, cast.bob) for name in "abcd"]
    for place, group in enumerate(groups):
        make_message(channel_of(group), cast.alice.user, created_at=NOW + timedelta(minutes=place))
    keeping.pin(actor=cast.bob, group_id=groups[1].pk, on=True)
    keeping.pin(actor=cast.bob, group_id=groups[0].pk, on=True)
    assert [row.name for row in mine.rows(cast.bob, now=NOW)] == ["b", "a", "d", "c"]
    keeping.order_pins(actor=cast.bob, wanted=[groups[0].pk, uuid4(), groups[1].pk, groups[0].pk])
    assert [row.name for row in mine.rows(cast.bob, now=NOW)] == ["a", "b", "d", "c"]
    keeping.pin(actor=cast.bob, group_id=groups[0].pk, on=False)
    assert [row.name for row in mine.rows(cast.bob, now=NOW)] == ["b", "d", "c", "a"]


def test_a_list_of_many_is_two_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for many in (1, 12):
        for number in range(many):
            make_message(channel_of(make_group(cast.alice.user, f"{many} {number}", cast.bob)), cast.alice.user)
        make_group(cast.bob, "", make_user(f"friend{many}"), kind="direct")
        with django_assert_num_queries(2):
            assert mine.rows(cast.bob, now=NOW)


def test_a_conversation_is_called_by_its_other_members(cast: Cast) -> None:
    make_group(cast.bob, "", cast.alice.user, kind="direct")
    row = only(cast.bob)
    assert (row.name, row.is_direct, row.other and row.other.handle) == ("Alice", True, "alice")
    assert row.get_absolute_url().startswith("/messages/")


def test_words_of_the_blocked_and_the_deleted_are_not_shown(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    make_message(channel_of(group), cast.alice.user, "buy my course", card={"kind": "post", "id": str(uuid4())})
    Block.objects.create(owner=cast.bob, target=cast.alice.user)
    last = only(cast.bob).last
    assert last is not None
    assert (last.text, last.card, last.is_hidden) == ("", None, True)


def test_only_the_accepted_see_it_and_a_closed_group_is_its_owners(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    make_member(group, cast.charlie, accepted_at=None)
    assert mine.rows(cast.charlie, now=NOW) == []
    Sanction.objects.create(group=group, level=SanctionLevel.CLOSE, reason="Fraud", by=cast.olga)
    assert mine.rows(cast.bob, now=NOW) == []
    assert only(cast.alice.user).name == "Basis"


# --- filters ----------------------------------------------------------------------------------------------------------


def test_filters_show_what_they_say(cast: Cast) -> None:
    quiet, busy, old = (make_group(cast.alice.user, name, cast.bob) for name in ("quiet", "busy", "old"))
    make_group(cast.bob, "", cast.charlie, kind="direct")
    make_message(channel_of(busy), cast.alice.user, "@all", mentions_all=True)
    keeping.archive(actor=cast.bob, group_id=old.pk, on=True, now=NOW)
    keeping.put_in_folder(actor=cast.bob, group_id=quiet.pk, name="Desk")
    found = mine.rows(cast.bob, now=NOW)

    def shown(wanted: str, folder: str = "") -> set[str]:
        return {row.name for row in mine.chosen(found, wanted=wanted, folder=folder)}

    assert shown("all") == {"quiet", "busy", "charlie"}
    assert shown("unread") == shown("mentions") == {"busy"}
    assert shown("direct") == {"charlie"}
    assert shown("archived") == {"old"}
    assert shown("all", "Desk") == {"quiet"}
    assert mine.folders(found) == ["Desk"]


@pytest.mark.parametrize(
    ("level", "muted", "mentioned", "rings"),
    [
        ("all", False, False, True),
        ("all", True, False, False),
        ("all", True, True, True),
        ("mentions", False, False, False),
        ("mentions", False, True, True),
        ("none", False, True, False),
    ],
)
def test_what_rings(cast: Cast, level: str, muted: bool, mentioned: bool, rings: bool) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    make_message(channel_of(group), cast.alice.user, mentions_all=mentioned)
    keeping.set_level(actor=cast.bob, group_id=group.pk, level=Level(level))
    keeping.mute_for(actor=cast.bob, group_id=group.pk, how_long="1h" if muted else "off", now=NOW)
    assert mine.badge(mine.rows(cast.bob, now=NOW)) == int(rings)


def test_a_mute_ends_by_itself(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    keeping.mute_for(actor=cast.bob, group_id=group.pk, how_long="8h", now=NOW)
    assert only(cast.bob).is_muted
    (later,) = mine.rows(cast.bob, now=NOW + timedelta(hours=9))
    assert not later.is_muted
    keeping.mute_for(actor=cast.bob, group_id=group.pk, how_long="ever", now=NOW)
    (later,) = mine.rows(cast.bob, now=NOW + timedelta(days=36500))
    assert later.is_muted


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_nobody_keeps_what_they_are_not_in(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    make_member(group, cast.olga, accepted_at=None)
    before = list(Membership.objects.order_by("pk").values())
    for user in (cast.charlie, cast.olga):
        with pytest.raises(NotAMember):
            keeping.pin(actor=user, group_id=group.pk, on=True)
        with pytest.raises(NotAMember):
            keeping.mute(actor=user, group_id=group.pk, until=NOW)
        with pytest.raises(NotAMember):
            keeping.put_in_folder(actor=user, group_id=group.pk, name="Desk")
    assert list(Membership.objects.order_by("pk").values()) == before


def test_pinning_brings_back_from_the_archive_and_archiving_unpins(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    keeping.archive(actor=cast.bob, group_id=group.pk, on=True, now=NOW)
    keeping.pin(actor=cast.bob, group_id=group.pk, on=True)
    assert (only(cast.bob).is_archived, only(cast.bob).is_pinned) == (False, True)
    keeping.archive(actor=cast.bob, group_id=group.pk, on=True, now=NOW)
    assert (only(cast.bob).is_archived, only(cast.bob).is_pinned) == (True, False)


def test_folders_are_the_same_whatever_their_capitals_and_few(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (make_group(cast.alice.user, name, cast.bob) for name in "ab")
    assert keeping.put_in_folder(actor=cast.bob, group_id=one.pk, name=" Desk ") == "Desk"
    assert keeping.put_in_folder(actor=cast.bob, group_id=other.pk, name="DESK") == "Desk"
    with pytest.raises(ValidationError):
        keeping.put_in_folder(actor=cast.bob, group_id=other.pk, name="x" * 25)
    monkeypatch.setattr(keeping, "MOST_FOLDERS", 1)
    with pytest.raises(TooMany):
        keeping.put_in_folder(actor=cast.bob, group_id=other.pk, name="Another")
    assert keeping.put_in_folder(actor=cast.bob, group_id=other.pk, name="") == ""


def test_pins_are_few(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_PINNED", 1)
    one, other = (make_group(cast.alice.user, name, cast.bob) for name in "ab")
    keeping.pin(actor=cast.bob, group_id=one.pk, on=True)
    keeping.pin(actor=cast.bob, group_id=one.pk, on=True)
    with pytest.raises(TooMany):
        keeping.pin(actor=cast.bob, group_id=other.pk, on=True)
