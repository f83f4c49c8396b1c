"""axe-core finds nothing on any page, in both themes, on a phone and on a desk; and nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Complaints, PageOf
from tools.pages import GUEST, PLACES, Place, address

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

ROLES = {GUEST: ""}


def _open(page: Page, place: Place) -> None:
    answer = page.goto(address(page, place.path))
    assert answer is not None
    assert answer.status == place.status
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_no_violation(page_of: PageOf, complaints: Complaints, place: Place, width: int, theme: str) -> None:
    if place.status >= 400:
        complaints.expect(f"status of {place.status}")
    page = page_of(ROLES.get(place.role, place.role), width, theme)
    _open(page, place)
    results = Axe().run(page)
    told = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(f"{node['target']} {node['html'][:200]}" for node in violation["nodes"][:4])
        for violation in results.response["violations"]
    ]
    assert not told, "\n".join(told)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"the page scrolls sideways by {overflow} px"


@pytest.mark.parametrize("opener", ["[data-menu=more]", "[data-menu=repost]"])
def test_axe_finds_nothing_in_an_open_menu(page_of: PageOf, opener: str) -> None:
    page = page_of("reader", 390)
    page.goto("/")
    page.locator(f"article[data-post] {opener}").first.click()
    page.locator("[popover]:popover-open").wait_for()
    results = Axe().run(page)
    assert not results.response["violations"], results.generate_report()
