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
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from bench import report
from bench.load import LOAD_CORE
from bench.web import Run, Stores, Web, granian, load, request
from planet.config.demo.sizes import Size, email_of, readers_of

READERS = 200
FLOOR_SQL = "SELECT id, text FROM posts_post WHERE id = ANY(%(ids)s::uuid[])"
ROUNDS = 3


def main() -> None:
    """Make the database if it is not there, measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("users", 100_000), ("posts", 1_000_000), ("follows", 2_000_000), ("likes", 2_000_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    size = Size(options.users, options.posts, options.follows, options.likes)
    kept = os.environ.get("BENCH_DIR")
    directory = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory / str(size).replace(",", "").replace(" ", "-")) as stores:
            seconds = _fill(stores, size)
            rows = _measure(stores, size)
            rows += [report.Row("making this database", f"{seconds:.0f} s")] if seconds else []
            report.write("Feed", rows, note=f"{size}; a page has 20 posts.")
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


def _measure(stores: Stores, size: Size) -> list[report.Row]:
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

    for _ in range(ROUNDS):  # contenders take turns, so that a noisy minute hits all of them
        with granian("bench.web:hello", log) as web:
            run("hello", web, [request("/")], 8000)
        with granian("bench.web:plain", log) as web:
            run("hello, our middleware", web, [request("/hello/", cookie=cookie) for cookie in cookies], 3000)
            run("plain", web, pages, 400)
        with granian("planet.config.wsgi:application", log) as web:
            run("page", web, pages, 2500)
            run("for you", web, for_you, 1500)
            run("topic", web, [request(_topic_url())], 1500)
            run("fragment", web, fragments, 2500)
            run("guest", web, [request("/latest/")], 1500)
    return [*_pages(rounds), *_sql(size), *_deep(size), _queries(size)]


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
    from posts.queries import timelines

    viewer = User.objects.get(email=email_of(size.users - 1))
    return timelines.following(viewer=viewer).after or ""


# --- SQL ----------------------------------------------------------------------------------------------------------


def _timed(act: Callable[[], Any], repeats: int = 200) -> float:
    """Milliseconds, in the middle."""
    act()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def _sql(size: Size) -> list[report.Row]:
    """The timeline of readers with known followings, against reading twenty posts by their keys."""
    from planet.accounts.models import User
    from planet.web.prepared import fetch
    from posts.models import Post
    from posts.queries import sql

    ids: list[UUID] = list(Post.objects.order_by("-id").values_list("pk", flat=True)[:21])
    floor = _timed(lambda: fetch(FLOOR_SQL, {"ids": ids}))
    rows = [report.Row("SQL floor: 21 posts by key, prepared", f"{floor:.2f} ms", "1 ×")]
    for count, number in readers_of(size).items():
        viewer = User.objects.get(email=email_of(number))
        for name, statement in (("two steps", sql.FOLLOWING), ("walk first", sql.FOLLOWING_MANY)):
            values = {"viewer": viewer.pk, "before": None, "size": 21}
            taken = _timed(lambda statement=statement, values=values: fetch(statement, values))  # type: ignore[misc]
            chosen = (statement is sql.FOLLOWING_MANY) == (count >= 200)
            rows.append(
                report.Row(
                    f"timeline of {count:,} followings, {name}",
                    f"{taken:.2f} ms",
                    f"{taken / floor:.1f} ×",
                    "≤ 5 ms" if chosen else "",
                    taken <= 5 if chosen else None,
                )
            )
    return rows


DEEP: Final = 500


def _deep(size: Size) -> list[report.Row]:
    """For you, a topic, a list; and the five-hundredth page against the first."""
    from planet.accounts.models import User
    from planet.web.pagination import PAGE_SIZE
    from posts import queries
    from posts.models import List, ListMember, Post
    from posts.queries import timelines

    viewers = {count: User.objects.get(email=email_of(number)) for count, number in readers_of(size).items()}
    rows = []
    for count, viewer in viewers.items():
        taken = _timed(lambda viewer=viewer: queries.for_you(viewer=viewer))  # type: ignore[misc]
        rows.append(
            report.Row(
                f"For you of {count:,} followings, its two statements", f"{taken:.2f} ms", "", "≤ 5 ms", taken <= 5
            )
        )
        second = queries.for_you(viewer=viewer).after
        taken = _timed(lambda viewer=viewer, second=second: queries.for_you(viewer=viewer, after=second))  # type: ignore[misc]
        rows.append(report.Row("— its second page", f"{taken:.2f} ms", "", "≤ 5 ms", taken <= 5))
    tag = _topic()
    taken = _timed(lambda: queries.tagged(tag=tag, viewer_id=None))
    rows.append(report.Row("a topic, its two statements", f"{taken:.2f} ms", "", "≤ 5 ms", taken <= 5))
    viewer = User.objects.get(email=email_of(size.users - 1))
    made, _ = List.objects.get_or_create(owner=viewer, name="bench")
    if not made.members.exists():
        followed = viewer.follows.values_list("creator", flat=True)[:200]
        ListMember.objects.bulk_create(ListMember(list=made, creator_id=pk) for pk in followed)
    taken = _timed(lambda: queries.of_list(of=made))
    rows.append(
        report.Row(f"a list of {made.members.count()}, its two statements", f"{taken:.2f} ms", "", "≤ 5 ms", taken <= 5)
    )
    deep = Post.objects.filter(part=0, deleted_at=None).order_by("-id").values_list("pk", flat=True)
    place = min(DEEP * PAGE_SIZE, deep.count() // 2)
    cursor = timelines.cursor_at(deep[place])
    for name, act in (
        ("Latest", lambda after: queries.latest(viewer_id=None, after=after)),
        ("Following", lambda after: queries.following(viewer=viewer, after=after)),
    ):
        first, taken = _timed(lambda act=act: act(None)), _timed(lambda act=act: act(cursor))  # type: ignore[misc]
        ratio = f"{taken / first:.1f} × the first"
        rows.append(report.Row(f"{name}, page {place // PAGE_SIZE}", f"{taken:.2f} ms", ratio, "≤ 5 ms", taken <= 5))
    return rows


def _topic() -> Any:
    """The topic that most posts are about."""
    from django.db.models import Count

    from posts.models import Tag

    return Tag.objects.filter(kind="topic").annotate(n=Count("post_tags")).order_by("-n").first()


def _topic_url() -> str:
    return str(_topic().get_absolute_url())


def _queries(size: Size) -> report.Row:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from planet.accounts.models import User

    viewer = User.objects.get(email=email_of(size.users - 1))
    client = Client(headers={"X-Forwarded-Proto": "https", "Host": "planet.example"})
    client.force_login(viewer)
    client.get("/", secure=True)
    with CaptureQueriesContext(connection) as queries:
        client.get("/", secure=True)
    count = len(queries)
    return report.Row("queries of the feed page, session and user included", str(count), aim="≤ 8", holds=count <= 8)


if __name__ == "__main__":
    main()
