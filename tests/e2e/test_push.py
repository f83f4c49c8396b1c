"""The service worker in a real browser: it shows what is pushed, unless the person is looking, and caches nothing."""

import json
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.conftest import PageOf
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SHOWN = """navigator.serviceWorker.getRegistration("/").then((one) => one.getNotifications())
    .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url })))"""


def worker(page: Page) -> tuple[CDPSession, str]:
    """A way to push to the service worker of the page, which is registered and active."""
    session = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js', { scope: '/' }).then(() => navigator.serviceWorker.ready)"
    )
    page.wait_for_function("navigator.serviceWorker.controller")
    return session, str(found[-1]["registrationId"])


def push(session: CDPSession, registration: str, origin: str, tag: str) -> None:
    data = {"title": "Alice mentioned you", "body": "gm", "url": "/notifications/", "tag": tag, "unread": 3}
    message = {"origin": origin, "registrationId": registration, "data": json.dumps(data)}
    session.send("ServiceWorker.deliverPushMessage", message)


def test_what_is_pushed_is_shown_unless_the_person_is_looking(page_of: PageOf, planet: Any) -> None:
    page = page_of("reader")
    page.context.grant_permissions(["notifications"], origin=planet.url)
    page.goto("/notifications/settings/")
    session, registration = worker(page)
    push(session, registration, planet.url, "seen")
    push(session, registration, planet.url, "test")  # the self-test is shown in any case, and comes after
    assert until(lambda: page.evaluate(SHOWN)) == [
        {"title": "Alice mentioned you", "body": "gm", "tag": "test", "url": "/notifications/"}
    ]
    page.goto("about:blank")
    push(session, registration, planet.url, "missed")
    page.goto("/notifications/settings/")
    until(lambda: len(page.evaluate(SHOWN)) == 2)
    assert page.evaluate("caches.keys()") == []


def test_a_browser_that_cannot_subscribe_is_told_so_and_nothing_is_kept(
    page_of: PageOf, planet: Any, complaints: Any
) -> None:
    complaints.expect("incognito")  # Chromium's word for why this browser may not
    page = page_of("reader")
    page.context.grant_permissions(["notifications"], origin=planet.url)
    page.goto("/notifications/settings/")
    page.locator("[data-push-on]").click()
    expect(page.locator("#toasts .toast.error")).to_contain_text("This browser could not be subscribed")
    assert page.locator("[data-push-on]").is_enabled()
    assert page.locator("[data-push-off]").is_hidden()
    page.reload()
    assert page.locator("#browsers .row").count() == 0
