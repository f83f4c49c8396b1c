"""What the conversation's scripts ask for and send, over HTTP: allowed, outsider, wrong role, revoked, bad input."""

import json
import re
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from groups.models import Channel, Group, Message, Pin, ReadPosition
from groups.rights import Right
from tests.cast import Cast
from tests.factories import make_group, make_message
from tests.groups.conftest import NOW, Hearing, make_helper, write

SCRIPT: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def channel(group: Group) -> Channel:
    return group.channels.get()


def _response(answer: object) -> HttpResponse:
    assert isinstance(answer, HttpResponse)
    return answer


def get(browser: Client, name: str, channel: Channel, **asked: Any) -> HttpResponse:
    return _response(browser.get(reverse(name, args=[channel.pk]), asked))


def send(browser: Client, channel: Channel, **fields: Any) -> HttpResponse:
    data = {"text": "Hello", "client_id": uuid.uuid4(), **fields}
    return _response(browser.post(reverse("channel_send", args=[channel.pk]), data, **SCRIPT))


def act(browser: Client, name: str, message: Message, **fields: Any) -> HttpResponse:
    return _response(browser.post(reverse(name, args=[message.pk]), fields, **SCRIPT))


def numbers(answer: HttpResponse) -> list[int]:
    return [int(n) for n in re.findall(r'data-n="(\d+)"', answer.content.decode())]


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_message_is_sent_and_its_row_comes_back(cast: Cast, channel: Channel) -> None:
    answer = send(cast.browser(cast.bob), channel, text="Now")
    message = Message.objects.get()
    assert (answer.status_code, numbers(answer)) == (201, [1])
    assert f'data-c="{message.client_id}"' in answer.content.decode()


def test_a_retry_is_a_200_and_another_text_a_409(cast: Cast, channel: Channel) -> None:
    browser, client_id = cast.browser(cast.bob), uuid.uuid4()
    answers = [send(browser, channel, client_id=client_id, text=text) for text in ("Now", "Now", "Then")]
    assert [answer.status_code for answer in answers] == [201, 200, 409]
    assert Message.objects.count() == 1


def test_without_scripts_it_is_a_form(cast: Cast, channel: Channel) -> None:
    data = {"text": "Hello", "client_id": uuid.uuid4()}
    answer = cast.browser(cast.bob).post(reverse("channel_send", args=[channel.pk]), data)
    assert answer.status_code == 302
    assert answer["Location"] == Message.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"text": ""}, 422), ({"text": "x" * 5000}, 422), ({"client_id": "x"}, 404), ({"reply_to": "x"}, 404)],
    ids=["empty", "long", "client_id", "reply_to"],
)
def test_bad_input_is_refused(cast: Cast, channel: Channel, fields: dict[str, str], status: int) -> None:
    assert send(cast.browser(cast.bob), channel, **fields).status_code == status
    assert not Message.objects.exists()


def test_slow_mode_says_how_long(cast: Cast, channel: Channel) -> None:
    Group.objects.update(slow_seconds=60)
    browser = cast.browser(cast.bob)
    send(browser, channel)
    answer = send(browser, channel)
    assert answer.status_code == 429
    assert 55 <= int(answer["Retry-After"]) <= 60


def test_a_frozen_group_says_why(cast: Cast, channel: Channel) -> None:
    Group.objects.update(frozen_at=NOW)
    answer = send(cast.browser(cast.bob), channel)
    assert (answer.status_code, answer["X-Silence"]) == (403, "frozen")


# --- who may ----------------------------------------------------------------------------------------------------------

ACTS: list[tuple[str, dict[str, str]]] = [
    ("message_edit", {"text": "Changed"}),
    ("message_delete", {}),
    ("message_react", {"emoji": "🔥"}),
    ("message_pin", {"on": "1"}),
    ("message_thread", {}),
]
acts = pytest.mark.parametrize(("name", "fields"), ACTS, ids=[name for name, _ in ACTS])


@acts
@pytest.mark.parametrize("who", ["charlie", "removed", "invited"])
def test_outsiders_do_nothing_and_learn_nothing(
    cast: Cast, group: Group, name: str, fields: dict[str, str], who: str
) -> None:
    message = write(cast.bob, group)
    user = cast.charlie if who == "charlie" else cast.olga
    memberships = group.memberships.filter(user=user)
    memberships.update(accepted_at=None) if who == "invited" else memberships.delete()
    assert act(cast.browser(user), name, message, **fields).status_code == 404
    fresh = Message.objects.get()
    assert (fresh.text, fresh.revision, fresh.channel.last_revision) == (message.text, 1, 1)
    assert not Channel.objects.filter(kind="thread").exists()


@pytest.mark.parametrize(
    ("name", "fields", "right"),
    [
        ("message_delete", {}, Right.DELETE),
        ("message_pin", {"on": "1"}, Right.PIN),
        ("message_react", {"emoji": "🔥"}, Right.REACT),
        ("message_thread", {}, Right.THREADS),
    ],
    ids=["delete", "pin", "react", "thread"],
)
def test_a_right_is_asked_given_and_revoked(
    cast: Cast, group: Group, name: str, fields: dict[str, str], right: Right
) -> None:
    Group.objects.update(member_rights=int(Right.SEND))
    first, second = write(cast.olga, group), write(cast.olga, group)
    browser = cast.browser(cast.bob)
    assert act(browser, name, first, **fields).status_code == 403
    role = make_helper(group, cast.bob, right)
    assert act(browser, name, first, **fields).status_code in (200, 302)
    role.delete()
    before = group.channels.get(root=None).last_revision
    assert act(browser, name, second, **fields).status_code == 403
    assert group.channels.get(root=None).last_revision == before


@pytest.mark.parametrize("name", ["channel_page", "channel_since", "channel_mention"])
def test_only_members_read(cast: Cast, channel: Channel, name: str) -> None:
    asked = {"revision": 0}
    assert get(cast.browser(cast.bob), name, channel, **asked).status_code == 200
    assert get(cast.browser(cast.charlie), name, channel, **asked).status_code == 404
    channel.group.memberships.filter(user=cast.bob).delete()
    assert get(cast.browser(cast.bob), name, channel, **asked).status_code == 404


@pytest.mark.parametrize("name", ["channel_send", "channel_read", "channel_typing", "channel_follow"])
def test_only_members_write(cast: Cast, channel: Channel, heard: Hearing, name: str) -> None:
    data = {"text": "x", "client_id": str(uuid.uuid4()), "number": "1"}
    path = reverse(name, args=[channel.pk])
    answers: list[Any] = []
    events = heard(lambda: answers.append(cast.browser(cast.charlie).post(path, data, **SCRIPT)))
    assert answers[0].status_code == 404
    assert (events, Message.objects.count()) == ([], 0)
    assert not ReadPosition.objects.filter(user=cast.charlie).exists()


def test_a_channel_that_does_not_exist_is_a_404(cast: Cast) -> None:
    assert cast.browser(cast.bob).get(reverse("channel_page", args=[uuid.uuid4()])).status_code == 404


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_page_has_rows_and_says_where_it_is(cast: Cast, channel: Channel) -> None:
    for _ in range(3):
        make_message(channel, cast.olga)
    browser = cast.browser(cast.bob)
    for asked, found in (({}, [1, 2, 3]), ({"before": 3}, [1, 2]), ({"after": 2}, [3]), ({"around": 2}, [1, 2, 3])):
        answer = get(browser, "channel_page", channel, **asked)
        assert numbers(answer) == found
        assert (answer["X-First"], answer["X-Last"]) == (str(found[0]), str(found[-1]))
        assert (answer["X-Last-Number"], answer["X-Revision"]) == ("3", "3")


@pytest.mark.parametrize("asked", [{"before": "x"}, {"after": "-1"}, {"around": "9" * 30}, {"date": "2026-13-01"}])
def test_a_place_that_is_none_is_a_404(cast: Cast, channel: Channel, asked: dict[str, str]) -> None:
    assert get(cast.browser(cast.bob), "channel_page", channel, **asked).status_code == 404


def test_a_date_is_where_the_reader_is(cast: Cast, channel: Channel) -> None:
    for hour in (1, 20):
        make_message(channel, cast.olga, created_at=NOW.replace(hour=hour))
    answer = get(cast.browser(cast.bob), "channel_page", channel, date="2026-11-23", zone="America/New_York")
    assert answer["X-Target"] == "2", "at 01:00 UTC it was still the 22nd there"


def test_the_catch_up_comes_in_the_order_of_changes(cast: Cast, group: Group, channel: Channel) -> None:
    first, _ = write(cast.bob, group), write(cast.bob, group)
    act(cast.browser(cast.olga), "message_react", first, emoji="🔥")
    answer = get(cast.browser(cast.olga), "channel_since", channel, revision=1)
    assert (numbers(answer), answer["X-Revision"]) == ([2, 1], "3")
    assert "X-More" not in answer
    mine = re.search(r"data-mine='([^']*)'", answer.content.decode())
    assert mine
    assert json.loads(mine[1].replace("&quot;", '"')) == {str(first.pk): ["🔥"]}


def test_a_row_is_the_same_for_everybody(cast: Cast, group: Group, channel: Channel) -> None:
    write(cast.bob, group, "@olga and **all**")
    rows = [get(cast.browser(user), "channel_page", channel).content for user in (cast.bob, cast.olga, cast.alice.user)]
    assert len(set(rows)) == 1


def test_a_page_of_fifty_asks_as_much_as_one_of_two(
    cast: Cast, channel: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = cast.browser(cast.bob)
    get(browser, "channel_page", channel)  # the first request of a day is noted
    for count in (2, 48):
        for _ in range(count):
            make_message(channel, cast.olga)
        with django_assert_max_num_queries(9):
            get(browser, "channel_page", channel)


# --- positions, typing ------------------------------------------------------------------------------------------------


def test_a_position_is_kept_and_set_back(cast: Cast, group: Group, channel: Channel) -> None:
    for _ in range(3):
        write(cast.olga, group)
    browser, path = cast.browser(cast.bob), reverse("channel_read", args=[channel.pk])
    assert browser.post(path, {"number": 3}).status_code == 204
    rows = json.loads(browser.get(reverse("groups_unread")).content)
    assert rows == {"groups": 0, "rows": {str(group.pk): {"unread": 0, "mentions": 0}}, "channels": {}}
    browser.post(path, {"number": 2, "unread": 1})
    rows = json.loads(browser.get(reverse("groups_unread")).content)
    assert rows["groups"] == 1
    assert rows["rows"] == {str(group.pk): {"unread": 2, "mentions": 0}}
    assert rows["channels"] == {str(channel.pk): 2}


def test_who_writes_is_shown_to_the_others_unless_they_may_not_write(
    cast: Cast, group: Group, channel: Channel, heard: Hearing
) -> None:
    browser, path = cast.browser(cast.bob), reverse("channel_typing", args=[channel.pk])
    events = heard(lambda: browser.post(path))
    assert [(event.topic, event.kind, event.data["handle"]) for event in events] == [
        (f"channel:{channel.pk}", "typing", "bob")
    ]
    Group.objects.update(frozen_at=NOW)
    assert heard(lambda: browser.post(path)) == []


# --- what is done with a message --------------------------------------------------------------------------------------


def test_a_thread_is_opened_and_found(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    browser, path = cast.browser(cast.bob), reverse("message_thread", args=[message.pk])
    assert browser.get(path).status_code == 404
    opened: Any = browser.post(path)
    thread = Channel.objects.get(kind="thread")
    assert opened["Location"] == f"/g/{group.handle}/c/{thread.pk}/"
    found: Any = browser.get(path)
    assert found["Location"] == opened["Location"]
    follow = reverse("channel_follow", args=[thread.pk])
    browser.post(follow, {"on": "0"}, **SCRIPT)
    assert not ReadPosition.objects.filter(user=cast.bob, channel=thread).exists()
    assert browser.post(reverse("channel_follow", args=[message.channel_id]), **SCRIPT).status_code == 404


def test_forwarding_answers_with_a_toast(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group, "Pass it on")
    there = make_group(cast.alice.user, "There", cast.bob).channels.get()
    browser = cast.browser(cast.bob)
    answer = act(browser, "message_forward", message, channel=str(there.pk), client_id=str(uuid.uuid4()))
    assert answer.status_code == 204
    assert there.messages.get().text == "Pass it on"
    elsewhere = make_group(cast.alice.user, "Elsewhere").channels.get()
    refused = act(browser, "message_forward", message, channel=str(elsewhere.pk), client_id=str(uuid.uuid4()))
    assert (refused.status_code, elsewhere.messages.count()) == (404, 0)


def test_a_pinned_message_is_marked_in_its_row(cast: Cast, group: Group) -> None:
    message = write(cast.bob, group)
    answer = act(cast.browser(cast.alice.user), "message_pin", message, on="1")
    assert " data-pinned" in answer.content.decode()
    assert Pin.objects.get().message == message
