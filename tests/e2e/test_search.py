"""Searching, and being suggested what one is typing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PageOf

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def _options(page: Page) -> list[str]:
    shown = page.locator(".options:popover-open .opt")
    expect(shown.first).to_be_visible()
    return [option.get_attribute("data-insert") or "" for option in shown.all()]


def test_slash_finds_the_box_and_enter_searches(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("funding")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=funding"))
    expect(page.locator("article[data-post] mark").first).to_have_text(re.compile("fund", re.IGNORECASE))
    page.locator("nav.tabs a", has_text="Latest").click()
    page.wait_for_url(re.compile("tab=latest"))
    expect(page.locator("main [data-find-input]")).to_have_value("funding")


def test_slash_on_a_phone_opens_the_page_that_remembers_and_forgets(page_of: PageOf) -> None:
    page = page_of("reader", 390)
    page.goto("/search/?q=basis")
    page.goto("/settings/")
    page.keyboard.press("/")
    page.wait_for_url(re.compile("/search/$"))
    expect(page.locator(".recent a")).to_have_text(["basis"])
    page.locator("[data-recent] button").click()
    expect(page.locator(".recent a")).to_have_count(0)


def test_the_box_suggests_and_arrows_choose(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/search/")
    box = page.locator("main [data-find-input]")
    box.click()
    box.press_sequentially("ines", delay=30)
    expect(page.locator(".options:popover-open .opt", has_text="@ines")).to_be_visible()
    page.keyboard.press("ArrowDown")  # what was typed
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("options-"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/@ines/"))


@pytest.mark.parametrize("width", [390, 1440])
def test_people_topics_and_assets_are_put_into_a_post(page_of: PageOf, width: int) -> None:
    page = page_of("creator", width)
    page.goto("/post/")
    field = page.locator("main form[data-composer] textarea[name=text]")
    field.click()
    field.press_sequentially("With @tomo", delay=30)
    assert "@tomo_perp" in _options(page)
    page.keyboard.press("Enter")
    expect(field).to_have_value("With @tomo_perp ")
    field.press_sequentially("on $bt", delay=30)
    assert _options(page)[0] == "$BTC"
    page.keyboard.press("Tab")
    expect(field).to_have_value("With @tomo_perp on $BTC ")
    field.press_sequentially("看多#def", delay=30)
    option = page.locator(".options:popover-open .opt").first
    expect(option).to_be_visible()
    option.tap() if width < 700 else option.click()
    expect(field).to_have_value("With @tomo_perp on $BTC 看多#defi ")
    expect(field).to_be_focused()


def test_escape_closes_the_list_and_not_the_dialog(page_of: PageOf) -> None:
    page = page_of("creator")
    page.goto("/settings/")
    page.keyboard.press("n")
    field = page.locator("dialog form[data-composer] textarea[name=text]")
    field.press_sequentially("@tomo", delay=30)
    _options(page)
    page.keyboard.press("Escape")
    expect(page.locator(".options:popover-open")).to_have_count(0)
    expect(field).to_be_visible()
    field.press_sequentially("_", delay=30)
    _options(page)
    page.keyboard.press("Enter")
    expect(field).to_have_value("@tomo_perp ")


def test_comments_suggest_as_well(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/latest/")
    page.locator("article[data-post] a", has=page.locator("time")).first.click()
    page.wait_for_url(re.compile("/p/"))
    field = page.locator("form[data-comment-form] textarea")
    field.press_sequentially("@tomo", delay=30)
    _options(page)
    page.keyboard.press("Enter")
    expect(field).to_have_value("@tomo_perp ")


def test_one_follows_a_topic(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/topic/options/")
    button = page.locator(".head form.follow button")
    before = button.get_attribute("aria-pressed")
    with page.expect_response("**/topic/options/follow/"):
        button.click()
    expect(button).to_have_attribute("aria-pressed", "false" if before == "true" else "true")
    page.goto("/topics/")
    expect(page.locator("main a", has_text="#options")).to_have_count(0 if before == "true" else 1)
