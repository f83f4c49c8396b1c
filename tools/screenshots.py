"""Pictures of every page, signed in and out, in three widths and both themes: `make screenshots`.

They go to var/screenshots/<page>-<width>-<theme>.png. Names may be given to make only some:
`python tools/screenshots.py home post --width 390 --theme dark`. With PLANET_RUNNING a Planet that is up is used.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page

from planet.config.demo import people
from tools.browser import THEMES, WIDTHS, Tabs, launched
from tools.pages import EMAILS, PLACES, Place, address
from tools.planet import ROOT, a_planet

# A picture is at most this high; feeds go on for ever.
TALLEST = 3200


def main() -> int:
    """Make them; 1 when a page answered with another status than it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="pages; all unless given")
    parser.add_argument("--width", type=int, action="append", choices=WIDTHS)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "screenshots")
    options = parser.parse_args()
    places = [place for place in PLACES if not options.names or place.name in options.names]
    options.to.mkdir(parents=True, exist_ok=True)
    wrong, count, began = [], 0, time.monotonic()
    with a_planet() as planet, launched() as browser:
        tabs = Tabs(browser, planet.url)
        for width in options.width or WIDTHS:
            for theme in options.theme or THEMES:
                for place, page in _visits(tabs, places, width, theme):
                    wrong += _shoot(page, place, options.to / f"{place.name}-{width}-{theme}.png")
                    count += 1
    print(f"{count} pictures in {options.to} ({time.monotonic() - began:.0f} s)")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def _visits(tabs: Tabs, places: list[Place], width: int, theme: str) -> Iterator[tuple[Place, Page]]:
    """A tab for each place; people keep theirs, so that files are fetched once."""
    for role in dict.fromkeys(place.role for place in places):
        with _tab(tabs, role, width, theme) as page:
            yield from ((place, page) for place in places if place.role == role)


@contextmanager
def _tab(tabs: Tabs, role: str, width: int, theme: str) -> Iterator[Page]:
    context = tabs.context(email=EMAILS.get(role, ""), password=people.PASSWORD, width=width, theme=theme)
    try:
        yield context.new_page()
    finally:
        context.close()


def _shoot(page: Page, place: Place, path: Path) -> list[str]:
    answer = page.goto(address(page, place.path))
    page.wait_for_load_state("networkidle")
    size = page.viewport_size or {"width": 1440, "height": 900}
    height = page.evaluate("document.documentElement.scrollHeight")
    # Pictures far down are lazy: come by once, so that they are there.
    for top in range(0, min(height, TALLEST), size["height"]):
        page.evaluate("top => scrollTo(0, top)", top)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    # As high as the page: what is fixed to the bottom stands at the bottom of the picture.
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, TALLEST))})
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size(size)
    if answer is None or answer.status != place.status:
        return [f"{place.path}: answered {answer.status if answer else 'nothing'}, expected {place.status}"]
    return []


if __name__ == "__main__":
    sys.exit(main())
