"""The whole product, started as a newcomer would, and real browsers on it."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from planet.config.demo import people
from tools.browser import Tabs, launched
from tools.planet import Planet, a_planet

EMAILS = {account.role: account.email for account in people.ACCOUNTS}


@pytest.fixture(scope="session")
def planet() -> Iterator[Planet]:
    """`manage.py up` with the demo planet, on ports and data of its own."""
    with a_planet() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; fails with a clear message where there is none."""
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def tabs(planet: Planet, browser: Browser) -> Tabs:
    """Opens contexts and remembers who has signed in."""
    return Tabs(browser, planet.url)


@pytest.fixture(scope="session")
def second_creator(planet: Planet) -> str:
    """The address of @tomo_perp, a creator who signs in with the password of the demo accounts from now on."""
    email = "tomo_perp@people.planet.example"
    known = "(SELECT password FROM accounts_user WHERE email = %s)"
    with psycopg.connect(planet.database_url) as database:
        done = database.execute(
            f"UPDATE accounts_user SET password = {known} WHERE email = %s",
            [people.CREATOR_EMAIL, email],
        )
        assert done.rowcount == 1
    return email


# Somebody left a page while its socket was being opened: the browser says so, and nothing is wrong.
LEFT_EARLY = "WebSocket is closed before the connection is established"


@dataclass
class Complaints:
    """What browsers had to say against our pages: errors, refused resources, server errors."""

    said: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: [LEFT_EARLY])

    def listen(self, context: BrowserContext) -> None:
        """Collect from every page of this browser."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.said.append(f"uncaught: {error.error}"))
        context.on("response", self._response)

    def expect(self, part: str) -> None:
        """Not a fault here: a message that contains `part`."""
        self.expected.append(part)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text} ({message.page.url if message.page else ''})")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.said.append(f"{response.status} {response.request.method} {response.url}")

    @property
    def unexpected(self) -> list[str]:
        """What nobody announced."""
        return [line for line in self.said if not any(part in line for part in self.expected)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test when a page it opened logged an error, broke the CSP or got a server error."""
    collected = Complaints()
    yield collected
    assert not collected.unexpected, "\n".join(collected.unexpected)


PageOf = Callable[..., Page]


@pytest.fixture
def page_of(tabs: Tabs, complaints: Complaints) -> Iterator[PageOf]:
    """`page_of("reader", 390, "light")`: a tab of a browser of its own, signed in so ("": a guest)."""
    contexts: list[BrowserContext] = []

    def open_page(role: str = "", width: int = 1440, theme: str = "dark", **options: Any) -> Page:
        email = EMAILS.get(role, role)
        context = tabs.context(email=email, password=people.PASSWORD, width=width, theme=theme, **options)
        complaints.listen(context)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the end of the product's log beside a failure."""
    report = yield
    running = getattr(item, "funcargs", {}).get("planet")
    if report.failed and running is not None:
        report.sections.append(("planet's log", "\n".join(_telling(running.log)[-40:])))
    return report


def _telling(log: str) -> list[str]:
    """Without the requests for files."""
    return [line for line in log.splitlines() if " GET /static/" not in line and " GET /media/" not in line]
