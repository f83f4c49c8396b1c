"""The conversation's pages: what is shown to whom, without scripts, in a number of queries that does not grow."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from groups import contexts, showing
from groups.emoji import REACTIONS
from groups.events import happened
from groups.models import Channel, ChannelKind, Group, Membership, Message, Pin, Reaction, ReadPosition, Visibility
from groups.rights import Right
from planet.config.env import ROOT
from planet.web import avatars
from tests.cast import Cast
from tests.factories import make_group, make_member, make_message, make_user
from tests.groups.conftest import make_helper

SMALL = 700  # bytes of a row of words: it is sent to 5,000 readers, fifty times a second
SYMBOL = re.compile(r'<symbol id="m(\d+)" viewBox="0 0 40 40">(.*)</symbol>')


@pytest.fixture
def channel(group: Group) -> Channel:
    return group.channels.get()


def visit(browser: Client, url: str, **asked: Any) -> str:
    answer: Any = browser.get(url, asked)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def numbers(html: str) -> list[int]:
    return [int(found) for found in re.findall(r' data-n="(\d+)" ', html.partition("<template")[0])]


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_a_member_reads_the_group_and_can_write(cast: Cast, group: Group, channel: Channel) -> None:
    make_message(channel, cast.alice.user, "Funding flips at eight")
    html = visit(cast.browser(cast.bob), group.get_absolute_url())
    assert "Funding flips at eight" in html
    assert f'action="{reverse("channel_send", args=[channel.pk])}"' in html
    assert re.search(r'name="client_id" value="[0-9a-f-]{36}"', html)


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.PRIVATE])
def test_an_outsider_sees_the_groups_card_and_no_message(
    cast: Cast, group: Group, channel: Channel, visibility: Visibility
) -> None:
    Group.objects.filter(pk=group.pk).update(visibility=visibility)
    make_message(channel, cast.alice.user, "Only for members")
    for browser in (cast.browser(cast.charlie), Client()):
        html = visit(browser, group.get_absolute_url())
        assert group.name in html
        assert "Only for members" not in html
        assert str(channel.pk) not in html


@pytest.mark.parametrize("page", ["group", "channel", "group_about", "message", "message_forward_to"])
def test_a_secret_group_does_not_exist_for_an_outsider(cast: Cast, group: Group, channel: Channel, page: str) -> None:
    Group.objects.filter(pk=group.pk).update(visibility=Visibility.SECRET)
    said = make_message(channel, cast.alice.user)
    arguments: dict[str, list[object]] = {
        "group": [group.handle],
        "channel": [group.handle, channel.pk],
        "group_about": [group.handle],
    }
    url = reverse(page, args=arguments.get(page, [said.pk]))
    answer = cast.browser(cast.charlie).get(url)
    assert answer.status_code == 404
    assert cast.browser(cast.bob).get(url).status_code == 200


def test_a_channel_stands_under_its_own_groups_address_only(cast: Cast, group: Group, channel: Channel) -> None:
    other = make_group(cast.alice.user, "Other", cast.bob)
    assert cast.browser(cast.bob).get(reverse("channel", args=[other.handle, channel.pk])).status_code == 404


def test_whoever_may_not_write_reads_why(cast: Cast, group: Group, channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(kind=ChannelKind.ANNOUNCEMENTS)
    html = visit(cast.browser(cast.bob), group.get_absolute_url())
    assert "data-send" not in html
    assert "for announcements" in html
    make_helper(group, cast.bob, Right.ANNOUNCE)
    assert "data-send" in visit(cast.browser(cast.bob), group.get_absolute_url())


# --- the part that is shown -------------------------------------------------------------------------------------------


def test_a_long_conversation_opens_at_the_first_unread_message(cast: Cast, group: Group, channel: Channel) -> None:
    for _ in range(contexts.FAR + 30):
        make_message(channel, cast.alice.user)
    ReadPosition.objects.filter(user=cast.bob, channel=channel).update(number=20)
    html = visit(cast.browser(cast.bob), group.get_absolute_url())
    assert 21 in numbers(html)
    assert html.index("data-unread-line") < html.index('data-n="21"')
    assert html.index('data-n="20"') < html.index("data-unread-line")
    assert "data-newer" in html


def test_a_conversation_that_was_read_opens_at_its_end(cast: Cast, group: Group, channel: Channel) -> None:
    for _ in range(3):
        make_message(channel, cast.alice.user)
    ReadPosition.objects.filter(user=cast.bob, channel=channel).update(number=3)
    html = visit(cast.browser(cast.bob), group.get_absolute_url())
    assert numbers(html) == [1, 2, 3]
    assert "data-unread-line" not in html


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [({"before": 60}, 10, 59), ({"after": 60}, 61, 70), ({"at": 30}, 5, 54)],
    ids=["before", "after", "at"],
)
def test_pages_are_walked_without_scripts(
    cast: Cast, group: Group, channel: Channel, asked: dict[str, int], first: int, last: int
) -> None:
    for _ in range(70):
        make_message(channel, cast.alice.user)
    found = numbers(visit(cast.browser(cast.bob), contexts.channel_url(group, channel), **asked))
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize("asked", [{"at": "²"}, {"before": "-1"}, {"date": "2026-13-45"}, {"reply": "9" * 30}])
def test_nonsense_in_the_address_shows_the_end(
    cast: Cast, group: Group, channel: Channel, asked: dict[str, str]
) -> None:
    make_message(channel, cast.alice.user)
    assert numbers(visit(cast.browser(cast.bob), contexts.channel_url(group, channel), **asked)) == [1]


def test_who_goes_on_speaking_is_named_once_and_every_day_has_its_line(
    cast: Cast, group: Group, channel: Channel
) -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for gap, author in ((0, cast.alice.user), (1, cast.alice.user), (2, cast.bob), (60 * 26, cast.bob)):
        make_message(channel, author, created_at=at + contexts.GROUPED * gap / 5)
    rows = list(Message.objects.filter(channel=channel).order_by("number"))
    lines = list(contexts.lines(rows, group=group, after=None, pinned=set()))
    assert [bool(line.cont) for line in lines] == [False, True, False, False]
    assert [bool(line.day) for line in lines] == [True, False, False, True]


def test_an_answer_without_scripts_names_what_it_answers(cast: Cast, group: Group, channel: Channel) -> None:
    said = make_message(channel, cast.alice.user, "Who is on the offer?")
    html = visit(cast.browser(cast.bob), contexts.channel_url(group, channel), reply=said.number)
    assert f'name="reply_to" value="{said.pk}"' in html


def test_a_script_gets_a_conversation_alone_for_the_panel(cast: Cast, group: Group, channel: Channel) -> None:
    answer = cast.browser(cast.bob).get(contexts.channel_url(group, channel), HTTP_HX_REQUEST="true")
    html = answer.content.decode()
    assert html.lstrip().startswith("<section")
    assert "data-close-panel" in html


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_said_what_last_and_finds_by_name(cast: Cast, group: Group, channel: Channel) -> None:
    make_group(cast.bob, "Perp Room")
    make_message(channel, cast.alice.user, "**Out** at 209")
    html = visit(cast.browser(cast.bob), reverse("groups"))
    assert re.search(r"<b>Alice:</b> Out at 209", html)
    found = visit(cast.browser(cast.bob), reverse("groups"), q="perp")
    assert "Perp Room" in found
    assert group.name not in found.partition("data-rows")[2].partition("</section>")[0]


def test_somebody_without_groups_is_told_what_to_do_next(cast: Cast) -> None:
    html = visit(cast.browser(cast.charlie), reverse("groups"))
    assert "No groups yet" in html
    assert reverse("group_discover") in html


def test_the_badge_counts_what_its_reader_wants_to_hear_of(cast: Cast, group: Group, channel: Channel) -> None:
    make_message(channel, cast.alice.user)

    def badge() -> Any:
        return cast.browser(cast.bob).get(reverse("groups_unread")).json()

    assert badge()["groups"] == 1
    assert badge()["channels"] == {str(channel.pk): 1}
    Membership.objects.filter(user=cast.bob, group=group).update(level="none")
    assert badge()["groups"] == 0
    assert badge()["rows"][str(group.pk)]["unread"] == 1


# --- a message by itself ----------------------------------------------------------------------------------------------


def test_a_message_by_itself_has_what_its_reader_may_do(cast: Cast, group: Group, channel: Channel) -> None:
    said = make_message(channel, cast.bob, "**Bold** words")
    own = visit(cast.browser(cast.bob), reverse("message", args=[said.pk]))
    assert ">**Bold** words</textarea>" in own
    assert reverse("message_delete", args=[said.pk]) in own
    other = visit(cast.browser(cast.olga), reverse("message", args=[said.pk]))
    assert reverse("message_delete", args=[said.pk]) not in other
    assert reverse("message_edit", args=[said.pk]) not in other
    assert reverse("message_react", args=[said.pk]) in other


def test_what_can_be_forwarded_to_is_ones_own_groups(cast: Cast, group: Group, channel: Channel) -> None:
    said = make_message(channel, cast.alice.user)
    mine, foreign = make_group(cast.bob, "Mine"), make_group(cast.charlie, "Foreign")
    html = visit(cast.browser(cast.bob), reverse("message_forward_to", args=[said.pk]))
    assert str(mine.channels.get().pk) in html
    assert str(foreign.channels.get().pk) not in html
    answer = cast.browser(cast.bob).get(reverse("message_forward_to", args=[said.pk]), HTTP_HX_REQUEST="true")
    assert answer.content.decode().lstrip().startswith('<div class="dlg"')


# --- how much it costs ------------------------------------------------------------------------------------------------


def _fill(cast: Cast, group: Group, channel: Channel, times: int) -> None:
    for number in range(times):
        said = make_message(channel, cast.alice.user, "Look", reactions={"🔥": 1})
        Reaction.objects.create(message=said, user=cast.bob, emoji="🔥")
        make_message(channel, cast.bob, "Seen", reply_to=said)
        Pin.objects.create(channel=channel, message=said, by=cast.alice.user)
        other = make_group(cast.bob, f"Group {number} of {times}")
        make_message(other.channels.get(), cast.bob)
        make_member(group, make_user(f"m{times}x{number}"))
        Channel.objects.create(group=group, name=f"c{times}x{number}")


def test_a_conversation_is_opened_in_as_many_queries_whatever_is_in_it(
    cast: Cast, group: Group, channel: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = cast.browser(cast.bob)
    _fill(cast, group, channel, 1)
    visit(browser, group.get_absolute_url())
    with django_assert_max_num_queries(24) as few:
        visit(browser, group.get_absolute_url())
    _fill(cast, group, channel, 4)
    with django_assert_max_num_queries(len(few)):
        visit(browser, group.get_absolute_url())


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_small_and_the_same_for_everybody(cast: Cast, group: Group, channel: Channel) -> None:
    said = make_message(channel, cast.alice.user, "Is the OKX leg filled or still working?")
    showing.dress([said], group=group)
    html = showing.fragment(said)
    assert len(html.strip().encode()) <= SMALL
    assert "csrf" not in html
    assert html.strip() == render_to_string("groups/_message.html", {"m": said, "user": cast.bob}).strip()


def test_every_drawn_face_is_in_the_file_that_pages_load() -> None:
    symbols = dict(SYMBOL.findall((ROOT / "static" / "icons" / "faces.svg").read_text()))
    assert len(symbols) == len(avatars.MOTIFS)
    for handle in ("alice", "bob", "wei_lan"):
        palette, motif = avatars.drawing(handle)
        figure = avatars.PALETTES[palette][1]
        assert symbols[str(motif)].replace("currentColor", figure) in avatars.generated(handle)


def test_every_colour_of_a_face_is_in_the_styles() -> None:
    styles = (ROOT / "static" / "css" / "chat.css").read_text()
    for number, (ground, figure) in enumerate(avatars.PALETTES):
        assert f".fa{number} {{ background: {ground}; color: {figure} }}" in styles


def test_every_reaction_is_in_the_sprite() -> None:
    sprite = (ROOT / "static" / "icons" / "sprite.svg").read_text()
    assert [symbol for symbol, _label in REACTIONS.values() if f'id="i-{symbol}"' not in sprite] == []


def test_an_event_that_nobody_knows_is_told_neutrally() -> None:
    assert happened("Ines", {"kind": "joined"}) == "Ines joined"
    assert happened("Ines", {"kind": "something new"}) == "Ines changed the group"
    assert happened("Ines", {}) == "Ines changed the group"


def test_what_the_reader_reacted_with_comes_beside_the_rows(cast: Cast, group: Group, channel: Channel) -> None:
    said = make_message(channel, cast.alice.user, reactions={"🔥": 1})
    Reaction.objects.create(message=said, user=cast.bob, emoji="🔥")
    answer: HttpResponse = cast.browser(cast.bob).get(group.get_absolute_url())  # type: ignore[assignment]
    found = re.search(r'data-mine="([^"]+)"', answer.content.decode())
    assert found
    assert json.loads(found[1].replace("&quot;", '"')) == {str(said.pk): ["🔥"]}
