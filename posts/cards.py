"""Post cards: rendered once, kept in Redis, and finished for each viewer by filling slots.

`posts/_card.html` is viewer-neutral. Where it shows what differs between viewers or moments (counts, pressed states,
the CSRF token, how long ago) it has a slot: a name between two NULs, which no text can contain (posts.text.render).
A cached card is named after everything that is baked into it: the post and its revision, how its author looks, what it
quotes and how that looks, the language, the template. So nothing is ever invalidated: what changes gets a new name.
Redis keeps the cards of all processes; each process keeps those it has just shown nearer still, cut at their slots.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from planet.ledger.assets import Asset, brief
from planet.web import numbers, times
from planet.web.templatetags.planet import icon
from posts.blocks import BlockView
from posts.blocks import of_posts as blocks_of_posts
from posts.models import Post, PostMention, Video
from posts.queries import ArticleFace, Because, Row, faces, of_posts
from posts.text import excerpt, render

SECONDS_KEPT: Final = 3600
MOST_NEAR: Final = 8192  # cards of about 4 kB
QUOTED_LENGTH: Final = 280
FIRST_SCREEN: Final = 2  # cards
WHOLE_TIPS: Final = 100  # USDT from which cents are not shown
CENT: Final = 10_000  # units

_TIME = re.compile(r'(<time datetime="([^"]+)"[^>]* data-ago>)[^<]*(</time>)')
_LAZY: Final = "lazy"
_WAITS: Final = ' loading="lazy"'
_BAKED: Final = (
    "posts/_card.html",
    "posts/_acts.html",
    "posts/_article_card.html",
    "posts/_quote.html",
    "posts/_media.html",
    "posts/_video.html",
    "web/_name.html",
    "posts/_disclosures.html",
    "posts/_blocks.html",
)
_BAKED_ALL: Final = ("posts/blocks/*.html", "markets/*.html")


Name = tuple[object, ...]
Parts = tuple[str, ...]  # text, name of a slot, text, …
_near: dict[Name, Parts] = {}
_near_lock = Lock()


@dataclass(frozen=True)
class Viewer:
    """Who looks at the cards; a guest, or nobody in particular, without an id."""

    id: UUID | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Card:
    """A finished card, and the row that it shows."""

    row: Row
    html: SafeString


class _Slots:
    """In the template, `{{ slot.likes }}` leaves a mark that `_fill` replaces."""

    def __getitem__(self, name: str) -> SafeString:
        return mark_safe(f"\0{name}\0")  # noqa: S308  # a constant of the template


@dataclass
class _Baked:
    """What `_card.html` shows of a row, beside its slots."""

    row: Row
    post: Post  # who sees it, its warning, what its author discloses
    quote: Post | None
    people: frozenset[str]
    pictures: Sequence[object]
    quote_pictures: Sequence[object]
    article: ArticleFace | None
    quote_article: ArticleFace | None
    video: Video | None
    blocks: Sequence[BlockView]
    has_more: bool  # further posts of its thread
    slot: _Slots = field(default_factory=_Slots)

    @property
    def text(self) -> SafeString:
        """The post's text as HTML."""
        return render(self.row.post.text, people=self.people)

    @property
    def quoted_text(self) -> str:
        """The quoted words, plain: they stand inside a link. Of an article its title, below a warning none."""
        if self.row.quote is None or (self.quote and self.quote.warning):
            return ""
        return self.quote_article.title if self.quote_article else excerpt(self.row.quote.text, QUOTED_LENGTH)


def viewer(request: HttpRequest) -> Viewer:
    """The person (or guest) behind a request."""
    return Viewer(request.user.pk if request.user.is_authenticated else None)


def cards(rows: Sequence[Row], *, viewer: Viewer, full: bool = False) -> list[Card]:
    """The rows as finished cards. No query when they are cached; a few otherwise, however many."""
    names = _names(rows)
    baked = _baked(dict(zip(names, rows, strict=True)))
    viewer = replace(viewer, now=viewer.now or timezone.now())
    filled: list[Card] = []
    first_picture = True  # the one that is likely on the first screen is not left for later
    for name, row in zip(names, rows, strict=True):
        parts = baked[name]
        eager = first_picture and len(filled) < FIRST_SCREEN and _LAZY in parts
        first_picture = first_picture and not eager
        filled.append(Card(row, _fill(parts, row, viewer, full=full, eager=eager)))
    return filled


def actions_bar(row: Row, *, audience: str) -> SafeString:
    """The buttons of a card by themselves, for a page that shows the post in another way."""
    values = {name: mark_safe(value) for name, value in _values(row, False).items()}  # noqa: S308  # as in _fill
    context = {"url": row.post.get_absolute_url(), "id": row.post.id, "slot": values, "audience": audience}
    return render_to_string("posts/_acts.html", context)


def neutral(row: Row) -> SafeString:
    """A card for nobody in particular, as it is broadcast."""
    return cards([row], viewer=Viewer())[0].html


# --- what is baked ------------------------------------------------------------------------------------------------


def _names(rows: Sequence[Row]) -> list[Name]:
    """The names of the cached cards: all that is baked into each."""
    everywhere = (get_language(), _templates())
    return [
        (row.post.id, row.post.revision, row.author, row.has_quote, *_quoted(row), *everywhere)  # a Face is its looks
        for row in rows
    ]


def _quoted(row: Row) -> Name:
    return (row.quote.id, row.quote.revision, row.quote_author) if row.quote else ()


@lru_cache(maxsize=1)
def _templates() -> str:
    """A digest of the templates and icons, so that a new version of Planet does not show old cards."""
    digest = blake2b(static("icons/sprite.svg").encode(), digest_size=6)
    root = Path(settings.TEMPLATES[0]["DIRS"][0])
    for path in (*(root / name for name in _BAKED), *(path for kind in _BAKED_ALL for path in sorted(root.glob(kind)))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _baked(wanted: dict[Name, Row]) -> dict[Name, Parts]:
    """The neutral HTML of each row, by name: from nearby, out of Redis, or rendered now and put into both."""
    parts = {name: near for name in wanted if (near := _near.get(name)) is not None}
    html = _recall([name for name in wanted if name not in parts])
    missing = {name: row for name, row in wanted.items() if name not in parts and name not in html}
    if missing:
        rendered = dict(zip(missing, _render(list(missing.values())), strict=True))
        _remember(rendered)
        html.update(rendered)
    cut = {name: tuple(text.split("\0")) for name, text in html.items()}
    if cut:
        _keep_near(cut)
    return parts | cut


def _keep_near(cut: dict[Name, Parts]) -> None:
    with _near_lock:
        _near.update(cut)
        for oldest in list(islice(_near, max(0, len(_near) - MOST_NEAR))):
            del _near[oldest]


def _recall(names: list[Name]) -> dict[Name, str]:
    if not names:
        return {}
    try:
        found = get_redis_connection("default").mget([_key(name) for name in names])
    except RedisError:
        return {}  # without Redis every card is rendered: slower, not wrong
    return {name: value.decode() for name, value in zip(names, found, strict=True) if value is not None}


def _remember(rendered: dict[Name, str]) -> None:
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for name, html in rendered.items():
            pipeline.set(_key(name), html.encode(), ex=SECONDS_KEPT)
        pipeline.execute()
    except RedisError:
        return


def _key(name: Name) -> str:
    return cache.make_key(f"card:{blake2b(repr(name).encode(), digest_size=16).hexdigest()}")


def _render(rows: Sequence[Row]) -> Iterator[str]:
    """Render cards that are not cached; what belongs to all of them in seven queries."""
    ids = {row.post.id for row in rows}
    all_ids = ids | {row.quote.id for row in rows if row.quote}
    posts = Post.objects.in_bulk(all_ids)
    pictures, articles = of_posts(all_ids), faces(all_ids)
    videos = {video.post_id: video for video in Video.objects.filter(post__in=ids).select_related("post")}
    blocks = blocks_of_posts(ids)
    continued = set(Post.objects.filter(thread__in=ids, part=1).values_list("thread", flat=True))
    people: dict[UUID, set[str]] = {}
    for post_id, handle in PostMention.objects.filter(post__in=ids).values_list("post", "user__handle"):
        people.setdefault(post_id, set()).add(handle.lower())
    for row in rows:
        card = _Baked(
            row,
            posts[row.post.id],
            posts[row.quote.id] if row.quote else None,
            frozenset(people.get(row.post.id, ())),
            pictures.get(row.post.id, []),
            pictures.get(row.quote.id, []) if row.quote else [],
            articles.get(row.post.id),
            articles.get(row.quote.id) if row.quote else None,
            videos.get(row.post.id),
            blocks.get(row.post.id, []),
            row.post.id in continued,
        )
        html = render_to_string("posts/_card.html", {"card": card, "row": row, "slot": card.slot})
        # A time is a slot as well, named after its moment; so is whether the first picture waits to come near.
        timed = _TIME.sub(lambda found: f"{found[1]}\0@{found[2]}\0{found[3]}", html.strip())
        yield timed.replace(f"{_WAITS} decoding", f"\0{_LAZY}\0 decoding", 1)  # pictures say it in this order


# --- what is filled in --------------------------------------------------------------------------------------------


def _fill(baked: Parts, row: Row, viewer: Viewer, *, full: bool, eager: bool) -> SafeString:
    values = _values(row, full)
    values[_LAZY] = ' fetchpriority="high"' if eager else _WAITS
    parts = list(baked)
    parts[1::2] = [times.ago(_moment(name), viewer.now) if name[0] == "@" else values[name] for name in parts[1::2]]
    return mark_safe("".join(parts))  # noqa: S308  # the template escaped, and every value below is escaped or ours


@lru_cache(maxsize=MOST_NEAR)
def _moment(slot: str) -> datetime:
    """The moment after which the slot of a time is named."""
    return datetime.fromisoformat(slot[1:])


def _values(row: Row, full: bool) -> dict[str, str]:
    counts, done = row.counts, row.done
    values = {
        "item": str(row.id),
        "cls": " full" if full else "",
        "why": _why(row),
        "liked": _pressed(done.liked),
        "bookmarked": _pressed(done.bookmarked),
        "reposted": _pressed(done.reposted),
        "like_on": _next(done.liked),
        "bookmark_on": _next(done.bookmarked),
        "repost_on": _next(done.reposted),
        "tips": _tips(row.tip_units),
    }
    for name, number in counts.as_dict().items():
        values[name] = numbers.compact(number) if number else ""
        values[f"{name}_exact"] = str(number)
    return values


def _tips(units: int) -> str:
    """What a post received, short; nothing where nobody gave, or its author does not show it."""
    if units < WHOLE_TIPS * 10**Asset.USDT.decimals:
        return brief(units - units % CENT, Asset.USDT) if units else ""
    return numbers.compact(units // 10**Asset.USDT.decimals)


def _pressed(done: bool) -> str:
    return "true" if done else "false"


def _next(done: bool) -> str:
    """What the button sends: the other state."""
    return "0" if done else "1"


def _why(row: Row) -> str:
    """The line above a repost, and above what the viewer did not ask for."""
    if row.because:
        return _because(row.because)
    if row.reposter is None:
        return ""
    who = format_html('<a href="{}">{}</a>', row.reposter.get_absolute_url(), row.reposter.name)
    said = escape(gettext("{name} reposted")).replace("{name}", who)
    return f'<p class="why">{icon("repost", "16")}<span>{said}</span></p>'


def _because(because: Because) -> str:
    """In a few words why this is shown; that one follows its author needs none."""
    if because.stream == "topic":
        url = f"/{'topic' if because.topic[0] == '#' else 'asset'}/{quote(because.topic[1:])}/"
        topic = format_html('<a href="{}">{}</a>', url, because.topic)
        symbol, said = "hash", escape(gettext("Because you follow {topic}")).replace("{topic}", topic)
    elif because.stream == "hot":
        symbol, said = "chart", escape(gettext("Popular now"))
    elif because.stream == "new":
        symbol, said = "bolt", escape(gettext("A new voice"))
    else:
        return ""
    return f'<p class="why">{icon(symbol, "16")}<span>{said}</span></p>'
