"""Writing messages: once, in order, by whoever may."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from groups.actions import sending
from groups.errors import AlreadySent, Gone, NotAllowed, NotAMember, ReadOnly, Silence, TooSoon
from groups.models import Channel, Group, Message, MessageMention, ReadPosition
from groups.rights import MODERATOR, Right
from planet.accounts.models import User
from tests.cast import Cast
from tests.factories import make_group, make_member
from tests.groups.conftest import NOW


def write(author: User, group: Group, text: str = "Is the leg filled?", **options: Any) -> Message:
    channel = options.pop("channel", None) or group.channels.get()
    options.setdefault("client_id", uuid.uuid4())
    return sending.send(channel=channel, author=author, text=text, now=options.pop("now", NOW), **options)


@pytest.fixture
def group(cast: Cast) -> Group:
    """Alice's group; Bob is in it."""
    return make_group(cast.alice.user, "Basis", cast.bob)


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
