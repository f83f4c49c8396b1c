"""Lighthouse on the pages that matter most, against the budgets of UI.md.

    python tools/lighthouse.py [feed post …]    # a Planet behind a compressing proxy; prints the mobile scores

Lighthouse comes from npm (`npx lighthouse`, into npm's own cache) and uses this machine's Chromium. Pages travel
compressed in production because the proxy does that; here a few lines of asyncio stand in for it.
"""

import argparse
import asyncio
import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from planet.config.demo import people
from tools.browser import Tabs, find_chromium, launched
from tools.pages import CREATOR, EMAILS, GUEST, Place, address
from tools.planet import a_planet

LIGHTHOUSE = "lighthouse@12"
BUDGETS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
PLACES = (
    Place("feed", "/latest/"),
    Place("profile", "/@ines/"),
    Place("post", "{post}"),
    Place("article", "{article}"),
    Place("topic", "/topic/options/"),
    Place("search", "/search/?q=funding"),
    Place("composer", "/post/", CREATOR),
    Place("article editor", "/post/article/", CREATOR),
    Place("creator centre", "/creator/centre/", CREATOR),
)
HIDDEN = {"search", "composer", "article editor", "creator centre"}  # from search engines, and on purpose
COMPRESSED = ("text/html", "application/json", "image/svg+xml", "application/manifest+json")


def main() -> int:
    """Run it on each page; 1 when a score is below its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="pages; all unless given")
    parser.add_argument("--to", type=Path, help="keep the full reports here")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many counts")
    options = parser.parse_args()
    failed = False
    # PUBLIC_URL must be the proxy's address: links and sockets are made from it.
    with a_planet() as planet, _compressing(planet.url) as url:
        visits = [_visit(url, place) for place in PLACES if not options.names or place.name in options.names]
        for name, path, cookies in visits:
            runs = [_run(url + path, cookies, hidden=name in HIDDEN) for _ in range(options.runs)]
            scores = {kind: _middle([run["categories"][kind]["score"] * 100 for run in runs]) for kind in BUDGETS}
            below = {kind for kind, score in scores.items() if score < BUDGETS[kind]}
            failed = failed or bool(below)
            print(
                name, " ".join(f"{kind} {score:.0f}{' ✗' if kind in below else ''}" for kind, score in scores.items())
            )
            _explain(runs[-1], below)
            if options.to:
                options.to.mkdir(parents=True, exist_ok=True)
                (options.to / f"{name.replace(' ', '-')}.json").write_text(json.dumps(runs[-1]))
    return 1 if failed else 0


def _visit(url: str, place: Place) -> tuple[str, str, str]:
    """A page's name, its path on this planet, and the cookies of who looks at it."""
    with launched() as browser:
        tabs = Tabs(browser, url)
        with tabs.context() as guest:
            path = address(guest.new_page(), place.path)
        if place.role == GUEST:
            return place.name, path, ""
        with tabs.context(email=EMAILS[place.role], password=people.PASSWORD) as context:
            return place.name, path, "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())


def _middle(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def _run(url: str, cookies: str, *, hidden: bool) -> dict[str, Any]:
    """One report. A run whose trace Lighthouse could not record measured nothing, and is run again."""
    for _ in range(5):
        if report := _attempt(url, cookies, hidden=hidden):
            return report
    raise SystemExit("Lighthouse could not record a run on this machine")


def _attempt(url: str, cookies: str, *, hidden: bool) -> dict[str, Any] | None:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "report.json"
        command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={out}"]
        command += [f"--chrome-flags={FLAGS} --user-data-dir={directory}/profile"]
        command += [f"--only-categories={','.join(BUDGETS)}"]
        if hidden:
            command += ["--skip-audits=is-crawlable"]
        if cookies:
            headers = Path(directory) / "headers.json"
            headers.write_text(json.dumps({"Cookie": cookies}))
            command += [f"--extra-headers={headers}"]
        environment = {**os.environ, "CHROME_PATH": find_chromium()}
        try:
            done = subprocess.run(command, env=environment, check=False, timeout=90, capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode != 0:
            print(done.stderr.strip().splitlines()[-1:])
            return None
        report: dict[str, Any] = json.loads(out.read_text())
        return report


def _explain(report: dict[str, Any], below: set[str]) -> None:
    """The audits that cost points."""
    for kind in below:
        for reference in report["categories"][kind]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.95:
                print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")


@contextmanager
def _compressing(upstream: str) -> Iterator[str]:
    """A proxy before `upstream` that compresses what the real one compresses."""
    ready: asyncio.Event | None = None
    started, loop = threading.Event(), asyncio.new_event_loop()
    address: list[str] = []

    async def serve() -> None:
        nonlocal ready
        ready = asyncio.Event()
        target = urlsplit(upstream)
        handler = _Proxy(target.hostname or "localhost", target.port or 80)
        server = await asyncio.start_server(handler, "127.0.0.1", 0, limit=1 << 22)
        address.append(f"http://localhost:{server.sockets[0].getsockname()[1]}")
        started.set()
        async with server:
            await ready.wait()
        for connection in handler.open:
            connection.cancel()
        await asyncio.gather(*handler.open, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield address[0]
    finally:
        if ready:
            loop.call_soon_threadsafe(ready.set)
        thread.join(10)


class _Proxy:
    """Passes requests on, one answer at a time."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.open: set[asyncio.Task[None]] = set()

    def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.ensure_future(self._serve(reader, writer))
        self.open.add(connection)
        connection.add_done_callback(self.open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(head + await reader.readexactly(_length(head)), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_connection(self.host, self.port, limit=1 << 22)
        upstream.write(request)
        answer = await upstream_reader.readuntil(b"\r\n\r\n")
        fields = answer.decode("latin-1").lower()
        length = _length(answer)
        body = await upstream_reader.readexactly(length)
        upstream.close()
        kind = fields.partition("content-type: ")[2].partition("\r\n")[0].partition(";")[0]
        if kind in COMPRESSED and "content-encoding" not in fields and length > 512:
            body = gzip.compress(body, 5)
            lines = [line for line in answer.split(b"\r\n") if line and not line.lower().startswith(b"content-length")]
            size = f"Content-Length: {len(body)}".encode()
            answer = b"\r\n".join([*lines, b"Content-Encoding: gzip", b"Vary: Accept-Encoding", size, b"", b""])
        writer.write(answer + body)
        await writer.drain()


def _length(head: bytes) -> int:
    """Of the body that follows."""
    return int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)


if __name__ == "__main__":
    sys.exit(main())
