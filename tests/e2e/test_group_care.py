"""Looking after a group in the browser: its owner at 1440 pixels, a member at 390, from the door to handing it over."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import people, talk
from tests.e2e.conftest import Complaints, PageOf
from tests.e2e.talk import SLOWLY, fold, press, row, say, told, waiting
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@dataclass
class Group:
    """A group, with its owner's browser and a member's."""

    handle: str
    owner: Page
    member: Page
    address: str = ""  # of the member's record

    @property
    def name(self) -> str:
        """What it is called: no other is."""
        return f"Desk {self.handle}"

    def open(self, page: Page, path: str = "") -> None:
        page.goto(f"/g/{self.handle}/{path}")

    def read(self, page: Page) -> None:
        """Open the conversation, and listen."""
        self.open(page)
        people.live(page)

    def record(self) -> None:
        """The owner opens the member's record; the first time from the list of members, looked up by name."""
        if self.address:
            self.owner.goto(self.address)
            return
        self.open(self.owner, "members/?q=tomo")
        rows = self.owner.locator("main [data-list] > .mrow")
        expect(rows).to_have_count(1)
        rows.get_by_label("What can be done about @tomo_perp").click()
        expect(self.owner.locator("main h1")).to_have_text("Tomo Ishida")
        self.address = self.owner.url

    def ask(self, answer: str) -> None:
        """The member asks to join, and answers both questions."""
        self.open(self.member)
        self.member.locator("main").get_by_role("link", name="Ask to join").click()
        boxes = self.member.locator("main form textarea")
        expect(boxes).to_have_count(2)
        boxes.first.fill(answer)
        boxes.last.fill("The March quarterly.")
        press(self.member, "Ask to join")
        told(self.member, "Your request is with the group.")


def test_a_private_group_is_looked_after_from_its_door_to_its_next_owner(
    page_of: PageOf, second_creator: str, complaints: Complaints
) -> None:
    for status in (403, 404, 410, 422, 429):  # refusals, which the browser counts as errors of the page
        complaints.expect(f"status of {status}")
    group = Group(f"ward_{uuid4().hex[:8]}", page_of("creator", 1440), page_of(second_creator, 390, "light"))
    the_door(group)
    what_members_may(group)
    what_is_taken_from_one(group)
    out_and_in_again(group)
    what_was_done(group)
    the_next_owner(group)


def the_door(group: Group) -> None:
    """Entry questions, a request that is turned away with a reason, another that is let in."""
    owner, member = group.owner, group.member
    talk.found(owner, group.name, group.handle, visibility="private", admission="request")
    group.open(owner, "manage/joining/")
    owner.locator("main textarea[name=questions]").fill("What do you trade?\nWhich trade taught you most?")
    press(owner, "Save")
    told(owner, "Saved.")

    group.ask("Perps.")
    group.open(owner, "manage/requests/")
    asked = owner.locator("main article.req")
    expect(asked.locator("dl")).to_contain_text("Which trade taught you most?")
    expect(asked.locator("dl")).to_contain_text("The March quarterly.")
    asked.locator("input[name=reason]").fill("A little more, please.")
    asked.get_by_role("button", name="Decline").click()
    expect(asked).to_have_count(0)

    group.open(member)
    expect(member.locator("main")).to_contain_text("Your request was declined. “A little more, please.”")
    group.ask("Perps, against quarterlies, since 2021.")
    owner.reload()
    owner.locator("main article.req").get_by_role("button", name="Let in").click()
    expect(owner.locator("main article.req")).to_have_count(0)
    group.read(owner)
    group.read(member)


def what_members_may(group: Group) -> None:
    """Slow mode, freezing, a keyword that is stopped: each as it is felt by a member whose page is open."""
    owner, member = group.owner, group.member
    group.open(owner, "manage/conduct/")
    owner.locator("main select[name=slow_seconds]").select_option("5")
    press(owner, "Save")
    told(owner, "Saved.")
    say(member, "The first of two.")
    expect(row(member, "The first of two.")).to_be_visible()
    say(member, "The second of two.")
    expect(waiting(member, "The second of two.").locator(".outst")).to_contain_text("Slow mode")

    group.open(owner, "manage/automod/")
    owner.locator("main input[name=name]").fill("No giveaways")
    owner.locator("main textarea[name=words]").fill("airdrop*")
    press(owner, "Add the rule")
    expect(owner.locator("main .rows")).to_contain_text("No giveaways")
    expect(row(member, "The second of two.")).to_be_visible(timeout=SLOWLY)  # slow mode is over, and it went by itself

    group.open(owner, "manage/conduct/")
    owner.locator("main select[name=slow_seconds]").select_option("0")
    press(owner, "Save")
    told(owner, "Saved.")
    press(owner, "Freeze")
    told(owner, "Frozen: everybody only reads.")
    expect(member.locator("main .nowrite")).to_have_text("The group is frozen: everybody only reads.", timeout=SLOWLY)
    press(owner, "Open for writing")
    expect(member.locator("main [data-send]")).to_be_visible(timeout=SLOWLY)
    say(member, "Claim your airdrops here")
    stopped = waiting(member, "Claim your airdrops here")
    expect(stopped.locator(".outst")).to_contain_text("No giveaways", timeout=SLOWLY)
    stopped.get_by_role("button", name="Discard").click()
    expect(stopped).to_have_count(0)


def what_is_taken_from_one(group: Group) -> None:
    """A partial ban that ends by itself; a role with a single right, and a title; everything somebody said, at once."""
    owner, member = group.owner, group.member
    group.record()
    part = fold(owner, "Restrict")
    part.get_by_label("Send links").check()
    part.locator("select[name=span]").select_option("1")
    part.locator("input[name=reason]").fill("Referral links")
    part.get_by_role("button", name="Restrict").click()
    note = owner.locator("main .note.warn", has_text="Restricted")
    expect(note).to_contain_text("until")
    expect(note).to_contain_text("Send links")
    say(member, "See https://example.com/fills")
    refused = waiting(member, "example.com")
    expect(refused.locator(".outst")).to_contain_text("You have no right to do this here.", timeout=SLOWLY)
    refused.get_by_role("button", name="Discard").click()
    note.get_by_role("button", name="Lift").click()
    told(owner, "The restriction is lifted.")

    group.open(owner, "manage/roles/new/")
    owner.locator("main input[name=name]").fill("Scout")
    owner.locator("main input[name=rank]").fill("50")
    owner.locator("main").get_by_label("Pin messages").check()
    press(owner, "Save")
    expect(owner.locator("main .rows .row", has_text="Scout")).to_contain_text("Pin messages")
    talking = member.locator("main [data-conversation]")
    rights = talking.get_attribute("data-rights") or ""
    group.record()
    part = fold(owner, "Role and title")
    part.locator("select[name=role]").select_option(label="Scout")
    part.locator("input[name=title]").fill("Night desk")
    part.get_by_role("button", name="Save").click()
    told(owner, "Saved.")
    group.read(owner)
    say(owner, "Fills go in the thread.")
    expect(talking).not_to_have_attribute("data-rights", rights, timeout=SLOWLY)
    menu = talk.menu_of(member, "Fills go in the thread.")
    expect(menu.locator('[data-act="delete"]')).to_be_hidden()
    menu.locator('[data-act="pin"]').click()
    expect(owner.locator(".pinbar")).to_contain_text("Fills go in the thread.", timeout=SLOWLY)
    say(member, "Noted, all of it.")
    expect(row(owner, "Noted, all of it.").locator(".role")).to_have_text("Night desk")

    group.record()
    part = fold(owner, "Delete all their messages")
    part.get_by_role("button", name="Delete all their messages").click()
    owner.locator("dialog.ask button[value=yes]").click()
    told(owner, re.compile(r"Deleted: 3\."))
    expect(member.locator("main [data-messages] .txt.gone")).to_have_count(3, timeout=SLOWLY)


def out_and_in_again(group: Group) -> None:
    """Removed while the conversation is open; back by a link for one; banned, unbanned, and asked for a yes."""
    owner, member = group.owner, group.member
    group.open(owner, "invite/")
    part = fold(owner, "New link")
    part.locator("input[name=name]").fill("Letter")
    part.locator("input[name=max_uses]").fill("1")
    part.get_by_role("button", name="Make the link").click()
    address = owner.get_by_label("The link's address").input_value()
    link = owner.url

    group.record()
    fold(owner, "Remove").get_by_role("button", name="Remove from the group").click()
    told(owner, "@tomo_perp is no longer in the group.")
    told(member, "You are no longer in this group.")
    expect(member.locator("main [data-send]")).to_have_count(0)

    member.goto(address)
    expect(member.locator("main")).to_contain_text("You follow a link of Ines Varga.")
    press(member, "Join")
    people.live(member)
    owner.goto(link)
    expect(owner.locator("main .facts")).to_contain_text("1 / 1 came")
    expect(owner.locator("main")).to_contain_text("Tomo Ishida")

    group.record()
    part = fold(owner, "Ban")
    part.locator("input[name=reason]").fill("Spam")
    part.get_by_role("button", name="Ban", exact=True).click()
    expect(owner.locator("main .note.bad")).to_contain_text(
        "Also under any other account of the same verified identity."
    )
    told(member, "You are no longer in this group.")
    member.goto(address)
    expect(member.locator("h1")).to_have_text("This invite link no longer works")

    group.open(owner, "manage/bans/")
    owner.locator("main .mrow", has_text="Tomo Ishida").get_by_role("button", name="Unban").click()
    told(owner, "@tomo_perp may come back.")
    group.open(owner, "invite/")
    owner.locator("main form .inline input[name=handle]").fill("@tomo_perp")
    press(owner, "Ask to come")
    told(owner, "@tomo_perp was asked to come.")
    member.goto("/groups/discover/")
    member.get_by_role("region", name="You are invited").get_by_role("link", name=group.name).click()
    expect(member.locator("main")).to_contain_text("Ines Varga asks you to come.")
    press(member, "Join")
    people.live(member)


def what_was_done(group: Group) -> None:
    """The recent actions: of a kind, and about somebody."""
    owner = group.owner
    group.open(owner, "manage/log/")
    entries = owner.locator("main [data-list]")
    for sentence in ("founded the group", "let Tomo Ishida in", "No giveaways", "made the role Scout"):
        expect(entries).to_contain_text(sentence)
    owner.locator("#log-kind").select_option("measures")
    owner.locator("#log-of").fill("@tomo_perp")
    press(owner, "Show")
    for sentence in ("restricted Tomo Ishida: Send links", "removed Tomo Ishida", "banned", "unbanned", "deleted all"):
        expect(entries).to_contain_text(sentence)
    expect(entries).not_to_contain_text("made the role")


def the_next_owner(group: Group) -> None:
    """Offered, accepted; and the next owner takes everything home."""
    owner, member = group.owner, group.member
    group.open(owner, "manage/owner/")
    owner.locator("main input[name=handle]").first.fill("tomo_perp")
    press(owner, "Offer")
    told(owner, "Offered. @tomo_perp has seven days to accept.")
    member.goto("/notifications/")
    member.locator("main a", has_text=group.name).first.click()
    press(member, "Take it over")
    told(member, "The group is yours.")
    group.open(owner, "manage/")
    expect(owner.locator("main .set a", has_text="Export")).to_have_count(0)

    group.open(member, "manage/export/")
    with member.expect_navigation():  # a page that is on its way to another cannot be loaded anew
        press(member, "Export the group")
    ready = member.locator("main").get_by_role("link", name="Download")

    def is_ready() -> bool:
        member.reload()
        return ready.count() > 0

    until(is_ready, within=60, every=0.5)
    answer = member.request.get(ready.get_attribute("href") or "")
    with zipfile.ZipFile(io.BytesIO(answer.body())) as archive:
        names = archive.namelist()
        assert {"group.json", "messages.jsonl", "members.jsonl"} <= set(names)
        said = [json.loads(line) for line in archive.read("messages.jsonl").splitlines()]
    assert "Fills go in the thread." in {one.get("text") for one in said}
    refused = owner.request.get(ready.get_attribute("href") or "")
    assert refused.status in {403, 404}
