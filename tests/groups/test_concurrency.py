"""Many at once: numbers without holes, one message a client id, one thread, counts that are right."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from groups.actions import pinning, reacting, reading, threads
from groups.errors import TooSoon
from groups.models import Channel, Group, Message, Pin, Reaction, ReadPosition
from tests.cast import Cast
from tests.factories import make_member, make_user
from tests.groups.conftest import NOW, write
from tests.together import THREADS, together

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_numbers_and_revisions_have_no_holes(cast: Cast, group: Group) -> None:
    assert together(lambda n: [write(cast.bob, group, f"{n} {i}") for i in range(3)]) == []
    rows = Message.objects.order_by("number").values_list("number", "revision")
    assert list(rows) == [(n, n) for n in range(1, THREADS * 3 + 1)]


def test_without_the_channels_lock_two_take_the_same_number(cast: Cast, group: Group) -> None:
    """The control: reading the number and writing it are two steps."""
    channel = group.channels.get()

    def run(_: int) -> None:
        with transaction.atomic():
            last = Channel.objects.get(pk=channel.pk).last_number + 1
            Message.objects.create(
                channel=channel, number=last, revision=last, author=cast.bob, client_id=uuid.uuid4(), text="x"
            )
            Channel.objects.filter(pk=channel.pk).update(last_number=F("last_number") + 1)

    for _ in range(20):
        if any(isinstance(error, IntegrityError) for error in together(run)):
            return
    pytest.fail("nobody ever took the same number: the test of the lock proves nothing")


def test_the_same_client_id_at_the_same_moment_writes_once(cast: Cast, group: Group) -> None:
    client_id, written = uuid.uuid4(), []
    assert together(lambda _: written.append(write(cast.bob, group, "Once", client_id=client_id).pk)) == []
    assert len(written) == THREADS
    assert set(written) == set(Message.objects.values_list("pk", flat=True))


def test_slow_mode_lets_one_of_many_through(cast: Cast, group: Group) -> None:
    Group.objects.update(slow_seconds=60)
    errors = together(lambda n: write(cast.bob, group, f"{n}"))
    assert [type(error) for error in errors] == [TooSoon] * (THREADS - 1)
    assert Message.objects.count() == 1


def test_reactions_of_many_are_all_counted(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    people = [make_user(f"reader{n}") for n in range(THREADS)]
    for person in people:
        make_member(group, person)
    run = lambda n: reacting.react(message=message, actor=people[n], emoji="🔥", on=True, now=NOW)  # noqa: E731
    assert together(run) == []
    message.refresh_from_db()
    assert (message.reactions, Reaction.objects.count()) == ({"🔥": THREADS}, THREADS)
    assert message.revision == group.channels.get().last_revision


def test_one_thread_and_one_pin_however_many_ask(cast: Cast, group: Group) -> None:
    message, found = write(cast.bob, group), []
    owner = cast.alice.user

    def run(n: int) -> None:
        if n % 2:
            found.append(threads.open_thread(message=message, actor=cast.bob, now=NOW).pk)
        else:
            pinning.pin(message=message, actor=owner, on=True, now=NOW)

    assert together(run) == []
    assert (len(set(found)), Pin.objects.count()) == (1, 1)


def test_a_thread_written_to_by_many_is_counted_on_its_message(cast: Cast, group: Group) -> None:
    """And nobody waits for ever: a thread's channel is locked after the channel that it hangs in."""
    message = write(cast.bob, group)
    thread = threads.open_thread(message=message, actor=cast.bob, now=NOW)
    assert together(lambda n: write(cast.bob, group, f"{n}", channel=thread if n % 2 else None)) == []
    message.refresh_from_db()
    assert message.thread_count == thread.messages.count() == THREADS // 2


def test_a_position_only_moves_forward(cast: Cast, group: Group) -> None:
    channel = group.channels.get()
    assert together(lambda n: reading.advance(cast.bob.pk, channel.pk, n + 1)) == []
    assert ReadPosition.objects.get(user=cast.bob, channel=channel).number == THREADS
