"""Chromium for the browser tests and the screenshots: found on this machine, headless, with a memory for sign-ins."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WIDTHS = (390, 820, 1440)
HEIGHTS = {390: 844, 820: 1180, 1440: 900}
THEMES = ("dark", "light")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"]


class NoChromium(RuntimeError):
    """There is no Chromium on this machine."""


def find_chromium() -> str:
    """Where Chromium is: CHROMIUM, or `chromium` or a sister of it on the PATH."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    raise NoChromium("No Chromium was found. Install it (Debian: apt install chromium) or set CHROMIUM to its path.")


@contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tabs:
    """Opens tabs on the planet at `url`. A person signs in once; later tabs take over the cookies."""

    browser: Browser
    url: str
    _cookies: dict[str, Any] = field(default_factory=dict)

    def context(
        self, *, email: str = "", password: str = "", width: int = 1440, theme: str = "dark", **options: Any
    ) -> BrowserContext:
        """A browser of one's own: cookies, cache, storage. Signed in if `email` is given."""
        if email and email not in self._cookies:
            self._cookies[email] = self._sign_in(email, password)
        return self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme="light" if theme == "light" else "dark",
            has_touch=width < 700,
            is_mobile=width < 700,
            device_scale_factor=1,
            locale="en-GB",
            timezone_id="UTC",
            storage_state=self._cookies.get(email),
            **options,
        )

    def forget(self, email: str) -> None:
        """Sign in anew next time."""
        self._cookies.pop(email, None)

    def _sign_in(self, email: str, password: str) -> Any:
        with self.browser.new_context(base_url=self.url) as context:
            page = context.new_page()
            sign_in(page, email, password)
            return context.storage_state()


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in through the form, as a person does."""
    page.goto("/accounts/login/")
    form = page.locator("main form").filter(has=page.locator("input[type=password]"))
    form.locator("input[name=login]").fill(email)
    form.locator("input[name=password]").fill(password)
    form.locator("button:not([type=button])").first.click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
