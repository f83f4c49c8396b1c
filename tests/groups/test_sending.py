"""Writing messages: once, in order, by whoever may."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from groups.actions import sending
from groups.errors import AlreadySent, Gone, NotAllowed, NotAMember, ReadOnly, TooSoon
from groups.models import Attachment, Group, Message, MessageMention, ReadPosition
from groups.rights import MODERATOR, Right
from planet.accounts.models import Block
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_group, make_message
from tests.groups.conftest import NOW, Hearing, make_helper, write


def told() -> set[tuple[str, str]]:
    """Who was told, and what about."""
    rows = Notification.objects.values_list("recipient__handle", "group_key")
    return {(handle, key.partition(":")[0]) for handle, key in rows}


def test_messages_are_numbered_without_holes(cast: Cast, group: Group) -> None:
    written = [write(author, group) for author in (cast.bob, cast.alice.user, cast.bob)]
    channel = group.channels.get()
    assert [(m.number, m.revision) for m in written] == [(1, 1), (2, 2), (3, 3)]
    assert (channel.last_number, channel.last_revision, channel.last_message_at) == (3, 3, NOW)


def test_sending_again_returns_the_first_message(cast: Cast, group: Group) -> None:
    client_id = uuid.uuid4()
    first = write(cast.bob, group, "Once", client_id=client_id)
    assert write(cast.bob, group, "Once", client_id=client_id) == first
    with pytest.raises(AlreadySent):
        write(cast.bob, group, "Twice", client_id=client_id)
    assert group.channels.get().last_number == 1


def test_a_retry_after_an_edit_is_still_a_retry(cast: Cast, group: Group) -> None:
    first = write(cast.bob, group, "Once")
    Message.objects.filter(pk=first.pk).update(text="Twice", edited_at=NOW)
    assert write(cast.bob, group, "Once", client_id=first.client_id) == first


def test_a_client_id_means_one_channel(cast: Cast, group: Group) -> None:
    other = make_group(cast.alice.user, "Other", cast.bob)
    first = write(cast.bob, group, "Once")
    with pytest.raises(AlreadySent):
        write(cast.bob, other, "Once", client_id=first.client_id)
    assert other.channels.get().last_number == 0


def test_who_was_removed_learns_nothing_by_trying_again(cast: Cast, group: Group) -> None:
    first = write(cast.bob, group, "Once")
    group.memberships.filter(user=cast.bob).delete()
    with pytest.raises(NotAMember):
        write(cast.bob, group, "Once", client_id=first.client_id)


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 4001, "x" * 1_000_000], ids=["empty", "blank", "long", "endless"])
def test_an_empty_or_endless_message_is_refused(cast: Cast, group: Group, text: str) -> None:
    with pytest.raises(ValidationError):
        write(cast.bob, group, text)
    assert (group.channels.get().last_number, Message.objects.count()) == (0, 0)


def test_a_message_answers_one_of_its_channel(cast: Cast, group: Group) -> None:
    first = write(cast.bob, group)
    assert write(cast.alice.user, group, reply_to=first.pk).reply_to == first
    elsewhere = make_message(make_group(cast.alice.user).channels.get(), cast.alice.user)
    with pytest.raises(Gone):
        write(cast.alice.user, group, reply_to=elsewhere.pk)
    assert group.channels.get().last_number == 2


def test_who_writes_has_read_it(cast: Cast, group: Group) -> None:
    write(cast.bob, group)
    position = ReadPosition.objects.get(user=cast.bob, channel=group.channels.get())
    assert position.number == 1


# --- whom it calls ----------------------------------------------------------------------------------------------------


def test_members_are_called_by_name_and_told(cast: Cast, group: Group, heard: Hearing) -> None:
    events = heard(lambda: write(cast.bob, group, "@olga and @charlie, @all look"))
    message = Message.objects.get()
    assert message.mentioned == ["olga"]
    assert not message.mentions_all, "members may not call everybody unless they are let"
    assert list(MessageMention.objects.values_list("user__handle", "number")) == [("olga", 1)]
    assert told() == {("olga", "group_mention")}
    assert [event.topic for event in events if event.kind == "mention"] == [f"user:{cast.olga.pk}"]


def test_a_name_in_code_calls_nobody(cast: Cast, group: Group) -> None:
    assert write(cast.bob, group, "`@olga`").mentioned == []


def test_an_answer_is_told_once(cast: Cast, group: Group, heard: Hearing) -> None:
    first = make_message(group.channels.get(), cast.olga)
    heard(lambda: write(cast.bob, group, "@olga yes", reply_to=first.pk))
    assert told() == {("olga", "group_mention")}
    assert MessageMention.objects.count() == 1


def test_nobody_is_called_across_a_block(cast: Cast, group: Group, heard: Hearing) -> None:
    Block.objects.create(owner=cast.olga, target=cast.bob)
    heard(lambda: write(cast.bob, group, "@olga"))
    assert (Message.objects.get().mentioned, told()) == ([], set())


@pytest.mark.parametrize(
    ("level", "muted", "expected"),
    [("all", True, True), ("mentions", False, True), ("none", False, False)],
    ids=["muted", "mentions", "nothing"],
)
def test_a_name_pierces_a_mute_but_not_a_wish_for_nothing(
    cast: Cast, group: Group, heard: Hearing, level: str, muted: bool, expected: bool
) -> None:
    until = NOW + timedelta(days=1) if muted else None
    group.memberships.filter(user=cast.olga).update(level=level, muted_until=until)
    heard(lambda: write(cast.bob, group, "@olga"))
    assert bool(told()) == expected


def test_who_may_call_everybody_does(cast: Cast, group: Group) -> None:
    message = write(cast.alice.user, group, "@all and @admins")
    assert (message.mentions_all, message.mentions_admins) == (True, True)


# --- who may ----------------------------------------------------------------------------------------------------------


def refused(cast: Cast, group: Group, error: type[Exception], text: str = "Hello", **options: object) -> None:
    """Bob is refused, and that changes nothing."""
    before = group.channels.get(root=None).last_revision
    with pytest.raises(error):
        write(cast.bob, group, text, **options)
    assert group.channels.get(root=None).last_revision == before


def test_an_outsider_does_not_write(cast: Cast, group: Group) -> None:
    group.memberships.filter(user=cast.bob).delete()
    refused(cast, group, NotAMember)


def test_who_was_only_invited_does_not_write(cast: Cast, group: Group) -> None:
    group.memberships.filter(user=cast.bob).update(accepted_at=None)
    refused(cast, group, NotAMember)


def test_links_take_a_right(cast: Cast, group: Group) -> None:
    Group.objects.filter(pk=group.pk).update(member_rights=int(Right.SEND))
    refused(cast, group, NotAllowed, "See https://example.com/x")
    assert write(cast.bob, group, "No link").number == 1


def test_attachments_take_a_right_and_are_ones_own(cast: Cast, group: Group) -> None:
    fields = {"group": group, "kind": "picture", "key": "k", "media_type": "image/webp", "size": 1}
    theirs, mine = (Attachment.objects.create(uploader=user, **fields) for user in (cast.olga, cast.bob))
    refused(cast, group, Gone, attachments=[theirs.pk])
    message = write(cast.bob, group, "", attachments=[mine.pk])
    mine.refresh_from_db()
    assert mine.message == message
    refused(cast, group, Gone, attachments=[mine.pk])
    Group.objects.filter(pk=group.pk).update(member_rights=int(Right.SEND))
    again = Attachment.objects.create(uploader=cast.bob, **fields)
    refused(cast, group, NotAllowed, attachments=[again.pk])


def test_announcements_are_for_who_may_announce(cast: Cast, group: Group) -> None:
    group.channels.update(kind="announcements")
    refused(cast, group, ReadOnly)
    make_helper(group, cast.bob, Right.ANNOUNCE)
    assert write(cast.bob, group).number == 1


def test_an_archived_channel_is_read_only_for_everybody(cast: Cast, group: Group) -> None:
    group.channels.update(archived_at=NOW)
    refused(cast, group, ReadOnly)
    with pytest.raises(ReadOnly):
        write(cast.alice.user, group)


def test_slow_mode_keeps_members_waiting_and_spares_helpers(cast: Cast, group: Group) -> None:
    Group.objects.filter(pk=group.pk).update(slow_seconds=30)
    write(cast.bob, group)
    with pytest.raises(TooSoon) as caught:
        write(cast.bob, group, now=NOW + timedelta(seconds=10))
    assert caught.value.seconds == 20
    assert write(cast.bob, group, now=NOW + timedelta(seconds=30)).number == 2
    make_helper(group, cast.bob, MODERATOR)
    assert write(cast.bob, group, now=NOW + timedelta(seconds=31)).number == 3


def test_a_block_ends_what_two_say_to_each_other(cast: Cast) -> None:
    talk = make_group(cast.alice.user, "", cast.bob, kind="direct", direct_key="a:b")
    Block.objects.create(owner=cast.bob, target=cast.alice.user)
    with pytest.raises(ReadOnly):
        write(cast.alice.user, talk)


# --- what the socket hears --------------------------------------------------------------------------------------------


def test_a_message_is_pushed_once_with_its_place(cast: Cast, group: Group, heard: Hearing) -> None:
    events = heard(lambda: write(cast.bob, group, "Now **this**"))
    message, channel = Message.objects.get(), group.channels.get()
    (pushed,) = [event for event in events if event.kind == "message"]
    assert pushed.topic == f"channel:{channel.pk}"
    assert pushed.data == {
        "id": str(message.pk),
        "number": 1,
        "revision": 1,
        "client_id": str(message.client_id),
        "author": str(cast.bob.pk),
    }
    assert "<strong>this</strong>" in pushed.html
    assert [event.topic for event in events if event.kind == "activity"] == [f"activity:{group.pk}"]


def test_a_hot_channel_tells_the_lists_once_a_second(cast: Cast, group: Group, heard: Hearing) -> None:
    events = heard(lambda: [write(cast.bob, group) for _ in range(3)])
    assert [event.kind for event in events].count("activity") == 1
    assert [event.kind for event in events].count("message") == 3


def test_the_pushed_row_is_small(cast: Cast, group: Group, heard: Hearing) -> None:
    events = heard(lambda: write(cast.bob, group, "Filled at 41.77, short perp opened against it."))
    (pushed,) = [event for event in events if event.kind == "message"]
    assert len(pushed.html) < 900


def test_what_the_group_tells_is_never_unread_and_asks_no_right(cast: Cast, group: Group, heard: Hearing) -> None:
    Group.objects.filter(pk=group.pk).update(frozen_at=NOW)
    channel = group.channels.get()
    events = heard(lambda: sending.tell(channel=channel, event={"kind": "joined"}, actor=cast.bob, now=NOW))
    assert Message.objects.get().number == 1
    assert [event.kind for event in events] == ["message", "activity"]
