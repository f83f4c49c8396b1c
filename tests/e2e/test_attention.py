"""What a browser reports of what was seen: the way from a reader's window to the creator's centre."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import people
from tests.e2e.conftest import PageOf
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# Beacons leave no trace that a test can read, so the page keeps what it sends.
_KEEP = """
window.sent = [];
navigator.sendBeacon = (url, blob) => { blob.text().then((body) => window.sent.push(body)); return true; };
"""
_HIDDEN = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def watched(page: Page, path: str) -> Page:
    """A page whose clock the test turns, and which keeps what it reports."""
    page.add_init_script(_KEEP)
    page.clock.install()
    page.goto(path)
    page.mouse.move(300, 300)
    expect(page.locator("article[data-post]").first).to_be_visible()
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")  # observers have seen the first screen
    return page


def reported(page: Page) -> dict[int, int]:
    """Milliseconds of each item so far."""
    sums: dict[int, int] = {}
    for body in page.evaluate("window.sent"):
        for _token, _seq, seen in json.loads(body):
            for index, visible in seen:
                sums[index] = sums.get(index, 0) + visible
    return sums


def pass_time(page: Page, milliseconds: int) -> None:
    """Let it pass, with somebody at the mouse."""
    for _ in range(milliseconds // 1000):
        page.mouse.move(300, 301)
        page.clock.run_for(1000)


def test_what_is_in_view_is_reported_and_what_is_below_is_not(page_of: PageOf) -> None:
    page = watched(page_of("reader"), "/latest/")
    pass_time(page, 21_000)
    sums = until(lambda: reported(page) or None)
    cards = page.locator("article[data-post]").count()
    assert 0 in sums
    assert cards - 1 not in sums
    assert all(1000 <= visible <= 25_000 for visible in sums.values()), sums


def test_each_report_goes_on_where_the_last_one_ended(page_of: PageOf) -> None:
    page = watched(page_of("reader"), "/latest/")
    pass_time(page, 31_000)
    bodies: list[Any] = [json.loads(body) for body in until(lambda: page.evaluate("window.sent") or None)]
    sequences = [seq for body in bodies for _token, seq, _seen in body]
    assert sequences == list(range(1, len(sequences) + 1))
    assert reported(page)[0] <= 35_000, "time was counted twice"


def test_a_hidden_tab_reports_once_and_counts_no_more(page_of: PageOf) -> None:
    page = watched(page_of("reader"), "/latest/")
    pass_time(page, 3000)
    page.evaluate(_HIDDEN, "hidden")
    before = until(lambda: reported(page) or None)
    pass_time(page, 30_000)
    assert reported(page) == before
    page.evaluate(_HIDDEN, "visible")
    pass_time(page, 11_000)
    until(lambda: sum(reported(page).values()) > sum(before.values()))
    assert reported(page)[0] - before[0] <= 15_000, "the time away is nobody's"


def test_where_nobody_moves_nobody_looks(page_of: PageOf) -> None:
    page = watched(page_of("reader"), "/latest/")
    page.clock.run_for(600_000)
    sums = until(lambda: reported(page) or None)
    assert max(sums.values()) <= 62_000


def test_cards_that_are_loaded_later_are_reported_too(page_of: PageOf) -> None:
    page = watched(page_of("reader"), "/latest/")
    first = page.locator("article[data-post]").count()
    page.locator("a.morep").click()

    def more() -> bool:
        page.clock.run_for(200)  # htmx waits with timers of its own
        return page.locator("article[data-post]").count() > first

    until(more)
    page.locator("article[data-post]").nth(first).scroll_into_view_if_needed()
    until(lambda: page.locator("[data-seen]").count() == 2)
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    pass_time(page, 12_000)
    tokens = until(lambda: {token for body in page.evaluate("window.sent") for token, *_ in json.loads(body)} or None)
    assert len(tokens) >= 2


def test_a_reader_appears_in_the_creators_centre(page_of: PageOf) -> None:
    """Through all of it: browser, beacon, stream, drain, roll-up, page."""
    tag = uuid4().hex[:6]
    creator, reader = page_of("creator"), page_of("reader", 390)
    people.publish(creator, f"Basis on $ETH is back above ten. Note {tag}.")
    creator.goto("/@ines/")
    link = people.card(creator, f"Note {tag}").locator("a[href*='/p/']", has=creator.locator("time")).first
    path = str(link.get_attribute("href"))
    reader.goto(path)
    expect(people.card(reader, f"Note {tag}")).to_be_visible()
    with reader.expect_request("**/beacon/"):
        pass  # it comes by itself, ten seconds after the page was opened
    reader.close()

    found = re.search(r"/p/([0-9a-f-]{36})/", path)
    assert found
    figures = f"/creator/centre/posts/{found[1]}/?window=24h"

    def readers() -> str:
        creator.goto(figures)
        return creator.locator("dl.tiles .tile", has_text="Readers").locator("dd").first.inner_text()

    until(lambda: readers().startswith("1"), within=120, every=2)
    expect(creator.locator("main")).to_contain_text("Links from elsewhere")
