"""The site without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PageOf

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def _focused(page: Page, attribute: str) -> str | None:
    found: str | None = page.evaluate(
        "name => document.activeElement.closest('article[data-post]')?.getAttribute(name)", attribute
    )
    return found


def test_j_and_k_walk_the_posts_and_o_opens_one(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/")
    ids = [card.get_attribute("data-post") for card in page.locator("article[data-post]").all()]
    page.keyboard.press("j")
    assert _focused(page, "data-post") == ids[0]
    page.keyboard.press("j")
    assert _focused(page, "data-post") == ids[1]
    page.keyboard.press("k")
    assert _focused(page, "data-post") == ids[0]
    page.keyboard.press("o")
    page.wait_for_url(re.compile(rf"/p/{ids[0]}/"))


def test_l_likes_the_post_that_has_the_focus(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/@moss_and_co/")
    like = page.locator("article[data-post]").first.locator("[data-react=like]")
    before = like.get_attribute("aria-pressed")
    page.keyboard.press("j")
    page.keyboard.press("l")
    expect(like).to_have_attribute("aria-pressed", "false" if before == "true" else "true")


def test_g_h_goes_home_and_a_question_mark_lists_the_keys(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/settings/")
    page.keyboard.press("?")
    dialog = page.locator("dialog#keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.type("gh")  # at once: the focus may still be in the dialog that has closed
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))


def test_letters_typed_into_a_field_stay_letters(page_of: PageOf) -> None:
    page = page_of("creator")
    page.goto("/post/")
    field = page.locator("main form[data-composer] textarea[name=text]")
    field.click()
    page.keyboard.type("jjkl gh?")
    assert field.input_value() == "jjkl gh?"
    assert "/post/" in page.url


def test_the_first_tab_stop_skips_to_the_content(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_menu_opens_closes_and_gives_the_focus_back(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/")
    opener = page.locator("article[data-post] [data-menu=more]").first
    opener.focus()
    page.keyboard.press("Enter")
    menu = page.locator("[popover]:popover-open")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(opener).to_be_focused()


def test_every_control_of_a_card_can_be_reached_and_shows_its_focus(page_of: PageOf) -> None:
    page = page_of("reader")
    page.goto("/@ines/")
    first = page.locator("article[data-post]").first
    page.keyboard.press("j")
    reached: set[str] = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        if not first.evaluate("card => card.contains(document.activeElement)"):
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")[:200]
        reached.add(page.evaluate("document.activeElement.dataset.react || document.activeElement.className"))
    assert {"like", "bookmark"} <= reached
