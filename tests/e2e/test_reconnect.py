"""A lost connection costs nothing: the page says so, comes back by itself and shows what it missed."""

import os
import signal
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests import waiting
from tests.e2e import people
from tests.e2e.conftest import Complaints, PageOf
from tools.planet import Planet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_what_was_posted_while_the_socket_was_down_is_shown_after_it(
    planet: Planet, page_of: PageOf, complaints: Complaints
) -> None:
    complaints.expect("WebSocket")
    complaints.expect("ERR_CONNECTION")
    tag = uuid4().hex[:6]
    reader, creator = page_of("reader"), page_of("creator")
    reader.goto("/")
    people.live(reader)
    first_card = reader.locator("article[data-post]").first
    before = first_card.get_attribute("data-post")

    old = planet.pid("planet.realtime.server")
    os.kill(old, signal.SIGKILL)
    expect(reader.locator("html")).to_have_attribute("data-live", "off")
    people.publish(creator, f"Posted while nobody could hear it. {tag}")

    waiting.until(lambda: not waiting.alive(old))
    expect(reader.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    pill = reader.locator("[data-newposts] a")
    expect(pill).to_be_visible()
    pill.click()
    expect(people.card(reader, tag)).to_have_count(1)
    assert first_card.get_attribute("data-post") != before


def test_counts_and_comments_catch_up_after_a_gap(planet: Planet, page_of: PageOf, complaints: Complaints) -> None:
    complaints.expect("WebSocket")
    complaints.expect("ERR_CONNECTION")
    tag = uuid4().hex[:6]
    creator, reader = page_of("creator"), page_of("reader", 390)
    people.publish(creator, f"A post to be talked about. {tag}")
    creator.goto("/@ines/")
    post = people.card(creator, tag).get_attribute("data-post")
    creator.goto(f"/p/{post}/")
    people.live(creator)

    old = planet.pid("planet.realtime.server")
    os.kill(old, signal.SIGKILL)
    expect(creator.locator("html")).to_have_attribute("data-live", "off")
    reader.goto(f"/p/{post}/")
    reader.locator("[data-react=like]").first.click()
    expect(reader.locator("[data-react=like]").first).to_have_attribute("aria-pressed", "true")
    form = reader.locator("form[data-comment-form]")
    form.locator("textarea").fill(f"Said into the silence. {tag}")
    form.locator(".tools button.pri").click()
    expect(reader.locator("article[data-comment]", has_text=tag)).to_be_visible()

    expect(creator.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    expect(creator.locator("article[data-comment]", has_text=f"Said into the silence. {tag}")).to_have_count(1)
    expect(creator.locator("article[data-post] [data-count=likes]").first).to_have_text("1")
