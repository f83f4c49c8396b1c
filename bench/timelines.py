"""What every timeline costs in the database, first page and five-hundredth, against reading its posts by their keys.

What is counted is the time that statements take, sent to answered: of both statements of a page (which items, and all
that their cards show), without the Python around them. `bench.feed` runs this on its million posts.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from bench import report
from planet.config.demo.sizes import Size, email_of, readers_of

DEEP: Final = 500  # pages
REPEATS: Final = 150
AIM_MS: Final = 5.0
ON_A_LIST: Final = 200  # people
QUIET: Final = 1999
FLOOR: Final = "SELECT id, text FROM posts_post WHERE id = ANY(%(ids)s::uuid[])"

Read = Callable[[], Any]


@dataclass(frozen=True)
class Timeline:
    """A timeline of one reader: its first page, and that deep down."""

    name: str
    first: Read
    deep: Read | None = None


@dataclass(frozen=True)
class Spent:
    """Milliseconds in the database of each reading, and how many statements the last one sent."""

    milliseconds: Sequence[float]
    statements: int

    @property
    def median(self) -> float:
        """The reading in the middle."""
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay below."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.95)]


@contextmanager
def _listening() -> Iterator[list[float]]:
    """The seconds of every statement sent meanwhile."""
    from django.db import connection

    seconds: list[float] = []

    def timed(execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            seconds.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield seconds


def measured(read: Read, *, repeats: int = REPEATS) -> Spent:
    """Read again and again. The first ten do not count: they prepare the statements and warm the caches."""
    for _ in range(10):
        read()
    milliseconds, statements = [], 0
    for _ in range(repeats):
        with _listening() as seconds:
            read()
        milliseconds.append(sum(seconds) * 1000)
        statements = len(seconds)
    return Spent(milliseconds, statements)


def rows(size: Size) -> list[report.Row]:
    """The floor, and a line for each timeline and depth."""
    floor = _floor()
    found = [report.Row("SQL floor: 21 posts by key, prepared", _said(floor), "1 ×")]
    for timeline in [*_in_time(size), *_by_heat(size)]:
        for name, read in ((timeline.name, timeline.first), (f"— its page {DEEP}", timeline.deep)):
            if read:
                found.append(_row(name, measured(read), floor.median))
    return found


def _row(name: str, spent: Spent, floor: float) -> report.Row:
    ratio = f"{spent.median / floor:.1f} ×"
    return report.Row(name, _said(spent), ratio, f"≤ {AIM_MS:.0f} ms in SQL", spent.median <= AIM_MS)


def _said(spent: Spent) -> str:
    plural = "s" if spent.statements > 1 else ""
    return f"p50 {spent.median:.2f} ms, p95 {spent.p95:.2f} ms, {spent.statements} statement{plural}"


def _floor() -> Spent:
    from planet.web.prepared import fetch
    from posts.models import Post

    ids: list[UUID] = list(Post.objects.order_by("-id").values_list("pk", flat=True)[:21])
    return measured(lambda: fetch(FLOOR, {"ids": ids}))


# --- the timelines ------------------------------------------------------------------------------------------------


def _in_time(size: Size) -> Iterator[Timeline]:
    """Following of readers of known followings, whom they follow being busy or quiet; Latest; a list; a topic."""
    from posts import queries
    from posts.models import Post

    everybodys = Post.objects.filter(part=0, deleted_at=None).order_by("-id")
    viewers = viewers_of(size)
    for count, viewer in viewers.items():
        deep = _cursor(everybodys.filter(creator__followers__follower=viewer))
        name = f"Following of {count:,}" + (" who wrote nothing of late" if viewer == viewers.get(QUIET) else "")
        yield Timeline(name, *_both(queries.following, deep, viewer=viewer))
    reader = next(iter(viewers.values()))
    yield Timeline("Latest", *_both(queries.latest, _cursor(everybodys), viewer_id=reader.pk))
    of = _list(reader)
    deep = _cursor(everybodys.filter(creator__in=of.members.values("creator")))
    yield Timeline(f"a list of {of.members.count()}", *_both(queries.of_list, deep, of=of))
    tag = busiest_topic()
    deep = _cursor(everybodys.filter(post_tags__tag=tag))
    yield Timeline("a topic, latest", *_both(queries.tagged, deep, tag=tag, viewer_id=reader.pk))


def _by_heat(size: Size) -> Iterator[Timeline]:
    """A topic's hottest, and For you."""
    from planet.web.pagination import encode_cursor
    from posts import queries
    from posts.models import PostScore, PostTag
    from posts.queries import foryou, topics

    viewers, tag = viewers_of(size), busiest_topic()
    last = _five_hundredth(PostTag.objects.filter(tag=tag, score__gt=0).order_by("-score", "-post"))
    deep = encode_cursor(last.score, last.post_id)
    reader = next(iter(viewers.values()))
    yield Timeline("a topic, top", *_both(topics.hottest, deep, tag=tag, viewer_id=reader.pk))
    last = _five_hundredth(PostScore.objects.order_by("-score", "-post"))
    deep = foryou.Cursor(last.score, last.post_id).write()
    for count, viewer in viewers.items():
        name = f"For you of {count:,}" + (" who wrote nothing of late" if viewer == viewers.get(QUIET) else "")
        yield Timeline(name, *_both(queries.for_you, deep, viewer=viewer))


def _both(read: Callable[..., Any], deep: str, **of: Any) -> tuple[Read, Read]:
    """The first page and the one after `deep`."""
    return partial(read, **of), partial(read, **of, after=deep)


def _cursor(posts: Any) -> str:
    """Where the five-hundredth page of these posts begins."""
    from planet.web.pagination import encode_cursor

    return encode_cursor(_five_hundredth(posts).pk)


def _five_hundredth(found: Any) -> Any:
    """The last row of the pages before; the one in the middle, of fewer."""
    from planet.web.pagination import PAGE_SIZE

    return found[min(DEEP * PAGE_SIZE - 1, found.count() // 2)]


# --- who reads, and what ------------------------------------------------------------------------------------------


def viewers_of(size: Size) -> dict[int, Any]:
    """Readers by how many they follow: of busy creators, as people do, and one of QUIET who wrote nothing of late."""
    from planet.accounts.models import User

    viewers = {count: User.objects.get(email=email_of(number)) for count, number in readers_of(size).items()}
    return {**viewers, **_quiet_reader(size)}


def _quiet_reader(size: Size) -> dict[int, Any]:
    """Nothing of theirs is among everybody's newest: the walk that is tried first is in vain, deep down as well."""
    from creators.models import Creator, Follow
    from planet.accounts.models import User
    from posts.models import Post

    reader = User.objects.get(email=email_of(size.users - 3))
    if reader.following_count != QUIET:
        busy = Post.objects.order_by("-id").values_list("creator", flat=True)[: size.posts // 50]
        quiet = Creator.objects.exclude(pk__in=set(busy)).order_by("-posts_count", "pk")[:QUIET]
        Follow.objects.filter(follower=reader).delete()
        Follow.objects.bulk_create([Follow(follower=reader, creator=creator) for creator in quiet])
        User.objects.filter(pk=reader.pk).update(following_count=len(quiet))
        reader.refresh_from_db()
    return {reader.following_count: reader} if reader.following_count == QUIET else {}


def _list(owner: Any) -> Any:
    """A list with the first of those whom its owner follows."""
    from posts.models import List, ListMember

    made, _ = List.objects.get_or_create(owner=owner, name="bench")
    if not made.members.exists():
        followed = owner.follows.values_list("creator", flat=True)[:ON_A_LIST]
        ListMember.objects.bulk_create(ListMember(list=made, creator_id=pk) for pk in followed)
    return made


def busiest_topic() -> Any:
    """The topic that most posts are about."""
    from django.db.models import Count

    from posts.models import Tag

    return Tag.objects.filter(kind="topic").annotate(n=Count("post_tags")).order_by("-n").first()
