"""Search and suggestions on a million posts by a million people, in the database and as pages.

    python -m bench.search                         # 1M people, 1M posts; minutes to make, once
    BENCH_DIR=/data/bench python -m bench.search   # keeps that database for the next time
    python -m bench.search --users 20000 --posts 200000

Every figure is of many different searches in turn: words from the most common to ones that nobody wrote, in English
and Chinese, phrases, operators alone and together. The first search of each word is not counted: it fills the caches.
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
from typing import Any

from bench import report, timelines
from bench.feed import _fill
from bench.load import LOAD_CORE
from bench.web import Stores
from planet.config.demo.sizes import Size, email_of, handle_of

ROUNDS = 5
SEARCHES = (
    "the", "a", "of", "price", "funding", "liquidity", "basis", "oracle", "consultation",
    "validator", "tokenised", "container", "zzzznobody", "的", "比特币", "资金费率", "涨", "止损",
    "没人说过的词", '"open interest"', '"in the books"', "price funding", "oracle OR basis",
    "funding -the", "-the", "$BTC", "$SOL", "$BTC $ETH", "#defi", "#基差", "lang:zh",
    "lang:zh $SOL", "has:link", "from:{author}", "from:{star} price", "after:{recent} the",
    "before:{old} price", "price $SOL lang:en from:{star}",
)  # fmt: skip


def main() -> None:
    """Make the database if it is not there, measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("users", 1_000_000), ("posts", 1_000_000), ("follows", 1_000_000), ("likes", 1_000_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--note", default="", help="a sentence for the report: what else the machine was doing")
    options = parser.parse_args()
    size = Size(options.users, options.posts, options.follows, options.likes)
    kept = os.environ.get("BENCH_DIR")
    directory = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory / f"search {size}".replace(",", "").replace(" ", "-")) as stores:
            seconds = _fill(stores, size)
            rows = _measure(size)
            rows += [report.Row("making this database", f"{seconds:.0f} s")] if seconds else []
            report.write("Search", rows, note=f"{size}; {ROUNDS} rounds of {len(SEARCHES)} searches. {options.note}")
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)


def _measure(size: Size) -> list[report.Row]:
    os.sched_setaffinity(0, {LOAD_CORE})
    import django

    django.setup()
    from django.test import Client

    from discover.parser import parse
    from discover.queries import Order, search
    from discover.suggestions import suggest
    from planet.accounts.models import User

    viewer = User.objects.get(email=email_of(size.users - 1))
    texts = _searches(size)
    rows = [_row("SQL floor: 21 posts by key, prepared", _floor(), aim=0)]
    for order in Order:
        run = _timed([lambda t=t, o=order: search(parse(t), viewer=viewer, order=o) for t in texts])  # type: ignore[misc]
        rows.append(_row(f"search, {order}", run, aim=50))
    deep = search(parse("the"), viewer=viewer, order=Order.LATEST)
    for _ in range(50):
        deep = search(parse("the"), viewer=viewer, order=Order.LATEST, after=deep.after)
    after = deep.after
    rows.append(
        _row(
            "— page 52 of a common word",
            _timed([lambda: search(parse("the"), viewer=viewer, order=Order.LATEST, after=after)] * 20),
            aim=50,
        )  # one call
    )
    client = Client(headers={"X-Forwarded-Proto": "https", "Host": "planet.example"}, raise_request_exception=True)
    client.force_login(viewer)
    pages = [lambda t=t: client.get("/search/", {"q": t}, secure=True) for t in texts[:30]]
    rows.append(_row("the page with its cards, in one process", _timed(pages, rounds=1), aim=0))
    names = _beginnings(size)
    run = _timed([lambda n=n: suggest(n, viewer=viewer) for n in names])  # type: ignore[misc]
    rows.append(_row(f"suggestions for @, {len(names)} beginnings of 1 to 9 letters", run, aim=20))
    run = _timed([lambda n=n: suggest(n, viewer=viewer) for n in ("#d", "#de", "#defi", "#基", "$b", "$bt", "$so")])  # type: ignore[misc]
    rows.append(_row("suggestions for # and $", run, aim=20))
    return rows + _sizes()


def _floor() -> list[float]:
    """What the machine, as it is now, takes for the least that a page of posts needs."""
    from planet.web.prepared import fetch
    from posts.models import Post

    ids = list(Post.objects.order_by("-id").values_list("pk", flat=True)[:21])
    return _timed([lambda: fetch(timelines.FLOOR, {"ids": ids})] * 40)


def _searches(size: Size) -> list[str]:
    """The searches, with people and days of this database."""
    from django.utils import timezone

    now = timezone.now()
    values = {
        "author": handle_of(size.creators // 2),
        "star": handle_of(0),
        "recent": (now.date().replace(day=1)).isoformat(),
        "old": now.date().replace(year=now.year - 1, month=12, day=31).isoformat(),
    }
    return [text.format(**values) for text in SEARCHES]


def _beginnings(size: Size) -> list[str]:
    """What is typed letter by letter: names of this database, which all begin alike, and of nobody."""
    rng = random.Random(1)
    handles = [handle_of(rng.randrange(size.users)) for _ in range(8)]
    return sorted({f"@{handle[:length]}" for handle in handles for length in range(1, 10)} | {"@z", "@nobody", "@陈"})


def _timed(acts: Sequence[Callable[[], Any]], *, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each act in each round, sorted."""
    for act in acts:
        act()
    times = []
    for _ in range(rounds):
        for act in acts:
            began = time.perf_counter()
            act()
            times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def _row(what: str, times: Sequence[float], *, aim: float) -> report.Row:
    p95 = times[int(len(times) * 0.95)]
    value = f"p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, worst {times[-1]:.1f} ms"
    return report.Row(what, value, aim=f"p95 ≤ {aim:.0f} ms" if aim else "", holds=p95 <= aim if aim else None)


def _sizes() -> list[report.Row]:
    """What the index weighs beside the posts."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('discover_entry') + pg_total_relation_size('discover_heat'),"
            " pg_total_relation_size('posts_post'), pg_total_relation_size('discover_personname')"
        )
        index, posts, names = (f"{size / 2**20:,.0f} MB" for size in cursor.fetchone())
    return [report.Row("index of posts, beside the posts' own", f"{index} beside {posts}"), report.Row("names", names)]


if __name__ == "__main__":
    main()
