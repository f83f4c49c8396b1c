"""A hot group in a browser: fifty messages a second, and whether the page stays smooth.

python -m bench.smooth

A person looks at the end of a conversation into which fifty messages a second are pushed, as 5,000 other readers of it
would receive them: the same frames, drawn by the same template, over the same socket. Frames are counted by the page
itself (requestAnimationFrame) and by a trace of Chromium, which also tells what the main thread did.
"""

import os
import random
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from playwright.sync_api import Browser, Page

from bench import report
from planet.config.demo import people
from tools.browser import Tabs, launched
from tools.planet import ROOT, Planet, a_planet

GROUP: Final = "perp_room"
RATE: Final = 50
SECONDS: Final = 8
WARM: Final = 6  # seconds before: the window is full, and cut for every message
AIM: Final = 50
TEXTS: Final = (
    "Funding flips at 8, watch the OKX print before the hour.",
    "**3.1M** on the book and nobody lifting",
    "out @tomo_perp",
    "`0.0125%` annualise it before you post it; the desk sheet has the formula in row 18",
    "$SOL 208.4 bid is real",
)
CATEGORIES: Final = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "toplevel"]
FRAMES: Final = """(ms) => new Promise((done) => {
    const at = [], begun = performance.now();
    const next = (now) => {
        at.push(now);
        if (performance.now() - begun < ms) requestAnimationFrame(next);
        else done(at);
    };
    requestAnimationFrame(next);
})"""
LAST: Final = "Number([...document.querySelectorAll('.conv article.msg[data-n]')].at(-1).dataset.n)"


@dataclass
class Measured:
    """What one width showed."""

    width: int
    arrived: float = 0.0  # messages a second
    rows: int = 0
    gaps: list[float] = field(default_factory=list)  # milliseconds between frames
    worked: dict[str, float] = field(default_factory=dict)  # milliseconds of the main thread, by kind of work
    longest: float = 0.0  # task, in milliseconds of its own

    @property
    def fps(self) -> float:
        """Frames a second."""
        return 1000 * len(self.gaps) / sum(self.gaps)

    def percentile(self, part: float) -> float:
        """A gap that this part of them does not exceed."""
        return sorted(self.gaps)[int(part * (len(self.gaps) - 1))]


def push() -> None:
    """In a process of its own: publish rows into the group's first channel until killed."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
    django.setup()
    from django.utils import timezone

    from groups import showing
    from groups.models import Group, Message
    from planet.realtime import publish

    group = Group.objects.get(handle=GROUP)
    channel = group.channels.filter(root=None).order_by("position", "id")[0]
    channel.group = group
    members = group.memberships.filter(accepted_at__isnull=False).select_related("user")[:40]
    authors = [row.user for row in members]
    number, revision = channel.last_number, channel.last_revision
    begun = time.perf_counter()
    for count in range(1, 1_000_000):
        time.sleep(max(0.0, begun + count / RATE - time.perf_counter()))
        said = Message(
            channel=channel, author=random.choice(authors), text=random.choice(TEXTS), number=number + count,
            revision=revision + count, client_id=uuid.uuid4(), created_at=timezone.now(), mentioned=["tomo_perp"],
        )  # fmt: skip
        data = {"id": str(said.pk), "number": said.number, "revision": said.revision, "client_id": str(said.client_id)}
        publish(f"channel:{channel.pk}", "message", data, str(showing.fragment(said)))


def measure(browser: Browser, planet: Planet, width: int) -> Measured:
    """Look at the hot group in a window of this width."""
    email = next(account.email for account in people.ACCOUNTS if account.role == "reader")
    tabs = Tabs(browser, planet.url)
    page = tabs.context(email=email, password=people.PASSWORD, width=width).new_page()
    page.goto(f"/g/{GROUP}/")
    page.wait_for_function("document.documentElement.dataset.live === 'on'")
    page.wait_for_timeout(1_000)
    page.keyboard.press("Escape")  # to the end, wherever it opened
    page.wait_for_timeout(1_000)
    pusher = subprocess.Popen(
        [sys.executable, "-m", "bench.smooth", "push"], cwd=ROOT, env={**planet.environment, "PYTHONPATH": str(ROOT)}
    )
    try:
        page.locator(".conv article.msg").nth(100).wait_for(state="attached", timeout=60_000)
        page.wait_for_timeout(WARM * 1_000)
        return _watch(page, width)
    finally:
        pusher.kill()
        pusher.wait()
        page.context.close()


def _watch(page: Page, width: int) -> Measured:
    found = Measured(width)
    trace = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    trace.on("Tracing.dataCollected", lambda got: events.extend(got["value"]))
    trace.on("Tracing.tracingComplete", lambda _: ended.append(True))
    trace.send("Tracing.start", {"traceConfig": {"includedCategories": CATEGORIES}, "transferMode": "ReportEvents"})
    first = page.evaluate(LAST)
    at = page.evaluate(FRAMES, SECONDS * 1_000)
    found.arrived = (page.evaluate(LAST) - first) / SECONDS
    found.rows = page.locator(".conv article.msg").count()
    found.gaps = [after - before for before, after in pairwise(at)]
    trace.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    _account(found, events)
    return found


def _account(found: Measured, events: list[dict[str, Any]]) -> None:
    """Sum up what the page's main thread did; in its own time, so that other processes do not count."""
    mains = {(e["pid"], e["tid"]) for e in events if e["name"] == "FireAnimationFrame"}
    spent: dict[str, float] = defaultdict(float)
    for event in events:
        if event.get("ph") != "X" or (event["pid"], event["tid"]) not in mains:
            continue
        own = event.get("tdur", 0) / 1_000
        if event["name"] in ("RunTask", "ThreadControllerImpl::RunTask"):
            spent["all"] += own
            found.longest = max(found.longest, own)
        elif event["name"] in ("Layout", "UpdateLayoutTree", "Paint", "FunctionCall", "ParseHTML"):
            spent[event["name"]] += own
    found.worked = dict(spent)


def _rows(found: Measured) -> list[report.Row]:
    where = f"{found.width} px"
    busy = found.worked.get("all", 0) / (SECONDS * 10)
    parts = ", ".join(f"{name} {ms / SECONDS:.0f} ms/s" for name, ms in sorted(found.worked.items()) if name != "all")
    return [
        report.Row(f"{where}: frames a second", f"{found.fps:.1f}", "", f"≥ {AIM}", found.fps >= AIM),
        report.Row(
            f"{where}: time between frames", f"p95 {found.percentile(0.95):.1f} ms, worst {max(found.gaps):.1f} ms"
        ),
        report.Row(f"{where}: main thread", f"{busy:.0f} % busy, longest task {found.longest:.1f} ms", parts),
        report.Row(f"{where}: messages a second, rows kept", f"{found.arrived:.1f}, {found.rows}"),
    ]


def main() -> None:
    """Measure at both widths and write the results."""
    rows: list[report.Row] = []
    with a_planet() as planet, launched() as browser:
        for width in (1440, 390):
            rows += _rows(measure(browser, planet, width))
    load = os.getloadavg()[0]
    report.write(
        "A hot group in the browser",
        rows,
        note=f"{RATE} messages a second into a conversation that is looked at, {SECONDS} s. Headless Chromium, drawing "
        f"with the CPU; everything on the same two cores, whose load average was {load:.1f}.",
    )


if __name__ == "__main__":
    push() if sys.argv[1:] == ["push"] else main()
