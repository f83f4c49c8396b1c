"""A post by somebody with 100,000 followers, 5,000 of them online: until it is on the last one's screen.

    python -m bench.publish                         # about three minutes, most of them to make the people
    BENCH_DIR=/data/bench python -m bench.publish   # keeps them for the next time
    python -m bench.publish --followers 10000 --online 1000

The product as it is: granian and the socket server on one core, each follower's socket with a session of its own;
PostgreSQL, Redis and the readers (C) on the other. The floor is a frame of the same size from bare uvloop transports.
"""

import argparse
import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import report
from bench.load import GENEROUS, LOAD_CORE, SERVER_CORE, Bench, Readers, Server, free_port, wait
from bench.web import ROOT, Stores, Web, granian
from planet.config.demo.sizes import email_of

POSTS = 21  # of each author; somebody may post thirty times in ten minutes
WARM = 3
BELLS = 5000
HOST = "planet.example"


@dataclass
class Round:
    """What the posts of one author took, in milliseconds, each list in order."""

    request: list[float]
    middle: list[float]
    last: list[float]


def main() -> None:
    """Make the people if they are not there, measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=100_000)
    parser.add_argument("--online", type=int, default=5_000)
    options = parser.parse_args()
    kept = os.environ.get("BENCH_DIR")
    directory = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory / f"publish-{options.followers}") as stores:
            _fill(stores, options.followers)
            rows = _measure(stores, options.online)
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)
    report.write(
        "Publish",
        rows,
        note=f"A text post by an author with {options.followers:,} followers, {options.online:,} of them on sockets "
        f"with sessions of their own; {POSTS - WARM} posts, from sending the request to the frame in the reader's "
        "hands (p99 is the slowest of them).",
    )


# --- the people ---------------------------------------------------------------------------------------------------


def _fill(stores: Stores, followers: int) -> None:
    """Seed people once, and let them follow the first creator; the second has ten followers."""
    stores.manage("migrate", "--no-input", "--verbosity", "0")
    stores.manage("collectstatic", "--no-input", "--verbosity", "0")
    done = stores.directory / "filled"
    if not done.exists():
        numbers = (f"--users={followers + 10}", "--posts=0", "--follows=0", "--likes=0")
        stores.manage("seed", *numbers, mode="development")
    os.sched_setaffinity(0, {LOAD_CORE})
    import django

    django.setup()
    if not done.exists():
        loud, quiet = _authors()
        _follow(loud, followers)
        _follow(quiet, 10)
        done.touch()


def _authors() -> tuple[Any, Any]:
    """Who has many followers, and who has few."""
    from creators.models import Creator

    loud, quiet = Creator.objects.select_related("user").filter(user__email__in=[email_of(0), email_of(1)])
    return loud, quiet


def _follow(creator: Any, many: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creators_follow (follower_id, creator_id, created_at) "
            "SELECT id, %(creator)s, now() FROM accounts_user WHERE email LIKE 'big%%' AND id <> %(creator)s "
            "ORDER BY id DESC LIMIT %(many)s ON CONFLICT DO NOTHING",
            {"creator": creator.pk, "many": many},
        )
        cursor.execute(
            "UPDATE creators_creator SET followers_count = (SELECT count(*) FROM creators_follow WHERE creator_id = "
            "%(creator)s) WHERE user_id = %(creator)s",
            {"creator": creator.pk},
        )
        cursor.execute("ANALYZE creators_follow, accounts_user")


def _session(user: Any) -> str:
    """The key of a session in which this person is signed in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


# --- the ends -----------------------------------------------------------------------------------------------------


def _handshakes(path: Path, creator: Any, online: int) -> int:
    """Write one handshake for each follower who is online, then what all of them subscribe to; a handshake's size."""
    from django.conf import settings

    from planet.accounts.models import User

    people = User.objects.filter(follows__creator=creator).order_by("pk")[:online]
    sizes, written = set(), bytearray()
    for person in people:
        one = (
            f"GET /socket/ HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Cookie: {settings.SESSION_COOKIE_NAME}={_session(person)}\r\n\r\n"
        ).encode()
        sizes.add(len(one))
        written += one
    body = json.dumps({"op": "sub", "topics": ["following"]}).encode()
    path.write_bytes(bytes(written) + b"\x81" + bytes([0x80 | len(body)]) + b"\0\0\0\0" + body)
    (size,) = sizes
    return size


@contextmanager
def sockets(log: Path) -> Iterator[Server]:
    """The product's socket server, for any number of sockets from one address."""
    port = free_port()
    command = ["taskset", "-c", str(SERVER_CORE), sys.executable, "-m", "bench.publish", "sockets", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        wait(lambda: _answers(port), 60)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _serve(port: str) -> None:
    import django

    django.setup()
    import uvicorn

    from planet.realtime.app import build
    from planet.realtime.limits import Limits
    from planet.realtime.server import config, raise_file_limit

    raise_file_limit()
    uvicorn.Server(config(build(Limits(**GENEROUS)), port=int(port))).run()


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        return bool(json.loads(connection.getresponse().read())["redis"])
    except OSError:
        return False


class Author:
    """Publishes as a browser does, over one kept connection."""

    def __init__(self, web: Web, user: Any) -> None:
        from django.conf import settings

        token = secrets.token_hex(16)
        self._connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
        self._token = token
        self._headers = {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.7",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={_session(user)}; {settings.CSRF_COOKIE_NAME}={token}",
        }

    def publish(self) -> float:
        """One post; the milliseconds until it was answered."""
        body = f"client_id={uuid.uuid4()}&text=Funding+on+%24SOL+went+negative.&csrfmiddlewaretoken={self._token}"
        began = time.monotonic()
        self._connection.request("POST", "/post/", body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 302:
            raise RuntimeError(f"not published: {answer.status} {said[:300]!r}")
        return (time.monotonic() - began) * 1000


# --- measuring ----------------------------------------------------------------------------------------------------


def _measure(stores: Stores, online: int) -> list[report.Row]:
    loud, quiet = _authors()
    bench = Bench()
    try:
        size = _handshakes(bench.hello, loud, online)
        log = stores.directory / "servers.log"
        with granian("planet.config.wsgi:application", log) as web, sockets(log) as server:
            few = sorted(Author(web, quiet.user).publish() for _ in range(POSTS))
            with bench.readers(server, online, each=size) as readers:
                before = readers.state.bytes
                ours = _round(readers, Author(web, loud.user).publish, online)
                frame = (readers.state.bytes - before) // (online * POSTS)
        floor = _floor(bench, online, frame)
    finally:
        bench.close()
    return [*_rows(ours, floor, few, f"{frame:,} bytes to {online:,}"), *_costs(loud, quiet)]


def _round(readers: Readers, publish: Callable[[], float], online: int) -> Round:
    """Several posts, one after the other: each until the last reader has it."""
    found = Round([], [], [])
    for number in range(POSTS):
        readers.state.samples = 0
        readers.state.began = time.monotonic_ns()
        took = publish()
        wait(lambda: bool(readers.state.samples >= online), 60)
        arrived = readers.latencies()
        if number >= WARM:
            found.request.append(took)
            found.middle.append(arrived[len(arrived) // 2] / 1000)
            found.last.append(arrived[-1] / 1000)
    return Round(sorted(found.request), sorted(found.middle), sorted(found.last))


def _floor(bench: Bench, online: int, frame: int) -> list[float]:
    """The same bytes to as many bare sockets: milliseconds until the last has them."""
    took = []
    with bench.python_floor() as (server, feed), bench.readers(server, online, plain=True) as readers:
        wait(lambda: server.open_files() > online)
        time.sleep(0.2)  # and the last one accepted is known to the writer
        for _ in range(POSTS):
            enough, began = readers.state.bytes + frame * online, time.monotonic()
            feed.sendall(b"x" * frame)
            wait(lambda enough=enough: bool(readers.state.bytes >= enough))  # type: ignore[misc]
            took.append((time.monotonic() - began) * 1000)
    return sorted(took[WARM:])


def _rows(ours: Round, floor: list[float], few: list[float], what: str) -> list[report.Row]:
    def value(all_of: list[float]) -> str:
        return f"p50 {_at(all_of, 0.5):.1f} ms, p99 {_at(all_of, 0.99):.1f} ms"

    ratio = f"{_at(ours.last, 0.5) / _at(floor, 0.5):.1f} × the floor"
    grown = f"{_at(ours.request, 0.5) / _at(few, 0.5):.2f} × ten followers"
    soon = ours.last[-1] <= 1000
    return [
        report.Row(f"{what} bare uvloop sockets (floor)", value(floor), "1"),
        report.Row("on the last online follower's screen", value(ours.last), ratio, "p99 ≤ 1 s", soon),
        report.Row("on the screen of the one in the middle", value(ours.middle)),
        report.Row("the author's answer", value(ours.request), grown),
        report.Row("the author's answer, ten followers, nobody online", value(few), "1"),
    ]


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _costs(loud: Any, quiet: Any) -> list[report.Row]:
    """Statements of a publication, and ringing the bells of those who want each post, which a task does."""
    from django.utils import timezone

    from creators.models import Bell, Follow
    from posts import actions

    many, few = _statements(loud), _statements(quiet)
    chosen = Follow.objects.filter(creator=loud).order_by("id")[:BELLS]
    past = timezone.now() - timedelta(days=1)
    Bell.objects.bulk_create([Bell(follow=one, creator=loud, created_at=past) for one in chosen], ignore_conflicts=True)
    with_bells = _statements(loud)
    began = time.monotonic()
    told = actions.ring_due(now=timezone.now())
    seconds = time.monotonic() - began
    return [
        report.Row("statements of a publication", str(many), f"{few} with ten followers", "the same", many == few),
        report.Row(f"— with {BELLS:,} bells", str(with_bells), "", "the same", with_bells == many),
        report.Row(f"bells rung by a task, {told:,} people", f"{seconds:.1f} s, {told / seconds:,.0f}/s"),
    ]


def _statements(creator: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from posts import actions

    with CaptureQueriesContext(connection) as queries:
        actions.publish(actor=creator.user, client_id=uuid.uuid4(), text="How many for $BTC?", now=timezone.now())
    return len(queries)


if __name__ == "__main__":
    if sys.argv[1:2] == ["sockets"]:
        _serve(sys.argv[2])
    else:
        main()
