"""The demo's articles: a page of Markdown each, read as an article is when it is published."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from django.db.models import F
from PIL import Image

from creators.models import Creator
from planet.config.demo import panels, portraits
from planet.config.demo.copying import uuid7_at
from planet.config.demo.world import Person
from planet.web import images
from posts.actions.articles import store_article, written
from posts.actions.publication import NewArticle
from posts.actions.texts import mentioned, set_mentions, set_tags
from posts.models import Like, Post

SOURCES: Final = Path(__file__).parent / "texts"
PICTURE: Final = "{picture}"
LIKES: Final = (9, 40)


@dataclass(frozen=True)
class Source:
    """An article as it lies in the folder: a head of `name: value` lines, an empty line, Markdown."""

    head: dict[str, str]
    body: str

    @property
    def at(self) -> float:
        """How many hours ago it was published."""
        return float(self.head["hours"])


def sources() -> list[Source]:
    """Every article, the oldest first."""
    found = [_read(path) for path in sorted(SOURCES.glob("*.md"))]
    return sorted(found, key=lambda source: -source.at)


def _read(path: Path) -> Source:
    head, body = path.read_text(encoding="utf-8").split("\n\n", 1)
    return Source(dict(line.split(": ", 1) for line in head.splitlines()), body)


def write(*, people: dict[Person, uuid.UUID], now: dt.datetime) -> None:
    """Publish them, with the marks of those who have read them. Inside the caller's transaction."""
    rng = random.Random(len(people))
    by_handle = {person.handle: key for person, key in people.items()}
    readers = list(people.values())
    for number, source in enumerate(sources()):
        post = _publish(source, by_handle[source.head["author"]], now, random.Random(number))
        fans = [key for key in rng.sample(readers, rng.randint(*LIKES)) if key != post.creator_id]
        Like.objects.bulk_create(Like(post=post, user_id=key, created_at=post.created_at) for key in fans)
        Post.objects.filter(pk=post.pk).update(like_count=len(fans))


def _publish(source: Source, author: uuid.UUID, now: dt.datetime, rng: random.Random) -> Post:
    at = now - dt.timedelta(hours=source.at)
    body = source.body
    if PICTURE in body:
        drawing = panels.DRAWINGS["waves"](rng, "RWA", 100.0)
        key = _hang(drawing.image)
        body = body.replace(PICTURE, f'![{drawing.alt}]({key} "What could be redeemed at par, by hour of the week.")')
    cover = _hang(portraits.banner(rng, rng.randrange(40)))
    new = NewArticle(source.head["title"], body, cover, source.head["cover"])
    article = written(new, summary=source.head["summary"])
    post = Post.objects.create(
        id=uuid7_at(at, rng),
        kind=Post.Kind.ARTICLE,
        creator_id=author,
        client_id=uuid.UUID(int=rng.getrandbits(128), version=4),
        text=article.summary,
        created_at=at,
    )
    store_article(post, article)
    set_tags(post, article.names())
    set_mentions(post, mentioned(article.names(), author_id=author))
    Creator.objects.filter(pk=author).update(posts_count=F("posts_count") + 1)
    return post


def _hang(image: Image.Image) -> str:
    """Store a drawing as an upload would be; returns its key."""
    file = BytesIO()
    image.save(file, "WEBP", lossless=True, quality=0, method=0)
    file.seek(0)
    return images.store(file, kind="picture").key
