"""Search inside a group: any script, in step with what is said, and nothing of anybody else's."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from groups import access
from groups.models import Channel, Group, Membership, Message, MessageKind, MessageWords
from groups.queries import search
from planet.accounts.models import Block, User
from tests.cast import Cast
from tests.factories import make_group, make_message


def found(group: Group, user: User, text: str, channel: Channel | None = None) -> Sequence[str]:
    who = access.acting(user, group.pk)
    return [message.text for message in search.find(who, search.parse(text), channel=channel).messages]


@pytest.fixture
def group(cast: Cast) -> Group:
    return make_group(cast.alice.user, "Basis", cast.bob)


@pytest.mark.parametrize(
    ("said", "typed", "is_found"),
    [
        ("Funding rates flipped", "rate flipping", True),
        ("比特币突破新高", "特币", True),
        ("比特币突破新高", "币", True),
        ("比特币突破新高", "新币", False),
        ("ビットコインが上がった", "コイン", True),
        ("Café talk on ＢＴＣ", "cafe btc", True),
        ("the order book is thin", '"order book"', True),
        ("the book order is thin", '"order book"', False),
        ("short squeeze", "squeeze -short", False),
        ("long squeeze", "squeeze -short", True),
        ("anything", "", False),
        ("anything", "-- !!", False),
        ("it's 5'); DROP", "5'); drop", True),
    ],
)
def test_what_finds_what(group: Group, cast: Cast, said: str, typed: str, is_found: bool) -> None:
    make_message(group.channels.get(), cast.alice.user, said)
    assert found(group, cast.bob, typed) == ([said] if is_found else [])


def test_from_somebody_and_in_one_channel(group: Group, cast: Cast) -> None:
    first, other = group.channels.get(), Channel.objects.create(group=group, name="other")
    make_message(first, cast.alice.user, "carry one")
    make_message(other, cast.bob, "carry two")
    assert found(group, cast.bob, "carry") == ["carry two", "carry one"]
    assert found(group, cast.bob, "carry from:@Alice") == ["carry one"]
    assert found(group, cast.bob, "from:bob") == ["carry two"]
    assert found(group, cast.bob, "carry from:nobody_here") == []
    assert found(group, cast.bob, "carry", other) == ["carry two"]


def test_the_index_is_in_step_with_what_is_said(group: Group, cast: Cast) -> None:
    message = make_message(group.channels.get(), cast.alice.user, "carry")
    Message.objects.filter(pk=message.pk).update(text="basis")
    assert (found(group, cast.bob, "carry"), found(group, cast.bob, "basis")) == ([], ["basis"])
    Message.objects.filter(pk=message.pk).update(deleted_at=timezone.now())
    assert not MessageWords.objects.exists()
    make_message(group.channels.get(), cast.alice.user, "joined", kind=MessageKind.EVENT)
    assert not MessageWords.objects.exists()


def test_another_groups_words_are_not_found(group: Group, cast: Cast) -> None:
    other = make_group(cast.bob, "Other")
    make_message(other.channels.get(), cast.bob, "secret carry")
    assert found(group, cast.bob, "carry") == []
    assert found(group, cast.bob, "carry", other.channels.get()) == []


def test_what_the_blocked_said_is_not_found(group: Group, cast: Cast) -> None:
    make_message(group.channels.get(), cast.alice.user, "carry")
    Block.objects.create(owner=cast.bob, target=cast.alice.user)
    assert found(group, cast.bob, "carry") == []


def test_pages_hold_every_message_once(group: Group, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SIZE", 3)
    monkeypatch.setattr(search, "LOOKS", 4)
    texts = [make_message(group.channels.get(), cast.alice.user, f"carry {n}").text for n in range(8)]
    who, before, seen = access.acting(cast.bob, group.pk), None, []
    for _ in range(5):
        page = search.find(who, search.parse("carry"), before=before)
        seen += [message.text for message in page.messages]
        before = page.before
        if before is None:
            break
    assert seen == texts[::-1]


def test_searching_is_constant_queries(
    group: Group, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    who = access.acting(cast.bob, group.pk)
    for _ in range(2):
        make_message(group.channels.get(), cast.alice.user, "carry")
        with django_assert_num_queries(2):
            assert [m.author.handle + m.channel.group.name for m in search.find(who, search.parse("carry")).messages]


def test_posts_and_messages_are_cut_alike(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT discover_vector(%s, 'A') = words_vector(%s, 'A')", ["比特币 rates", "比特币 rates"])
        assert cursor.fetchone() == (True,)


def test_the_panel_and_the_page(group: Group, cast: Cast) -> None:
    message = make_message(group.channels.get(), cast.alice.user, "carry <b>")
    where = reverse("channel_search", args=[group.channels.get().pk])
    bob = cast.browser(cast.bob)
    page = bob.get(where, {"q": "carry"}).content.decode()
    assert "carry &lt;b&gt;" in page
    assert f"?at={message.number}" in page
    panel = bob.get(where, {"q": "nothing at all", "here": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "Nothing found" in panel
    assert "<html" not in panel
    assert bob.get(where, {"q": "x", "before": "x"}).status_code == 404
    assert cast.browser(cast.charlie).get(where).status_code == 404
    assert bob.get(reverse("channel_search", args=[uuid4()])).status_code == 404
    Membership.objects.filter(user=cast.bob).delete()
    assert bob.get(where, {"q": "carry"}).status_code == 404
