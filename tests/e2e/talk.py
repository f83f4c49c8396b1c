"""What people do in groups and conversations, in the words of the tests."""

import re

from playwright.sync_api import Locator, Page, expect

SLOWLY = 12_000  # milliseconds in which what is told to everybody at once has reached each of them


def found(page: Page, name: str, handle: str, *, visibility: str = "public", admission: str = "open") -> None:
    """Found a group; by default one that anybody may join."""
    page.goto("/groups/new/")
    page.locator("main input[name=name]").fill(name)
    page.locator("main input[name=handle]").fill(handle)
    page.locator("main textarea[name=about], main input[name=about]").fill("Carry and funding.")
    page.locator(f"main input[name=visibility][value={visibility}]").check()
    page.locator(f"main input[name=admission][value={admission}]").check()
    page.locator("main .submit button").click()
    page.wait_for_url(lambda url: "/groups/new/" not in url)


def say(page: Page, text: str) -> None:
    """Write in the conversation in the middle."""
    form = page.locator("main [data-send]")
    form.locator("textarea").fill(text)
    form.get_by_role("button", name="Send").click()


def row(page: Page, text: str) -> Locator:
    """The row that says this, once the server has it."""
    return page.locator("main [data-messages] > article.msg", has=page.locator(".txt", has_text=text)).last


def waiting(page: Page, text: str) -> Locator:
    """The row of one's own that says this and was not sent."""
    return page.locator("main .pendings .msg", has_text=text)


def menu_of(page: Page, text: str) -> Locator:
    """The menu of a row, opened."""
    one = row(page, text)
    one.locator("a.at").blur()  # a row that has the focus is told of it once; its tools may be elsewhere by now
    one.locator("a.at").focus()
    one.locator('[data-act="more"]').click()
    return page.locator("#act-menu")


def act(page: Page, text: str, name: str) -> None:
    """Open a row's menu and choose."""
    menu_of(page, text).locator(f'[data-act="{name}"]').click()


def press(page: Page, name: str) -> None:
    """Press a button of the page, and read what the next page says was done."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def told(page: Page, text: str | re.Pattern[str]) -> None:
    """A toast says so."""
    expect(page.locator("[data-toast]", has_text=text).first).to_be_visible()


def fold(page: Page, name: str) -> Locator:
    """A part of the page that is folded up; open from now on."""
    part = page.locator("main details.fold", has=page.locator("summary", has_text=name)).first
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    return part
