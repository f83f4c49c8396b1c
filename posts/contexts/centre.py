"""The creator's centre: what the record of attention says about one's own posts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from creators.models import Creator
from planet.engagement import queries as engagement
from planet.engagement.models import Place
from planet.engagement.queries import Change, Figures, OfContent, Point, Window
from planet.engagement.verdicts import Share, verdicts
from planet.web.numbers import MINUS, compact, share
from planet.web.pagination import Page, keyset
from posts.charts import Chart, chart
from posts.models import Post
from posts.text import excerpt

WINDOWS: Final[Mapping[str, int]] = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
USUAL: Final = "7d"
TITLE_LENGTH: Final = 110
HOURS: Final = ("00:00", "06:00", "12:00", "18:00", "23:00")  # below a day's chart


@dataclass(frozen=True)
class Tile:
    """A figure with its change."""

    label: str
    value: str
    delta: str
    direction: str
    sub: str = ""


@dataclass(frozen=True)
class Line:
    """A post in the list, with its figures."""

    post: Post
    title: str
    figures: OfContent

    @property
    def read(self) -> str:
        """How long people looked."""
        return duration(self.figures.dwell_ms)


def window_of(name: str, now: datetime) -> tuple[str, Window]:
    """The window of that name, or the usual one."""
    name = name if name in WINDOWS else USUAL
    return name, Window.of(WINDOWS[name], now)


def centre(*, creator: Creator, name: str, window: Window, now: datetime, post: Post | None = None) -> dict[str, Any]:
    """Everything above the list of posts, of all posts or of one. Six queries, five for one post."""
    of = {"creator_id": creator.pk, "content_id": post.pk if post else None}
    figures = engagement.figures(window=window, **of)
    points = engagement.series(window=window, **of)
    month = points if name == "30d" else engagement.series(window=Window.of(WINDOWS["30d"], now), **of)
    shown = buckets(points, window)
    return {
        "creator": creator,
        "person": creator.user,
        "window": name,
        "windows": windows(name),
        "since": window.since,
        "until": window.until,
        "tiles": [*tiles(figures), *([] if post else [followers(creator, window)])],
        "impressions": chart([(label, seen) for label, seen, _ in shown]),
        "minutes": chart([(label, round(ms / 60_000)) for label, _, ms in shown]),
        "buckets": [(label, seen, round(ms / 60_000)) for label, seen, ms in shown],
        "axis": axis(shown),
        "sources": sources(figures),
        "rhythm": rhythm(month),
        "hours": HOURS,
        **verdicts(engagement.reasons(window=window, **of)),
        "is_empty": figures.impressions == Change() and figures.interactions == Change() and not month,
    }


def windows(current: str) -> list[dict[str, Any]]:
    """What one chooses between."""
    labels = {"24h": gettext("24 hours"), "7d": gettext("7 days"), "30d": gettext("30 days")}
    return [{"url": f"?window={name}", "label": labels[name], "current": name == current} for name in WINDOWS]


# --- figures ------------------------------------------------------------------------------------------------------


def tiles(figures: Figures) -> list[Tile]:
    """The four sums and how they changed."""
    return [
        _tile(gettext("Impressions"), figures.impressions),
        _tile(gettext("Readers"), figures.readers),
        _tile(gettext("Reading time"), figures.dwell_ms, shown=duration(figures.dwell_ms.now)),
        _tile(gettext("Interactions"), figures.interactions),
    ]


def followers(creator: Creator, window: Window) -> Tile:
    """How many more follow now than at the window's beginning."""
    found = engagement.followers(creator_id=creator.pk, window=window)
    net = found.net.now
    sub = gettext("%(gained)s joined, %(lost)s left") % {
        "gained": compact(found.gained.now),
        "lost": compact(found.lost.now),
    }
    return Tile(gettext("Followers"), compact(creator.followers_count), _signed(net), _direction(net), sub)


def _tile(label: str, change: Change, *, shown: str = "") -> Tile:
    return Tile(label, shown or compact(change.now), _percent(change), _direction(change.delta))


def _percent(change: Change) -> str:
    """By how much of what it was it changed; what was nothing has no per cent."""
    if not change.before:
        return gettext("new") if change.now else ""
    percent = round(100 * change.delta / change.before)
    return f"{'+' if percent > 0 else MINUS if percent < 0 else ''}{compact(abs(percent))} %"


def _signed(value: int) -> str:
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{compact(abs(value))}"


def _direction(delta: int) -> str:
    return "up" if delta > 0 else "down" if delta < 0 else "muted"


def duration(milliseconds: int) -> str:
    """“48 s”, “12 min”, “3.5 h”: how long people looked."""
    seconds = milliseconds // 1000
    if seconds < 60:
        return pgettext("duration", "%(n)s s") % {"n": seconds}
    if seconds < 3600:
        return pgettext("duration", "%(n)s min") % {"n": seconds // 60}
    hours = seconds / 3600
    return pgettext("duration", "%(n)s h") % {"n": compact(round(hours)) if hours >= 10 else f"{hours:.1f}"}


# --- over time ----------------------------------------------------------------------------------------------------


def buckets(points: Sequence[Point], window: Window) -> list[tuple[str, int, int]]:
    """The window cut into hours or days: (label, impressions, milliseconds)."""
    step = timedelta(hours=1) if window.hours <= 24 else timedelta(days=1)
    sums = [[0, 0] for _ in range(round((window.until - window.since) / step))]
    for point in points:
        place = int((point.hour - window.since) / step)
        sums[place][0] += point.impressions
        sums[place][1] += point.dwell_ms
    return [
        (_label(window.since + place * step, step), seen, milliseconds)
        for place, (seen, milliseconds) in enumerate(sums)
    ]


def _label(start: datetime, step: timedelta) -> str:
    """An hour by its beginning; a day by its end, which is when most of it happened to be."""
    return f"{start:%H:%M}" if step < timedelta(days=1) else date_format(start + step, gettext("j M"))


def axis(shown: Sequence[tuple[str, int, int]]) -> list[str]:
    """The labels below a chart: the first, one in the middle, the last."""
    return [shown[0][0], shown[len(shown) // 2][0], shown[-1][0]]


def rhythm(points: Sequence[Point]) -> dict[str, Any]:
    """In which hours of the day (UTC) people see the posts, over thirty days, and the best of them."""
    seen = [0] * 24
    for point in points:
        seen[point.hour.hour] += point.impressions
    best = max(range(24), key=lambda hour: seen[hour])
    drawn: Chart = chart([(f"{hour:02}:00", count) for hour, count in enumerate(seen)], marked=best)
    return {"chart": drawn, "best": f"{best:02}:00–{(best + 1) % 24:02}:00" if any(seen) else ""}


# --- parts --------------------------------------------------------------------------------------------------------


def sources(figures: Figures) -> list[Share]:
    """Where people saw the posts, most first."""
    counts = figures.sources.__dict__
    found = [
        Share(str(place.label), counts[place.name.lower()], share(counts[place.name.lower()], figures.impressions.now))
        for place in Place
    ]
    return sorted((one for one in found if one.value), key=lambda one: -one.value)


# --- the posts ----------------------------------------------------------------------------------------------------


def posts_of(creator: Creator) -> Any:
    """The creator's own living posts; no reposts."""
    return Post.objects.filter(creator=creator, repost_of=None, deleted_at=None)


def title_of(post: Post) -> str:
    """What a post is called in lists: how it begins."""
    return excerpt(post.text, TITLE_LENGTH)


def lines(*, creator: Creator, window: Window, after: str | None) -> Page[Line]:
    """A page of the creator's posts with their figures in the window, newest first. Two queries."""
    page: Page[Post] = keyset(posts_of(creator), after=after)
    return Page(_with_figures(page.items, creator, window), page.after)


def _with_figures(posts: Sequence[Post], creator: Creator, window: Window) -> list[Line]:
    found = engagement.of_contents([post.pk for post in posts], creator_id=creator.pk, window=window)
    return [Line(post, title_of(post), figures) for post, figures in zip(posts, found, strict=True)]


COLUMNS: Final = (
    "post", "published", "text", "impressions", "readers", "reading_seconds",
    "likes", "bookmarks", "comments", "reposts_and_quotes", "component_uses",
)  # fmt: skip
ROWS_AT_ONCE: Final = 500


def table(*, creator: Creator, window: Window, site: str) -> Iterator[Sequence[object]]:
    """Every post with its figures as rows for a spreadsheet, the header first; read in parts, however many."""
    yield COLUMNS
    posts = posts_of(creator).order_by("-pk")
    before = None
    while found := list((posts.filter(pk__lt=before) if before else posts)[:ROWS_AT_ONCE]):
        for line in _with_figures(found, creator, window):
            of = line.figures
            yield (
                *(site + reverse("post", args=[of.id]), line.post.created_at.isoformat(), line.title),
                *(of.impressions, of.readers, of.dwell_ms // 1000),
                *(of.likes, of.bookmarks, of.comments, of.shares, of.components),
            )
        before = found[-1].pk
