"""The creator's centre of somebody with a hundred thousand readers: what its pages take in the database.

    python -m bench.centre                         # a hundred thousand people; a minute or two to make, once
    BENCH_DIR=/data/bench python -m bench.centre   # keeps that database for the next time

The readers come back: each reads posts on four of the last sixty days, newer ones more, and does something with one in
three. Measured is the time in SQL of whole pages, all of their statements together, for each window; beside them as
many statements that do nothing, and the same verdicts counted from the deeds themselves, in the same run.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import report
from bench.feed import _fill
from bench.load import LOAD_CORE
from bench.web import Stores
from planet.config.demo.sizes import Size

ROUNDS = 15
AIM_MS = 50
POSTS = 60  # of the creator, that are read

# Who reads what when: popular posts and recent days more; a few seconds to some minutes; every deed after reading.
_FILL = """
CREATE TEMP TABLE reads ON COMMIT DROP AS
SELECT p.id AS content_id, u.id AS viewer_id, p.creator_id,
       date_trunc('hour', now() - interval '60 days' * power(r.age, 1.5)) AS hour, r.dwell
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user) u
  CROSS JOIN LATERAL (
       SELECT random() AS age, (1 + random() * 60000)::bigint AS dwell,
              1 + floor(power(random(), 2) * %(posts)s) AS post
         FROM generate_series(1, 4 + 0 * u.n)) r
  JOIN (SELECT id, creator_id, row_number() OVER (ORDER BY id DESC) AS n FROM posts_post
         WHERE creator_id = %(creator)s AND repost_of_id IS NULL AND deleted_at IS NULL) p ON p.n = r.post
 WHERE u.id <> p.creator_id;
INSERT INTO engagement_day (content_id, viewer_id, day, creator_id, is_guest, impressions, dwell_ms, hours)
SELECT content_id, viewer_id, (hour AT TIME ZONE 'UTC')::date, creator_id, false, count(*), sum(dwell),
       bit_or(1 << extract(hour FROM hour AT TIME ZONE 'UTC')::int)
  FROM reads GROUP BY 1, 2, 3, 4;
INSERT INTO engagement_hour (content_id, hour, creator_id, impressions, dwell_ms, feed, profile, topic, search, direct,
                             other)
SELECT content_id, hour, creator_id, count(*), sum(dwell), count(*), 0, 0, 0, 0, 0 FROM reads GROUP BY 1, 2, 3;
INSERT INTO engagement_interaction (kind, viewer_id, creator_id, content_id, ref, at, characters, dwell_ms, is_served)
SELECT (ARRAY['like', 'like', 'bookmark', 'comment', 'share'])[1 + floor(random() * 5)], viewer_id, creator_id,
       content_id, content_id, hour + random() * interval '1 hour', 40, dwell, true
  FROM reads WHERE random() < 0.33 AND hour < now() - interval '1 hour'
ON CONFLICT DO NOTHING;
UPDATE accounts_user SET kyc_state = 'approved' WHERE random() < 0.5;
"""


def main() -> None:
    """Make the database if it is not there, measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--note", default="", help="a sentence for the report: what else the machine was doing")
    options = parser.parse_args()
    size = Size(users=options.readers, posts=20_000, follows=options.readers, likes=1000)
    kept = os.environ.get("BENCH_DIR")
    directory = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="planet-bench-"))
    try:
        with Stores(directory / f"centre {options.readers}") as stores:
            _fill(stores, size)
            rows, note = _measure(stores.directory / "read")
            report.write("Creator centre", rows, note=f"{note} {ROUNDS} rounds. {options.note}")
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)


def _measure(done: Path) -> tuple[list[report.Row], str]:
    os.sched_setaffinity(0, {LOAD_CORE})
    import django

    django.setup()
    from django.test import Client

    from creators.models import Creator
    from planet.accounts.models import User
    from posts.contexts.centre import WINDOWS, posts_of

    star = Creator.objects.order_by("-posts_count").first()
    assert star is not None
    if not done.exists():
        _read(star.pk)
        done.touch()
    client = Client(headers={"X-Forwarded-Proto": "https", "Host": "planet.example"})
    client.force_login(User.objects.get(pk=star.pk))
    newest = posts_of(star).order_by("-pk").first()
    assert newest is not None
    rows = []
    for what, path in (
        ("all posts", "/creator/centre/"),
        ("the most read post", f"/creator/centre/posts/{newest.pk}/"),
    ):
        for window in WINDOWS:
            url = f"{path}?window={window}"
            times, statements = _in_sql(lambda url=url: client.get(url, secure=True))  # type: ignore[misc]
            rows.append(_row(f"{what}, {window}", times, statements))
    return rows, _sizes(star.pk)


def _read(creator: Any) -> None:
    from django.db import connection, transaction

    from planet.engagement import readers, tallies
    from planet.engagement.models import Progress

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for statement in _FILL.split(";\n")[:-1]:
            cursor.execute(statement, {"creator": creator, "posts": POSTS})
    Progress.objects.get_or_create(pk=1)
    readers.fill()
    tallies.tally()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _sizes(creator: Any) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT viewer_id), count(*), (SELECT count(*) FROM engagement_interaction"
            " WHERE creator_id = %(creator)s) FROM engagement_day WHERE creator_id = %(creator)s",
            {"creator": creator},
        )
        return "{:,} readers, {:,} days of them, {:,} deeds.".format(*cursor.fetchone())


def _in_sql(page: Callable[[], Any]) -> tuple[list[float], int]:
    """Milliseconds that all statements of a page took together, sorted; how many they were."""
    from django.db import connection

    spent: list[float] = []

    def timed(execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent.append((time.perf_counter() - began) * 1000)

    times, count = [], 0
    for turn in range(ROUNDS + 1):
        spent.clear()
        with connection.execute_wrapper(timed):
            answer = page()
        assert answer.status_code == 200, answer
        if turn:  # the first prepares the statements
            times.append(sum(spent))
            count = len(spent)
    return sorted(times), count


def _row(what: str, times: Sequence[float], statements: int) -> report.Row:
    from planet.web.prepared import fetch

    middle = statistics.median(times)
    floor = statistics.median(_in_sql_of(lambda: [fetch("SELECT 1", {}) for _ in range(statements)]))
    return report.Row(
        f"{what}, {statements} statements",
        f"p50 {middle:.1f} ms, worst {times[-1]:.1f} ms",
        ratio=f"{middle / floor:.0f} × as many that do nothing",
        aim=f"p50 < {AIM_MS} ms",
        holds=middle < AIM_MS,
    )


def _in_sql_of(act: Callable[[], Any]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return times


if __name__ == "__main__":
    main()
