"""Editing, deleting, reacting, pinning, threads, forwarding: who may, twice, and what the socket hears."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from groups.actions import changing, forwarding, pinning, reacting, threads
from groups.errors import Gone, NoLongerEditable, NoSuchReaction, NotAllowed, NotAMember, ReadOnly, TooMany
from groups.models import Channel, Group, LogEntry, Message, MessageMention, Pin, Reaction, ReadPosition
from groups.rights import NONE, Right
from planet.accounts.models import User
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_group, make_message
from tests.groups.conftest import NOW, Hearing, make_helper, write

LATER = NOW + timedelta(minutes=1)


def edit(message: Message, actor: User, text: str = "Said better", minutes: int = 1) -> Message:
    return changing.edit(message=message, actor=actor, text=text, now=NOW + timedelta(minutes=minutes))


def react(message: Message, actor: User, emoji: str = "🔥", *, on: bool = True) -> Message:
    return reacting.react(message=message, actor=actor, emoji=emoji, on=on, now=LATER)


def unchanged(message: Message) -> None:
    """Neither the message nor its channel's revision has changed."""
    fresh = Message.objects.select_related("channel").get(pk=message.pk)
    assert (fresh.text, fresh.revision, fresh.reactions) == (message.text, message.revision, message.reactions)
    assert fresh.channel.last_revision == fresh.revision


# --- editing ----------------------------------------------------------------------------------------------------------


def test_an_edit_takes_a_revision_and_is_pushed_in_its_place(cast: Cast, group: Group, heard: Hearing) -> None:
    first, _second = write(cast.bob, group, "Frist"), write(cast.bob, group)
    events = heard(lambda: edit(first, cast.bob, "First"))
    first.refresh_from_db()
    assert (first.text, first.number, first.revision, first.edited_at) == ("First", 1, 3, LATER)
    assert [(event.kind, event.data["number"], event.data["revision"]) for event in events] == [("message", 1, 3)]


def test_the_same_words_change_nothing(cast: Cast, group: Group, heard: Hearing) -> None:
    message = write(cast.bob, group, "Same")
    assert heard(lambda: edit(message, cast.bob, "Same ")) == []
    unchanged(message)


def test_words_are_edited_by_their_author_within_the_window(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    with pytest.raises(NotAllowed):
        edit(message, cast.alice.user)
    with pytest.raises(NoLongerEditable):
        edit(message, cast.bob, minutes=2880)
    with pytest.raises(ValidationError):
        edit(message, cast.bob, "")
    group.memberships.filter(user=cast.bob).delete()
    with pytest.raises(NotAMember):
        edit(message, cast.bob)
    unchanged(message)


def test_no_edit_in_a_frozen_group(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    Group.objects.filter(pk=group.pk).update(frozen_at=NOW)
    with pytest.raises(ReadOnly):
        edit(message, cast.bob)
    unchanged(message)


def test_who_is_named_by_an_edit_hears_of_it_and_who_is_no_more_has_no_badge(
    cast: Cast, group: Group, heard: Hearing
) -> None:
    message = write(cast.bob, group, "@olga look")
    heard(lambda: edit(message, cast.bob, "@alice look"))
    assert list(MessageMention.objects.values_list("user__handle", flat=True)) == ["alice"]
    assert list(Notification.objects.values_list("recipient__handle", flat=True)) == ["alice"]


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_a_deleted_message_leaves_a_gravestone_that_says_nothing(cast: Cast, group: Group, heard: Hearing) -> None:
    message = write(cast.bob, group, "@olga secret")
    react(message, cast.olga)
    pinning.pin(message=message, actor=cast.alice.user, on=True, now=NOW)
    events = heard(lambda: changing.delete(message=message, actor=cast.bob, now=LATER))
    message.refresh_from_db()
    assert (message.number, message.text, message.mentioned, message.reactions) == (1, "", [], {})
    assert (message.deleted_at, message.deleted_by) == (LATER, cast.bob)
    left = [MessageMention.objects.count(), Reaction.objects.count(), Pin.objects.filter(removed_at=None).count()]
    assert left == [0, 0, 0]
    assert {event.kind for event in events} == {"message", "pins"}
    assert all("secret" not in event.html for event in events)


def test_who_was_called_by_a_deleted_message_is_told_no_more(cast: Cast, group: Group, heard: Hearing) -> None:
    heard(lambda: write(cast.bob, group, "@olga secret"))
    heard(lambda: changing.delete(message=Message.objects.get(), actor=cast.bob, now=LATER))
    assert not Notification.objects.exists()


def test_others_messages_are_deleted_with_the_right_to_and_logged(cast: Cast, group: Group) -> None:
    message = write(cast.olga, group)
    with pytest.raises(NotAllowed):
        changing.delete(message=message, actor=cast.bob, now=LATER)
    unchanged(message)
    make_helper(group, cast.bob, Right.DELETE)
    changing.delete(message=message, actor=cast.bob, now=LATER)
    assert LogEntry.objects.get().kind == "message_deleted"
    with pytest.raises(Gone):
        changing.delete(message=message, actor=cast.bob, now=LATER)


def test_ones_own_words_can_be_taken_back_even_in_a_frozen_group(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    Group.objects.filter(pk=group.pk).update(frozen_at=NOW)
    assert changing.delete(message=message, actor=cast.bob, now=LATER).deleted_at == LATER


def test_everything_of_a_member_goes_at_once(cast: Cast, group: Group, heard: Hearing) -> None:
    mine, theirs = [write(cast.bob, group) for _ in range(3)], write(cast.olga, group)
    events = heard(
        lambda: changing.delete_all(group_id=group.pk, author=cast.bob, actor=cast.alice.user, now=LATER),
    )
    found = Message.objects.filter(pk__in=[m.pk for m in mine]).order_by("number")
    assert [(m.text, m.revision, m.deleted_by) for m in found] == [("", 5 + n, cast.alice.user) for n in range(3)]
    theirs.refresh_from_db()
    assert theirs.deleted_at is None
    assert [(event.kind, event.data) for event in events] == [("revision", {"revision": 7, "spread": 1})]


def test_everything_of_a_member_goes_only_by_who_may(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    with pytest.raises(NotAllowed):
        changing.delete_all(group_id=group.pk, author=cast.bob, actor=cast.olga, now=LATER)
    unchanged(message)


def test_a_hundred_messages_are_deleted_in_as_many_queries_as_one(
    cast: Cast, group: Group, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    channel = group.channels.get()
    for _ in range(100):
        make_message(channel, cast.bob)
    with django_assert_max_num_queries(16):
        assert changing.delete_all(group_id=group.pk, author=cast.bob, actor=cast.alice.user, now=LATER) == 100


# --- reactions --------------------------------------------------------------------------------------------------------


def test_reactions_are_counted_once_a_member_and_kind(cast: Cast, group: Group, heard: Hearing) -> None:
    message = write(cast.bob, group)
    heard(lambda: [react(message, cast.bob), react(message, cast.olga), react(message, cast.bob, "👀")])
    assert heard(lambda: react(message, cast.bob)) == [], "reacting twice is reacting once"
    message.refresh_from_db()
    assert (message.reactions, message.revision) == ({"🔥": 2, "👀": 1}, 4)
    heard(lambda: react(message, cast.bob, on=False))
    message.refresh_from_db()
    assert message.reactions == {"🔥": 1, "👀": 1}


@pytest.mark.parametrize(
    "emoji", ["", "x", "1", "🔥🔥", "<b>", "👍" * 9], ids=["none", "letter", "digit", "two", "tag", "many"]
)
def test_a_reaction_is_one_emoji(cast: Cast, group: Group, emoji: str) -> None:
    message = write(cast.bob, group)
    with pytest.raises(NoSuchReaction):
        react(message, cast.bob, emoji)
    unchanged(message)


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "🇯🇵", "1️⃣", "👍🏽"], ids=["family", "flag", "keycap", "skin"])
def test_any_emoji_will_do(cast: Cast, group: Group, emoji: str) -> None:
    assert react(write(cast.bob, group), cast.bob, emoji).reactions == {emoji: 1}


def test_kinds_of_reactions_are_bounded(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    Message.objects.filter(pk=message.pk).update(reactions={chr(0x1F600 + n): 1 for n in range(20)})
    with pytest.raises(TooMany):
        react(message, cast.bob)


def test_no_reaction_without_the_right_nor_in_a_channel_put_away(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    with pytest.raises(NotAMember):
        react(message, cast.charlie)
    Group.objects.filter(pk=group.pk).update(member_rights=0)
    with pytest.raises(NotAllowed):
        react(message, cast.bob)
    message.channel.archived_at = NOW
    with pytest.raises(ReadOnly):
        react(message, cast.alice.user)
    unchanged(message)


# --- pins -------------------------------------------------------------------------------------------------------------


def test_a_pin_is_told_kept_and_taken_down(cast: Cast, group: Group, heard: Hearing) -> None:
    message = write(cast.bob, group)

    def pin(on: bool) -> None:
        pinning.pin(message=message, actor=cast.alice.user, on=on, now=LATER)

    events = heard(lambda: pin(on=True)) + heard(lambda: pin(on=True))
    assert [event.kind for event in events if event.kind != "activity"] == ["message", "pins", "message"]
    assert Message.objects.get(kind="event").event == {"kind": "pinned", "message": str(message.pk), "number": 1}
    heard(lambda: pin(on=False))
    row = Pin.objects.get()
    assert (row.by, row.removed_by, row.removed_at) == (cast.alice.user, cast.alice.user, LATER)


def test_pinning_takes_the_right(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    for user, error in ((cast.bob, NotAllowed), (cast.charlie, NotAMember)):
        with pytest.raises(error):
            pinning.pin(message=message, actor=user, on=True, now=NOW)
    unchanged(message)


# --- threads ----------------------------------------------------------------------------------------------------------


def test_a_thread_counts_on_its_message_and_is_followed_by_who_takes_part(
    cast: Cast, group: Group, heard: Hearing
) -> None:
    message = write(cast.bob, group)
    thread = threads.open_thread(message=message, actor=cast.olga, now=NOW)
    assert threads.open_thread(message=message, actor=cast.olga, now=NOW) == thread
    events = heard(lambda: write(cast.olga, group, "@alice in here", channel=thread))
    message.refresh_from_db()
    assert (message.thread_count, message.revision) == (1, 2)
    followers = ReadPosition.objects.filter(channel=thread).values_list("user__handle", "number")
    assert dict(followers) == {"bob": 0, "olga": 1, "alice": 0}
    topics = [event.topic for event in events if event.kind == "message"]
    assert sorted(topics) == sorted([f"channel:{message.channel_id}", f"channel:{thread.pk}"])


def test_no_thread_in_a_thread_nor_on_what_is_gone(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    thread = threads.open_thread(message=message, actor=cast.bob, now=NOW)
    inside = write(cast.bob, group, channel=thread)
    with pytest.raises(Gone):
        threads.open_thread(message=inside, actor=cast.bob, now=NOW)
    changing.delete(message=message, actor=cast.bob, now=NOW)
    with pytest.raises(Gone):
        write(cast.bob, group, channel=thread)


def test_threads_take_a_right(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    Group.objects.filter(pk=group.pk).update(member_rights=int(Right.SEND))
    with pytest.raises(NotAllowed):
        threads.open_thread(message=message, actor=cast.bob, now=NOW)
    assert not Channel.objects.filter(kind="thread").exists()


# --- forwarding -------------------------------------------------------------------------------------------------------


def forward(message: Message, channel: Channel, actor: User, client_id: uuid.UUID | None = None) -> Message:
    return forwarding.forward(
        message=message, channel=channel, actor=actor, client_id=client_id or uuid.uuid4(), now=LATER
    )


def test_a_forwarded_message_says_whose_words_it_has_and_calls_nobody(cast: Cast, group: Group, heard: Hearing) -> None:
    message = make_message(group.channels.get(), cast.olga, "@alice and so on")
    there = make_group(cast.alice.user, "There", cast.bob).channels.get()
    client_id = uuid.uuid4()
    heard(lambda: [forward(message, there, cast.bob, client_id), forward(message, there, cast.bob, client_id)])
    (sent,) = there.messages.all()
    assert (sent.text, sent.author, sent.forwarded) == (message.text, cast.bob, {"name": "olga", "handle": "olga"})
    assert (sent.mentioned, Notification.objects.count()) == ([], 0)


def test_forwarding_takes_reading_there_and_writing_here(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    there = make_group(cast.alice.user, "There", member_rights=int(NONE))
    channel = there.channels.get()
    with pytest.raises(NotAMember):
        forward(message, channel, cast.bob)
    with pytest.raises(NotAMember):
        forward(message, channel, cast.charlie)
    assert not channel.messages.exists()
