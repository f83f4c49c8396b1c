"""Groups in the browser: at 1440 and 390 pixels people found, join, talk, lose the line and find all of it again."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.e2e import people
from tests.e2e.conftest import Complaints, PageOf
from tests.e2e.talk import act, found, row, say

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_two_people_found_join_and_talk_at_both_widths(page_of: PageOf, complaints: Complaints) -> None:
    tag = uuid4().hex[:8]
    owner, guest = page_of("creator", 1440), page_of("reader", 390, "light")

    # --- a group is founded; somebody sees its card, and joins
    found(owner, f"Basis {tag}", f"basis_{tag}")
    guest.goto(f"/g/basis_{tag}/")
    expect(guest.locator("main")).to_contain_text("Carry and funding.")
    guest.get_by_role("button", name="Join").click()
    owner.goto(f"/g/basis_{tag}/")
    guest.goto(f"/g/basis_{tag}/")
    for page in (owner, guest):
        people.live(page)

    # --- what one writes stands at once, and reaches the other; who is mentioned sees it
    say(owner, "Is the leg **filled**, @jonah?")
    expect(owner.locator("main .msg", has_text="Is the leg filled").last).to_be_visible()
    expect(row(guest, "Is the leg filled")).to_have_class(re.compile("tome"))
    expect(row(guest, "Is the leg filled").locator("strong")).to_have_text("filled")

    # --- an answer with its quote, a reaction on both sides
    act(guest, "Is the leg filled", "reply")
    say(guest, f"Two thirds of it. {tag}")
    answer = row(owner, f"Two thirds of it. {tag}")
    expect(answer.locator(".rq")).to_contain_text("Is the leg filled")
    answer.hover()
    answer.locator('[data-act="react"]').first.click()
    expect(answer.locator(".rx .mine b")).to_have_text("1")
    expect(row(guest, f"Two thirds of it. {tag}").locator(".rx b")).to_have_text("1")

    # --- an edit, a pin, a thread beside the conversation, a deletion: as they happen
    act(owner, "Is the leg filled", "edit")
    say(owner, "Is the OKX leg filled, @jonah?")
    expect(row(guest, "Is the OKX leg filled").locator(".ed")).to_be_visible()
    act(owner, "Is the OKX leg filled", "pin")
    expect(guest.locator(".pinbar")).to_contain_text("Is the OKX leg filled")
    act(owner, f"Two thirds of it. {tag}", "thread")
    panel = owner.locator("[data-panel] [data-conversation]")
    panel.locator("textarea").fill("At which price?")
    panel.get_by_role("button", name="Send").click()
    expect(panel.locator("article.msg", has_text="At which price?").last).to_be_visible()
    expect(row(guest, f"Two thirds of it. {tag}").locator(".thr")).to_contain_text("1 reply")
    act(guest, f"Two thirds of it. {tag}", "delete")
    guest.locator("dialog.ask button[value=yes]").click()
    expect(owner.locator("main [data-messages] .gone")).to_have_text("Message deleted")

    # --- a tunnel: what is written waits, outlives the page, and arrives once and in order
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    guest.context.set_offline(True)
    for number in (1, 2, 3):
        say(guest, f"Tunnel {number} {tag}")
    expect(guest.locator(".pendings .msg")).to_have_count(3)
    expect(guest.locator(".pendings .outst").first).to_have_text("Waiting for a connection")
    say(owner, f"Meanwhile {tag}")
    expect(row(owner, f"Meanwhile {tag}")).to_be_visible()
    guest.context.set_offline(False)
    guest.reload()
    expect(guest.locator(".pendings .msg")).to_have_count(0, timeout=30_000)
    expect(row(owner, f"Tunnel 3 {tag}")).to_be_visible()
    said = [f"Meanwhile {tag}", *(f"Tunnel {number} {tag}" for number in (1, 2, 3))]
    for page in (owner, guest):
        texts = page.locator("main [data-messages] > article.msg .txt").all_inner_texts()
        assert [text.strip() for text in texts if tag in text] == said

    # --- the list says what is new, and knows when it was read elsewhere
    other = owner.context.new_page()
    other.goto("/groups/")
    people.live(other)
    mine = other.locator("[data-row]", has_text=f"Basis {tag}")
    expect(mine.locator("[data-unread-count]")).to_be_hidden()
    owner.goto("/latest/")
    say(guest, f"One more {tag}")
    expect(mine).to_contain_text(f"One more {tag}")
    expect(mine.locator("[data-unread-count]")).to_have_text("1")
    owner.goto(f"/g/basis_{tag}/")
    expect(mine.locator("[data-unread-count]")).to_be_hidden()


def test_a_group_is_read_and_written_without_scripts(page_of: PageOf) -> None:
    tag = uuid4().hex[:8]
    owner = page_of("creator", 390, java_script_enabled=False)
    found(owner, f"Plain {tag}", f"plain_{tag}")
    owner.goto(f"/g/plain_{tag}/")
    say(owner, f"Written without a script. {tag}")
    written = row(owner, f"Written without a script. {tag}")
    expect(written).to_be_visible()
    written.locator("a.at").click()
    owner.get_by_role("link", name="Reply").click()
    expect(owner.locator("[data-context]")).to_contain_text("Written without a script.")
    say(owner, f"Answered without one, too. {tag}")
    expect(row(owner, "Answered without one, too.").locator(".rq")).to_be_visible()
    owner.goto("/groups/")
    owner.locator("[data-row]", has_text=f"Plain {tag}").click()
    expect(owner.locator("h1")).to_have_text(f"Plain {tag}")
