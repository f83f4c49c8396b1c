"""Reading and writing work in a browser that runs no script."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Complaints, PageOf

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def _ids(page: Page) -> list[str]:
    return [card.get_attribute("data-post") or "" for card in page.locator("article[data-post]").all()]


@pytest.mark.parametrize("path", ["/latest/", "/@ines/", "/asset/BTC/", "/search/?q=the", "/search/?q=the&tab=latest"])
def test_a_guest_reads_and_turns_pages(page_of: PageOf, path: str) -> None:
    page = page_of("", 390, java_script_enabled=False)
    page.goto(path)
    first = _ids(page)
    assert len(first) == 20
    page.locator("a[href*='after=']").first.click()
    page.wait_for_url(re.compile("after="))
    second = _ids(page)
    assert second
    assert not set(first) & set(second)
    page.go_back()
    assert _ids(page) == first


def test_a_creator_posts_and_a_reader_likes_bookmarks_and_comments(page_of: PageOf) -> None:
    tag = uuid4().hex[:6]
    creator = page_of("creator", java_script_enabled=False)
    creator.goto("/post/")
    creator.locator("main form[data-composer] textarea[name=text]").fill(f"Written without a script. {tag} $ETH")
    creator.locator("main form[data-composer] .tools button.pri").click()
    expect(creator.locator("article[data-post]", has_text=tag).first).to_be_visible()

    reader = page_of("reader", java_script_enabled=False)
    reader.goto("/asset/ETH/")
    reader.locator("article[data-post]", has_text=tag).locator("a", has=reader.locator("time")).first.click()
    reader.wait_for_url(re.compile(r"/p/"))
    for mark in ("like", "bookmark"):
        reader.locator(f"[data-react={mark}]").first.click()
        expect(reader.locator(f"[data-react={mark}]").first).to_have_attribute("aria-pressed", "true")
    form = reader.locator("form[data-comment-form]")
    form.locator("textarea").fill(f"Answered without one, too. {tag}")
    form.locator(".tools button.pri").click()
    expect(reader.locator("article[data-comment]", has_text=tag)).to_have_count(1)
    reader.goto("/bookmarks/")
    expect(reader.locator("article[data-post]", has_text=tag)).to_have_count(1)


def test_following_works_as_a_plain_form(page_of: PageOf) -> None:
    page = page_of("reader", 390, java_script_enabled=False)
    page.goto("/@kestrel/")
    button = page.locator("main form.follow button").first
    before = button.get_attribute("aria-pressed")
    button.click()
    after = page.locator("main form.follow button").first.get_attribute("aria-pressed")
    assert {before, after} == {"true", "false"}
    page.locator("main form.follow button").first.click()


def test_an_empty_post_says_so_and_keeps_nothing(page_of: PageOf, complaints: Complaints) -> None:
    complaints.expect("status of 422")
    page = page_of("creator", 390, java_script_enabled=False)
    page.goto("/post/")
    # `required` is the browser's: a person without it must be told by the server.
    page.locator("main form[data-composer] textarea[name=text]").fill("   ")
    page.locator("main form[data-composer] .tools button.pri").click()
    expect(page.locator("main")).to_contain_text("Write something first.")
