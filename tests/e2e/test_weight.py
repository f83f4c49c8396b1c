"""What a first visit costs, and that nothing jumps while it loads (the budgets of UI.md)."""

import gzip
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Response

from tests.e2e.conftest import PageOf
from tools.pages import address

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

KB = 1000
BUDGETS = {"document": 40 * KB, "stylesheet": 30 * KB, "script": 60 * KB, "font": 60 * KB}
_SHIFTS = """
    window.__shifts = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) {
                const what = (entry.sources || []).map(source => source.node?.outerHTML?.slice(0, 160));
                window.__shifts.push([entry.value, what]);
            }
        }
    }).observe({type: 'layout-shift', buffered: true});
"""


@dataclass
class Weight:
    """Bytes over the wire by kind of resource."""

    responses: list[Response] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note everything that this tab receives."""
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        self.responses.append(response)

    def of(self, kind: str) -> int:
        """The compressed size of every response of this kind. Pages are compressed by the proxy, so here we do it."""
        total = 0
        for response in self.responses:
            if response.request.resource_type == kind and response.status == 200:
                size = response.request.sizes()["responseBodySize"]
                total += len(gzip.compress(response.body(), 6)) if kind == "document" else size
        return total


def _path(page: Page, path: str) -> str:
    return address(page, path)


@pytest.mark.parametrize("path", ["/", "/latest/", "/@ines/", "{post}"])
def test_a_first_visit_keeps_the_budgets(page_of: PageOf, path: str) -> None:
    found = _path(page_of("reader", 390), path)
    page = page_of("reader", 390)
    weight = Weight()
    weight.watch(page)
    page.goto(found)
    page.wait_for_load_state("networkidle")
    measured = {kind: weight.of(kind) for kind in BUDGETS}
    assert measured["document"] > 0
    assert measured["stylesheet"] > 0
    over = {kind: size for kind, size in measured.items() if size > BUDGETS[kind]}
    assert not over, f"over the budget: {over} (measured {measured})"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["/", "/@ines/", "{post}"])
def test_nothing_jumps_while_a_page_loads_and_is_read(page_of: PageOf, path: str, width: int) -> None:
    found = _path(page_of("reader", width), path)
    page = page_of("reader", width)
    page.add_init_script(_SHIFTS)
    page.goto(found)
    page.wait_for_load_state("networkidle")
    for _ in range(4):
        page.mouse.wheel(0, 700)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.__shifts")
    assert sum(value for value, _ in shifts) == pytest.approx(0, abs=0.001), shifts


def test_files_that_never_change_are_kept_for_good(page_of: PageOf) -> None:
    page = page_of("reader")
    weight = Weight()
    weight.watch(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    files = [r for r in weight.responses if "/static/" in r.url or "/media/" in r.url]
    assert len(files) > 10
    for response in files:
        assert "immutable" in response.headers.get("cache-control", ""), response.url


def test_files_travel_compressed(page_of: PageOf) -> None:
    page = page_of("reader")
    weight = Weight()
    weight.watch(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    for response in weight.responses:
        text = response.request.resource_type in ("stylesheet", "script")
        if text and response.request.sizes()["responseBodySize"] > 1500:
            assert response.headers.get("content-encoding") in ("br", "gzip", "zstd"), response.url
