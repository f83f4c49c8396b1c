"""What is said, found and kept in groups, and between people: one at 1440 pixels, the other at 390."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e import people, talk
from tests.e2e.conftest import Complaints, PageOf
from tests.e2e.talk import SLOWLY, act, press, row, say, told, waiting
from tests.waiting import until
from tools.planet import Planet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

FILLS: FilePayload = {"name": "fills.txt", "mimeType": "text/plain", "buffer": b"OKX 3 @ 207.5\n"}


def listed(page: Page, name: str) -> Locator:
    """A group in the list of whoever looks."""
    return page.locator("[data-rows] [data-row]", has_text=name)


def test_what_is_sent_in_a_group_reaches_the_other_is_found_again_and_kept_ones_own_way(
    page_of: PageOf, planet: Planet
) -> None:
    tag = uuid4().hex[:6]
    name, handle = f"Basis {tag}", f"talk_{tag}"
    owner, member = page_of("creator", 1440), page_of("reader", 390, "light")
    talk.found(owner, name, handle)
    day = said_before(planet, handle)
    member.goto(f"/g/{handle}/")
    press(member, "Join")
    owner.goto(f"/g/{handle}/")
    for page in (owner, member):
        people.live(page)
    what_a_message_carries(owner, member, handle)
    what_becomes_of_a_message(owner, member)
    what_is_new(owner, member, name, handle)
    ways_through(owner, day)
    how_one_keeps_it(member, name, handle)


SAID_BEFORE = """
WITH room AS (
    UPDATE groups_channel c SET last_number = 20, last_revision = 20, last_message_at = now() - interval '3 days'
      FROM groups_group g WHERE g.id = c.group_id AND g.handle = %s AND c.kind = 'text'
    RETURNING c.id, g.owner_id)
INSERT INTO groups_message (id, channel_id, number, revision, author_id, client_id, kind, text, mentioned, mentions_all,
                            mentions_admins, reactions, thread_count, created_at)
SELECT uuidv7(), room.id, n, n, room.owner_id, gen_random_uuid(), 'said', 'Said before, ' || n || '.', '[]', false,
       false, '{}', 0, now() - interval '3 days'
  FROM room, generate_series(1, 20) AS n
"""


def said_before(planet: Planet, handle: str) -> str:
    """Twenty messages of three days ago, in a group that nobody has opened yet; their day."""
    with psycopg.connect(planet.database_url) as database:
        assert database.execute(SAID_BEFORE, [handle]).rowcount == 20
    return (datetime.now(UTC) - timedelta(days=3)).date().isoformat()


def what_a_message_carries(owner: Page, member: Page, handle: str) -> None:
    """A picture, a file, a poll: each is there for the other at once, and the votes as they fall."""
    owner.locator("main [data-attach]").set_input_files([people.picture(), FILLS])
    expect(owner.locator("main [data-tray] figure")).to_have_count(2)
    say(owner, "The basis, and what was filled.")
    said = row(member, "The basis, and what was filled.")
    drawn = said.locator(".media img")
    drawn.scroll_into_view_if_needed()
    until(lambda: drawn.evaluate("image => image.complete && image.naturalWidth > 0"))
    assert member.request.get(said.locator(".filecard").get_attribute("href") or "").body() == FILLS["buffer"]

    owner.locator("main [data-send]").get_by_role("link", name="Poll").click()
    owner.locator("main textarea[name=question]").fill("Where is the basis on Friday?")
    owner.locator("main textarea[name=options]").fill("Above ten\nBelow ten")
    press(owner, "Start the poll")
    asked, mine = row(member, "Where is the basis on Friday?"), row(owner, "Where is the basis on Friday?")
    asked.locator(".vopt", has_text="Below ten").click()
    expect(asked.locator(".vopt", has_text="Below ten")).to_have_attribute("aria-pressed", "true")
    expect(mine.locator(".vopt", has_text="Below ten").locator("i")).to_have_text("1")
    mine.locator(".vopt", has_text="Above ten").click()
    expect(asked.locator(".ballot")).to_contain_text("2 votes")
    expect(asked.locator(".vopt", has_text="Below ten")).to_have_attribute("aria-pressed", "true")
    owner.goto(f"/g/{handle}/")
    people.live(owner)


def what_becomes_of_a_message(owner: Page, member: Page) -> None:
    """Reactions, a quote, an edit, a deletion, pins that are leafed through, a message said elsewhere as well."""
    owner.locator("main [data-send] textarea").press_sequentially("Is")
    expect(member.locator("main [data-typing]")).to_have_text("Ines Varga is typing")
    say(owner, "Is the leg filled?")
    expect(member.locator("main [data-typing]")).to_have_text("")
    one = row(member, "Is the leg filled?")
    one.locator("a.at").focus()
    one.locator('[data-act="react"]').first.click()
    theirs = row(owner, "Is the leg filled?")
    expect(theirs.locator(".rx b")).to_have_text("1")
    theirs.locator(".rx button").click()
    expect(one.locator(".rx b")).to_have_text("2")

    act(member, "Is the leg filled?", "reply")
    say(member, "Two thirds of it.")
    expect(row(owner, "Two thirds of it.").locator(".rq")).to_contain_text("Is the leg filled?")
    act(member, "Two thirds of it.", "edit")
    say(member, "All of it, at 207.")  # and what is said while that is saved is a message of its own
    say(member, "Written meanwhile.")
    expect(row(owner, "Written meanwhile.")).to_be_visible()
    expect(row(owner, "All of it, at 207.").locator(".ed")).to_have_text("edited")
    say(member, "Said too soon.")
    expect(row(owner, "Said too soon.")).to_be_visible()
    act(member, "Said too soon.", "delete")
    member.locator("dialog.ask button[value=yes]").click()
    expect(owner.locator("main [data-messages] .txt.gone")).to_have_text("Message deleted")

    for text in ("Is the leg filled?", "All of it, at 207."):
        act(owner, text, "pin")
        expect(member.locator(".pinbar")).to_contain_text(text, timeout=SLOWLY)
    bar = member.locator(".pinbar")
    expect(bar.locator("[data-pin-place]")).to_have_text("1 of 2")
    bar.click()
    expect(row(member, "All of it, at 207.")).to_be_in_viewport()
    expect(bar.locator("[data-pin-place]")).to_have_text("2 of 2")
    expect(bar.locator("[data-pin]:visible")).to_have_text("Is the leg filled?")

    act(member, "All of it, at 207.", "forward")
    member.locator("#dialog .targets button", has_text="Basis & Funding").first.click()
    told(member, "Forwarded")
    expect(member.locator("#dialog")).to_be_hidden()


def what_is_new(owner: Page, member: Page, name: str, handle: str) -> None:
    """What is said while one is away stands below a line; and one may have it unread again."""
    member.goto("/groups/")
    people.live(member)
    for text in ("While you were away.", "And once more, @jonah."):
        say(owner, text)
        expect(row(owner, text)).to_be_visible()
    mine = listed(member, name)
    expect(mine).to_contain_text("And once more", timeout=20_000)  # told once a second, and what came between later
    expect(mine.locator("[data-unread-count]")).to_have_text("2")
    expect(mine.locator("[data-mentions]")).to_be_visible(timeout=SLOWLY)
    mine.click()
    line = member.locator("main [data-unread-line]")
    expect(line).to_have_count(1)
    expect(line.locator("xpath=following-sibling::article[1]")).to_contain_text("While you were away.")
    people.live(member)
    with member.expect_response(lambda answer: answer.url.endswith("/read/")):
        act(member, "And once more", "unread")
    told(member, "Unread from here.")
    member.goto("/groups/")
    expect(listed(member, name).locator("[data-unread-count]")).to_have_text("1")
    member.goto(f"/g/{handle}/")
    expect(member.locator("main [data-unread-line]")).to_have_count(1)


def ways_through(owner: Page, day: str) -> None:
    """Search beside the conversation, a day in the past, and back to the end."""
    owner.locator("main [data-open-search]").click()
    found = owner.locator("[data-panel] .chatsearch")
    found.locator("input[type=search]").fill("fill 207 from:jonah")
    expect(found.locator("[data-list] .crow")).to_have_count(0)
    found.locator("input[type=search]").fill("207 from:jonah")
    expect(found.locator("[data-list] .crow")).to_have_count(1)
    found.locator("[data-list] .crow").click()
    expect(row(owner, "All of it, at 207.")).to_be_in_viewport()

    owner.get_by_role("button", name="Go to…").click()
    owner.locator("#jump-date").fill(day)
    owner.locator("#jump-menu [data-jump-date] button").click()
    expect(row(owner, "Said before, 1.")).to_be_in_viewport()
    expect(owner.locator(f"main [data-day='{day}']")).to_be_in_viewport()
    owner.locator("main [data-to-end]").click()
    expect(owner.locator("main [data-messages] > article.msg").last).to_be_in_viewport()
    expect(owner.locator("main [data-to-end]")).to_be_hidden()


def how_one_keeps_it(member: Page, name: str, handle: str) -> None:
    """Muted, in a folder, put away, brought back, on top: for oneself alone."""
    member.goto(f"/g/{handle}/about/")
    member.locator("main .da").get_by_text("Every message").click()
    member.locator("#dialog").get_by_role("button", name="For an hour").click()
    expect(member.locator("main")).to_contain_text("Mentions still reach you.")
    folder = f"Desk {handle[-6:]}"
    member.locator("main input[name=folder]").fill(folder)
    press(member, "Save")
    expect(member.locator("main")).to_contain_text(folder)
    kept = member.url
    press(member, "Archive")
    told(member, "Saved")
    member.goto("/groups/")
    expect(listed(member, name)).to_have_count(0)
    member.locator("nav.chips").get_by_role("link", name="Archived").click()
    expect(listed(member, name).locator("[aria-label=Muted], [title=Muted]")).to_have_count(1)
    member.goto(kept)
    press(member, "Pin to the top")
    told(member, "Saved")
    member.goto("/groups/")
    expect(listed(member, name)).to_have_attribute("data-pinned", "")
    member.locator("nav.chips").get_by_role("link", name=folder).click()
    expect(member.locator("[data-rows] [data-row]")).to_have_count(1)


# --- between people ---------------------------------------------------------------------------------------------------


def test_nobody_is_drawn_into_a_conversation(page_of: PageOf, complaints: Complaints) -> None:
    complaints.expect("status of 403")  # what is written after a block
    complaints.expect("status of 422")  # a fourth message before an answer
    handle = f"vera_{uuid4().hex[:6]}"
    writer, vera = page_of("creator", 1440), page_of("", 390, "light")
    people.sign_up(vera, f"{handle}@example.com", handle)
    between_two = a_request_is_accepted(writer, vera, handle)
    a_small_one_is_declined(writer, vera, handle)
    a_block_ends_it(writer, vera, between_two)


def a_request_is_accepted(writer: Page, vera: Page, handle: str) -> str:
    """Three messages and no more until there is a yes; then both talk. Where they do."""
    vera.goto("/groups/")
    people.live(vera)
    writer.goto(f"/@{handle}/")
    writer.locator("main [popovertarget=profile-menu]").click()
    writer.locator("#profile-menu").get_by_text(f"Message @{handle}").click()
    writer.locator("main textarea[name=text]").fill("Your note on funding: may I quote it?")
    press(writer, "Send")
    people.live(writer)
    for text in ("With your name.", "On Friday."):
        say(writer, text)
        expect(row(writer, text)).to_be_visible()
    say(writer, "Hello?")
    held = waiting(writer, "Hello?")
    expect(held.locator(".outst")).to_contain_text("nobody has accepted your request yet")
    held.get_by_role("button", name="Discard").click()

    vera.reload()
    vera.locator("[data-rows] a", has_text="Message requests").click()
    request = vera.locator("main [data-list] article")
    expect(request).to_have_count(1)
    expect(request).to_contain_text("Your note on funding: may I quote it?")
    request.get_by_role("button", name="Accept").click()
    people.live(vera)
    expect(row(vera, "On Friday.")).to_be_visible()
    say(vera, "Gladly.")
    expect(row(writer, "Gladly.")).to_be_visible()
    say(writer, "Thank you.")
    expect(row(vera, "Thank you.")).to_be_visible()
    return writer.url


def a_small_one_is_declined(writer: Page, vera: Page, handle: str) -> None:
    """A conversation of a few: a no is told to nobody, and holds when one is asked again."""
    writer.goto("/messages/new/")
    writer.locator("main input[name=people]").fill(f"@{handle}, @jonah")
    writer.locator("main input[name=name]").fill("Quotes")
    writer.locator("main textarea[name=text]").fill("The three of us, on Friday.")
    press(writer, "Send")
    expect(row(writer, "The three of us, on Friday.")).to_be_visible()
    vera.goto("/messages/requests/")
    request = vera.locator("main [data-list] article")
    expect(request).to_contain_text("3 people · Quotes")
    request.get_by_role("button", name="Decline").click()
    told(vera, "Declined. Nobody is told.")
    expect(request).to_have_count(0)
    writer.goto(f"{writer.url.rstrip('/')}/about/")
    writer.locator("main input[name=people]").fill(f"@{handle}")
    press(writer, "Ask")
    told(writer, "Saved")
    vera.reload()
    expect(request).to_have_count(0)


def a_block_ends_it(writer: Page, vera: Page, between_two: str) -> None:
    """Neither writes to the other any more, and the page says so."""
    writer.goto(between_two)
    vera.goto("/@ines/")
    vera.locator("main [popovertarget=profile-menu]").click()
    vera.locator("#profile-menu").get_by_text("Block @ines").click()
    vera.locator("dialog.ask button[value=yes]").click()
    told(vera, "blocked")
    say(writer, "One more thing.")
    expect(waiting(writer, "One more thing.").locator(".outst")).to_contain_text("You cannot write to each other.")
    for page in (writer, vera):
        page.goto(between_two)
        expect(page.locator("main .nowrite")).to_have_text("You cannot write to each other.")
