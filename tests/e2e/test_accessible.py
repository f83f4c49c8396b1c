"""axe-core finds nothing on any page, in both themes, on a phone and on a desk; and nothing scrolls sideways."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Complaints, PageOf
from tools.pages import GUEST, PLACES, Place, address

pytestmark = [pytest.mark.e2e, pytest.mark.pages, pytest.mark.timeout(120)]

ROLES = {GUEST: ""}
# What axe asks of colours; whatever else it asks is the same in both themes.
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# What is far below is not drawn, and keeps the colours of the theme before.
_DRAWN = """
    const all = new CSSStyleSheet();
    all.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(all);
"""
_SETTLED = """
    Promise.all(document.getAnimations()
        .filter(one => one instanceof CSSTransition)
        .map(one => one.finished.catch(() => {})))
"""


@pytest.fixture(scope="session")
def addresses() -> dict[str, str]:
    """Where the places are whose path has to be looked up."""
    return {}


def _open(page: Page, place: Place, addresses: dict[str, str]) -> None:
    if place.path not in addresses:
        addresses[place.path] = address(page, place.path)
    answer = page.goto(addresses[place.path])
    assert answer is not None
    assert answer.status == place.status
    page.wait_for_load_state("networkidle")


def _violations(page: Page, options: dict[str, Any] | None = None) -> str:
    """What axe has to say, a violation with its first places each."""
    return "\n".join(
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(f"{node['target']} {node['html'][:200]}" for node in violation["nodes"][:4])
        for violation in Axe().run(page, options=options).response["violations"]
    )


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_no_violation(
    page_of: PageOf, complaints: Complaints, place: Place, width: int, addresses: dict[str, str]
) -> None:
    if place.status >= 400:
        complaints.expect(f"status of {place.status}")
    page = page_of(ROLES.get(place.role, place.role), width, "dark")
    _open(page, place, addresses)
    assert not (told := _violations(page)), told
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"the page scrolls sideways by {overflow} px"
    page.emulate_media(color_scheme="light")
    page.evaluate(_DRAWN)
    page.evaluate(_SETTLED)
    assert not (told := _violations(page, COLOURS)), f"light: {told}"


@pytest.mark.parametrize("opener", ["[data-menu=more]", "[data-menu=repost]"])
def test_axe_finds_nothing_in_an_open_menu(page_of: PageOf, opener: str) -> None:
    page = page_of("reader", 390)
    page.goto("/")
    page.locator(f"article[data-post] {opener}").first.click()
    page.locator("[popover]:popover-open").wait_for()
    assert not (told := _violations(page)), told
