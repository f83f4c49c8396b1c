"""The list of groups is drawn a part at a time, and opening a group costs the same however many one is in."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups import contexts
from groups.models import Channel, Membership
from tests.cast import Cast
from tests.factories import make_group, make_message

SCRIPT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "LISTED", 2)


def _groups(cast: Cast, many: int) -> None:
    for n in range(many):
        group = make_group(cast.alice.user, f"Group {n}", cast.bob)
        Membership.objects.filter(group=group, user=cast.bob).update(pinned_position=n)


def _names(html: str) -> list[str]:
    return re.findall(r'<b class="cut">(Group \d)</b>', html)


def test_the_whole_list_is_read_part_by_part(cast: Cast) -> None:
    _groups(cast, 5)
    browser, where, read = cast.browser(cast.bob), "/groups/", []
    while where:
        html = browser.get(where).content.decode()
        read.append(_names(html))
        found = re.search(r'href="([^"]+)" hx-get="\1"[^>]*data-more-rows', html)
        where = found[1].replace("&amp;", "&") if found else ""
    assert read == [["Group 0", "Group 1"], ["Group 2", "Group 3"], ["Group 4"]]
    assert 'href="/groups/?skip=2">Groups before these</a>' in html


def test_a_script_gets_the_rows_alone(cast: Cast) -> None:
    _groups(cast, 5)
    html = cast.browser(cast.bob).get("/groups/?skip=2", headers=SCRIPT).content.decode()
    assert _names(html) == ["Group 2", "Group 3"]
    assert "<html" not in html
    assert "Groups before these" not in html


def test_what_was_looked_for_goes_on_below(cast: Cast) -> None:
    _groups(cast, 5)
    html = cast.browser(cast.bob).get("/groups/?q=group&show=unread", headers=SCRIPT).content.decode()
    assert "hx-get" not in html, "nothing is unread"
    html = cast.browser(cast.bob).get("/groups/?q=group", headers=SCRIPT).content.decode()
    assert 'hx-get="/groups/?q=group&amp;skip=2"' in html


@pytest.mark.parametrize("skip", ["9", "-1", "x", "9" * 30], ids=["beyond", "negative", "word", "huge"])
def test_a_place_that_is_not_there_is_no_error(cast: Cast, skip: str) -> None:
    _groups(cast, 3)
    answer = cast.browser(cast.bob).get("/groups/", {"skip": skip}, headers=SCRIPT)
    assert answer.status_code == 200
    assert len(_names(answer.content.decode())) in (0, 2)


def test_opening_a_group_costs_the_same_in_many_groups(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Opened", cast.bob)
    browser, asked = cast.browser(cast.bob), []
    browser.get(group.get_absolute_url())  # what is asked once a process
    for more in (1, 6):
        _groups(cast, more)
        with CaptureQueriesContext(connection) as captured:
            html = browser.get(group.get_absolute_url()).content.decode()
        asked.append(len(captured))
        assert len(re.findall("data-row=", html)) == 2
    assert asked[0] == asked[1] <= 16


def test_the_tabs_and_the_conversation_know_what_is_unread(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Opened", cast.bob)
    other = Channel.objects.create(group=group, name="desk", position=1)
    for channel in (group.channels.exclude(pk=other.pk).get(), other, other):
        make_message(channel, cast.alice.user)
    context = cast.browser(cast.bob).get(group.get_absolute_url()).context
    assert ([tab.unread for tab in context["channels"]], context["unread"]) == ([1, 2], 1)
