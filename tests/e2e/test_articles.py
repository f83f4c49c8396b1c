"""An article is written in a real browser: by keys and buttons, with a pasted picture, through a crash, and read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Complaints, PageOf

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

# A picture as a clipboard has it: painted here, so that it is a real one.
PASTE = """async () => {
    const canvas = new OffscreenCanvas(320, 200);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#7c6cff";
    pen.fillRect(0, 0, 320, 200);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const data = new DataTransfer();
    data.items.add(new File([blob], "chart.png", { type: "image/png" }));
    const area = document.querySelector("[name=body]");
    area.focus();
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def _write(page: Page, title: str) -> None:
    page.goto("/post/article/")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Summary").fill("What nineteen hours of negative funding bought.")
    body = page.locator("[name=body]")
    body.click()
    page.keyboard.type("On $SOL.\n\n## First\n\n- one\ntwo\n\nSome ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold words")
    expect(body).to_have_value("On $SOL.\n\n## First\n\n- one\n- two\n\nSome **bold words**")


def test_an_article_is_written_pasted_into_recovered_published_and_read(page_of: PageOf) -> None:
    page = page_of("creator", 1440)
    _write(page, "Funding pays the patient")
    body, preview = page.locator("[name=body]"), page.locator("[data-preview]")
    expect(preview.locator("strong")).to_have_text("bold words")
    expect(preview.locator("a.chip")).to_have_text("$SOL")
    page.keyboard.press("End")
    page.keyboard.press("Enter")  # right below words the picture would be part of their paragraph
    page.evaluate(PASTE)
    expect(body).to_have_value(re.compile(r"bold words\*\*\n\n!\[\]\(picture/[0-9a-f]{2}/[0-9a-f]{32}-320x200\)"))
    expect(preview.locator("figure img")).to_be_visible()
    expect(page.locator("[data-count-of-words]")).to_contain_text("words")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    kept = body.input_value()
    page.goto("about:blank")  # the browser went away
    page.goto("/drafts/")
    page.get_by_role("link", name=re.compile("Funding pays the patient")).first.click()
    expect(body).to_have_value(kept)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/p/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Funding pays the patient")
    expect(page.locator(".prose figure img")).to_be_visible()
    reader = page_of("reader", 390, "light")
    reader.goto(page.url)
    expect(reader.locator(".prose strong")).to_have_text("bold words")


def test_the_button_to_publish_stays_under_the_finger_when_saved_is_cleared(page_of: PageOf) -> None:
    page = page_of("creator", 390)
    page.goto("/post/article/")
    page.get_by_label("Title", exact=True).fill("Pressed with a thumb")
    button = page.locator(".w-foot button.pri")
    page.locator("[name=body]").fill("Words.")
    before = button.bounding_box()
    expect(page.locator("[data-saved]")).to_have_text("Saved in drafts")
    assert button.bounding_box() == before
    button.click()
    page.wait_for_url(re.compile("/p/"))


def test_a_megabyte_is_refused_and_stays_in_the_editor(page_of: PageOf, complaints: Complaints) -> None:
    for status in ("400", "413", "422"):
        complaints.expect(f"status of {status}")
    page = page_of("creator", 1440)
    page.goto("/post/article/")
    page.get_by_label("Title", exact=True).fill("Too much")
    body = page.locator("[name=body]")
    # As a paste: the text is there, and the page hears of it.
    body.evaluate("""area => {
        area.value = `${"pasted ".repeat(10)}\\n`.repeat(16_000);
        area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }""")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[data-errors] li")).to_be_visible(timeout=30_000)
    assert body.evaluate("area => area.value.length") == 71 * 16_000
    assert page.url.endswith("/post/article/")


def test_the_toolbar_is_one_stop_and_works_without_a_mouse(page_of: PageOf) -> None:
    page = page_of("creator", 390)
    _write(page, "By keys")
    tools = page.get_by_role("toolbar").get_by_role("button")
    tools.first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(tools.nth(3)).to_be_focused()
    assert tools.evaluate_all("all => all.filter(one => one.tabIndex === 0).length") == 1
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview] h2")).to_have_text("First")
    expect(page.locator("[name=body]")).to_be_hidden()


def test_writing_and_reading_need_no_javascript(page_of: PageOf) -> None:
    page = page_of("creator", 1440, java_script_enabled=False)
    page.goto("/post/article/")
    page.locator("[name=title]").fill("Plain words")
    page.locator("[name=body]").fill("## Plain\n\nNo script was run for this.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain words")
    expect(page.locator(".prose h2")).to_have_text("Plain")
