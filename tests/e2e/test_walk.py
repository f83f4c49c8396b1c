"""Two days of a writer: an article goes through a crash, a restart and a second device, and out at its time, once."""

import os
import re
import signal
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.conftest import Complaints, PageOf
from tests.waiting import until
from tools.planet import Planet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SAVED = "Saved in drafts"
# A picture as a clipboard or another window hands it over: painted here, so that it is a real one.
HAND_OVER = """async ([how, colour]) => {
    const canvas = new OffscreenCanvas(480, 270);
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 480, 270);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const data = new DataTransfer();
    data.items.add(new File([blob], "chart.png", { type: "image/png" }));
    const area = document.querySelector("[name=body]");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    const options = { bubbles: true, cancelable: true };
    area.dispatchEvent(how === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, ...options })
        : new DragEvent("drop", { dataTransfer: data, ...options }));
}"""
PICTURE = re.compile(r"!\[\]\(picture/[0-9a-f]{2}/[0-9a-f]{32}-480x270\)")


def chapter(number: int, mark: str) -> str:
    """Five hundred words under a heading; the last one is told apart."""
    words = ["funding", "basis", "carry", "spread", "depth", "open", "interest", "paid", "the", "patient"]
    text = "\n\n".join(" ".join(words * 10) + "." for _ in range(5))
    return f"## Chapter {number}\n\n{text[:-1]} {mark}-{number}.\n\n"


class Desk:
    """A person at the editor of articles, in one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form: Locator = page.locator("main form[data-article-editor]")
        self.body: Locator = page.locator("[name=body]")

    def add(self, text: str) -> None:
        """Write on at the end, in one breath."""
        self.body.evaluate("area => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); }")
        self.page.keyboard.insert_text(text)

    def hand_over(self, how: str, colour: str, pictures: int) -> None:
        """Paste or drop a picture at the end; it is the so-many-eth."""
        self.page.evaluate(HAND_OVER, [how, colour])
        expect(self.body).to_have_value(re.compile(rf"({PICTURE.pattern}.*){{{pictures}}}", re.DOTALL))

    def idea(self, symbol: str, *, long: bool) -> None:
        """Add a trade idea around the price of now, and place it where the text ends."""
        beds = self.form.locator("[data-bed=idea]")
        count = beds.count()
        self.form.locator("[popovertarget^=blocks-]").click()
        self.form.locator("[data-add-block=idea]").click()
        expect(beds).to_have_count(count + 1)
        bed = beds.last
        bed.locator("[data-field=symbol]").fill(symbol)
        bed.locator("[data-field=symbol]").dispatch_event("change")
        expect(bed.locator("[data-price-now]")).to_contain_text(symbol)
        said = bed.locator("[data-price-now]").inner_text().replace(",", "")
        price = float(re.search(r"[0-9]+(\.[0-9]+)?", said.partition(" is at ")[2])[0])  # type: ignore[index]
        bed.locator("[data-field=side]").select_option("long" if long else "short")
        bed.locator("[data-field=entry]").fill(f"{price:.2f}")
        bed.locator("[data-field=stop]").fill(f"{price * (0.9 if long else 1.1):.2f}")
        bed.locator("[data-field=targets]").first.fill(f"{price * (1.2 if long else 0.8):.2f}")
        self.body.evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
        bed.locator("[data-place-bed]").click()

    def saved(self) -> None:
        """Wait until the server has it all, as it says."""
        expect(self.form.locator("[data-saved]")).to_have_text(SAVED, timeout=30_000)


def crash(page: Page) -> None:
    """The tab's process dies as in an accident: no event, no farewell."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=5_000)
    page.close()


def keep_own(desk: Desk, text: str, *, sees: str) -> None:
    """Write on in a draft that another device has changed, look at both, and keep what stands here."""
    desk.add(text)
    dialog = desk.page.locator("dialog:has([data-conflict])")
    expect(dialog).to_contain_text(sees)
    dialog.locator("[data-keep=mine]").click()
    expect(dialog).to_have_count(0)
    desk.saved()


def test_a_long_article_survives_a_crash_a_restart_and_a_second_device_and_goes_out_once(
    page_of: PageOf, planet: Planet, complaints: Complaints
) -> None:
    for part in ("409", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "WebSocket"):
        complaints.expect(part)
    complaints.expect("Transition was aborted")  # between two pages, of which the browser or the server dies
    mark = f"walk{uuid.uuid4().hex[:12]}"
    title = f"Two days with {mark}"
    page = page_of("creator", 1440)
    desk = Desk(page)
    page.goto("/post/article/")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Summary").fill("What two days of negative funding bought.")
    desk.add("".join(chapter(number, mark) for number in (1, 2)))
    desk.hand_over("paste", "#7c6cff", 1)
    desk.idea("SOL", long=True)
    desk.saved()

    # The first evening: the browser dies after words that no server has seen.
    page.route("**/save/", lambda _route: None)
    with page.expect_request("**/save/") as on_its_way:  # and it will never arrive
        desk.add(chapter(3, mark))
    draft = re.search(r"/drafts/([0-9a-f-]{36})/save/", on_its_way.value.url)
    assert draft
    crash(page)
    page = page.context.new_page()
    desk = Desk(page)
    page.goto(f"/drafts/{draft[1]}/")
    assert f"{mark}-3" not in desk.body.input_value()
    offer = desk.form.locator("[data-recover]")
    expect(offer).to_contain_text(title)
    offer.get_by_role("button", name="Write on").click()
    expect(desk.body).to_have_value(re.compile(f"{mark}-3"))
    desk.saved()

    # The server goes away while somebody writes, and comes back: the page says both.
    killed = planet.pid("granian")
    page.route("**/save/", lambda route: route.abort("connectionrefused"))  # it may be back before this is sent
    os.kill(killed, signal.SIGKILL)
    desk.add(chapter(4, mark))
    expect(desk.form.locator("[data-saved]")).to_have_text("Kept on this device.")
    page.unroute("**/save/")
    desk.saved()
    assert planet.pid("granian") != killed
    desk.hand_over("drop", "#17b978", 2)
    desk.saved()

    # The second day, on another device: everything is there, and it goes on.
    phone_page = page_of("creator", 390, "light")
    phone = Desk(phone_page)
    phone_page.goto(f"/drafts/?q={mark}")
    phone_page.locator(".draft h2 a").click()
    for number in (1, 2, 3, 4):
        expect(phone.body).to_have_value(re.compile(f"{mark}-{number}\\."))
    expect(phone.form.locator("[data-bed=idea]")).to_have_count(1)
    phone.add(chapter(5, mark))
    phone.saved()

    # The first device has diverged, is shown both, and takes the other's words.
    desk.add(f"Half a thought {mark}")
    dialog = page.locator("dialog:has([data-conflict])")
    expect(dialog).to_contain_text(f"Half a thought {mark}")
    dialog.locator("[data-keep=theirs]").click()
    expect(desk.body).to_have_value(re.compile(f"{mark}-5"))
    assert f"Half a thought {mark}" not in desk.body.input_value()
    # And each may keep its own: the phone insists, then the desk does.
    desk.add(chapter(6, mark))
    desk.idea("ETH", long=False)
    desk.saved()
    keep_own(phone, "An old thought", sees=f"{mark}-6")
    keep_own(desk, f"\n\nThe last word is {mark}.", sees="An old thought")

    # It goes out at its time, once, with all that is in it.
    desk.form.locator("[data-schedule-it]").click()
    moment = page.locator("#dialog form[data-schedule]")
    at = datetime.now(UTC) + timedelta(seconds=75)  # a whole minute, with time to press the button
    moment.locator("input[name=at]").fill(at.strftime("%Y-%m-%dT%H:%M"))
    moment.locator("input[name=zone]").fill("UTC")
    moment.get_by_role("button", name="Schedule").click()
    page.wait_for_url(re.compile("tab=scheduled"))
    expect(page.locator(".draft", has_text=title)).to_be_visible()
    reader = page_of("reader", 390)
    profile = "/@ines/"
    card = reader.locator("article[data-post]", has_text=title)

    def out() -> bool:
        reader.goto(profile)
        return card.count() > 0

    until(out, within=120, every=2)
    expect(card).to_have_count(1)
    card.locator(f"a:has-text('{title}')").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)
    prose = reader.locator(".prose")
    for number in range(1, 7):
        expect(prose).to_contain_text(f"{mark}-{number}.")
    expect(prose).to_contain_text(f"The last word is {mark}.")
    expect(prose).not_to_contain_text("An old thought")
    assert len(prose.inner_text().split()) >= 3000
    expect(prose.locator("figure img")).to_have_count(2)
    expect(reader.locator(".prose [data-block], .prose .idea")).to_have_count(2)
    page.goto(f"/drafts/?q={mark}")
    expect(page.locator(".draft")).to_have_count(0)
    page.goto(f"/drafts/?tab=scheduled&q={mark}")
    expect(page.locator(".draft")).to_have_count(0)
