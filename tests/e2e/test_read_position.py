"""Where one was in a feed."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PageOf

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
_TOP = """() => {
  const top = [...document.querySelectorAll("[data-item]")].find((card) => card.getBoundingClientRect().bottom > 110);
  return [top.dataset.item, Math.round(top.getBoundingClientRect().top / 4)];
}"""


def _read_on(page: Page) -> list[object]:
    """Scroll past several cards, so that each is drawn once; which card stands on top then, and where."""
    cards = page.locator("[data-feed] > [data-item]")
    for number in range(10):
        cards.nth(number).scroll_into_view_if_needed()
    page.evaluate("scrollBy({ top: 150, behavior: 'instant' })")
    return list(page.evaluate(_TOP))


def test_back_from_elsewhere_the_same_card_stands_where_it_stood(page_of: PageOf) -> None:
    page = page_of("reader", 390)
    page.goto("/following/")
    before = _read_on(page)
    page.goto("/bookmarks/")
    page.go_back()
    expect(page.locator(f'[data-item="{before[0]}"]')).to_be_in_viewport()
    page.wait_for_function(
        f"([item, at]) => {{ const now = ({_TOP})(); return now[0] === item && now[1] === at; }}", arg=before
    )


def test_another_visit_offers_to_go_on_where_one_was(page_of: PageOf) -> None:
    page = page_of("reader", 390)
    page.goto("/following/")
    item, _ = _read_on(page)
    page.goto("/bookmarks/")
    page.goto("/following/")
    page.locator("[data-resume]").click()
    expect(page.locator(f'[data-item="{item}"]')).to_be_in_viewport()
