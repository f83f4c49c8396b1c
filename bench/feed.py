"""The feed page and its fragment on a million posts: against Django's hello-world and against a plain view.

    python -m bench.feed                         # 100k people, 1M posts, 2M follows, 2M likes; minutes to make, once
    BENCH_DIR=/data/bench python -m bench.feed   # keeps that database for the next time
    python -m bench.feed --users 5000 --posts 50000 --follows 100000 --likes 100000

The web server has one core, the databases and the load the other. "A core" is what its CPU time says: requests a
second of CPU, which a neighbour on the machine does not change; latencies are by the clock, and a neighbour does.
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import report, timelines
from bench.load import LOAD_CORE
from bench.web import Run, Stores, Web, granian, load, request
from planet.config.demo.sizes import Size, email_of

READERS = 200
ROUNDS = 3


def main() -> None:
    """Make the database if it is not there, measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("users", 100_000), ("posts", 1_000_000), ("follows", 2_000_000), ("likes", 2_000_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--note", default="", help="a sentence for the report: what else the machine was doing")
    options = parser.parse_args()
    size = Size(options.users, options.posts, options.follows, options.likes)
    kept = os.environ.get("BENCH_DIR")
    directory = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory / str(size).replace(",", "").replace(" ", "-")) as stores:
            seconds = _fill(stores, size)
            rows = _measure(stores, size, options.rounds)
            rows += [report.Row("making this database", f"{seconds:.0f} s")] if seconds else []
            report.write("Feed", rows, note=f"{size}; a page has 20 posts. {options.note}")
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)


def _fill(stores: Stores, size: Size) -> float:
    """Seed once; how long it took, 0 when it was there."""
    stores.manage("migrate", "--no-input", "--verbosity", "0")
    stores.manage("collectstatic", "--no-input", "--verbosity", "0")
    done = stores.directory / "filled"
    if done.exists():
        return 0.0
    began = time.monotonic()
    numbers = [f"--{name}={getattr(size, name)}" for name in ("users", "posts", "follows", "likes")]
    stores.manage("seed", *numbers, mode="development")
    done.touch()
    return time.monotonic() - began


def _measure(stores: Stores, size: Size, turns: int) -> list[report.Row]:
    os.sched_setaffinity(0, {LOAD_CORE})
    import django

    django.setup()
    cookies = _sessions(size)
    cursor = _second_page(size)
    pages = [request("/", cookie=cookie) for cookie in cookies]
    fragments = [request(f"/following/?after={cursor}", cookie=cookie, htmx=True) for cookie in cookies]
    for_you = [request("/for-you/", cookie=cookie) for cookie in cookies]
    log = stores.directory / "web.log"
    rounds: dict[str, list[Run]] = {}

    def run(name: str, web: Web, what: Sequence[bytes], count: int) -> None:
        rounds.setdefault(name, []).append(load(web, what, count=count))

    for _ in range(turns):  # contenders take turns, so that a noisy minute hits all of them
        with granian("bench.web:hello", log) as web:
            run("hello", web, [request("/")], 6000)
        with granian("bench.web:plain", log) as web:
            run("hello, our middleware", web, [request("/hello/", cookie=cookie) for cookie in cookies], 2000)
            run("plain", web, pages, 300)
        topic = [request(_topic_url())]
        with granian("planet.config.wsgi:application", log) as web:
            run("page", web, pages, 1600)
            run("for you", web, for_you, 800)
            run("topic", web, topic, 800)
            run("fragment", web, fragments, 1200)
            run("guest", web, [request("/latest/")], 800)
    return [*_pages(rounds), *timelines.rows(size), *_queries(size)]


def _best(runs: Sequence[Run]) -> Run:
    """The round in the middle, by CPU."""
    return sorted(runs, key=lambda run: run.per_core)[len(runs) // 2]


def _pages(rounds: dict[str, list[Run]]) -> list[report.Row]:
    best = {name: _best(runs) for name, runs in rounds.items()}
    hello, wrapped = best["hello"].per_core, best["hello, our middleware"].per_core
    plain, page = best["plain"].per_core, best["page"].per_core

    def value(run: Run) -> str:
        latency = f"p50 {run.percentile(0.5):.1f} ms, p99 {run.percentile(0.99):.1f} ms"
        return (
            f"{run.per_core:,.0f}/s a core ({run.per_second:,.0f}/s by the clock, {latency}, {run.size / 1000:.0f} kB)"
        )

    rows = [
        report.Row("Django's hello-world, no middleware", value(best["hello"]), "1 ×"),
        report.Row("the same through our middleware, signed in", value(best["hello, our middleware"])),
        report.Row("plain view: three ORM queries and a template", value(best["plain"]), "1 ×"),
        report.Row("feed page, signed in", value(best["page"]), aim="≥ 1,000/s", holds=page >= 1000),
    ]
    p99 = best["page"].percentile(0.99)
    rows += [
        report.Row("— its p99", f"{p99:.1f} ms", aim="≤ 12 ms", holds=p99 <= 12),
        report.Row(
            "— against hello-world through our middleware",
            "",
            f"{page / wrapped:.0%}",
            "≥ 25 %",
            page >= 0.25 * wrapped,
        ),
        report.Row("— against hello-world without any", "", f"{page / hello:.0%}"),
        report.Row("— against the plain view", "", f"{page / plain:.1f} ×", "≥ 10 ×", page >= 10 * plain),
        report.Row("feed fragment (second page)", value(best["fragment"])),
        report.Row("latest posts, a guest", value(best["guest"])),
        report.Row("For you, signed in", value(best["for you"])),
        report.Row("a topic's page, a guest", value(best["topic"])),
    ]
    return rows


# --- who visits ---------------------------------------------------------------------------------------------------


def _sessions(size: Size) -> list[str]:
    """Cookies of readers who are signed in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from planet.accounts.models import User

    numbers = random.Random(1).sample(range(size.users), min(READERS, size.users))
    engine = import_module(settings.SESSION_ENGINE)
    cookies = []
    for user in User.objects.filter(email__in=[email_of(number) for number in numbers]):
        session = engine.SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return cookies


def _second_page(size: Size) -> str:
    from planet.accounts.models import User
    from posts.queries import following

    viewer = User.objects.get(email=email_of(size.users - 1))
    return following(viewer=viewer).after or ""


def _topic_url() -> str:
    return str(timelines.busiest_topic().get_absolute_url())


# --- queries ------------------------------------------------------------------------------------------------------


def _queries(size: Size) -> list[report.Row]:
    """How many statements each page takes, session and person included, once its cards are kept."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from planet.accounts.models import User

    viewer = User.objects.get(email=email_of(size.users - 1))
    client = Client(headers={"X-Forwarded-Proto": "https", "Host": "planet.example"})
    client.force_login(viewer)
    rows = []
    paths = {
        "Following": "/",
        "For you": "/for-you/",
        "Latest": "/latest/",
        "a list": viewer.lists.get(name="bench").get_absolute_url(),
        "a topic": _topic_url(),
    }
    for name, path in paths.items():
        client.get(path, secure=True)
        with CaptureQueriesContext(connection) as queries:
            client.get(path, secure=True)
        count, aim = len(queries), 8 if name == "a topic" else 3
        rows.append(report.Row(f"queries of the page {name}", str(count), aim=f"≤ {aim}", holds=count <= aim))
    return rows


if __name__ == "__main__":
    main()
