"""Finding topics and assets, and which of them are talked about."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from discover.queries import sql
from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor
from planet.web.prepared import fetch
from posts.models import Tag, TopicFollow

MOST: Final = 100
KINDS: Final = (Tag.Kind.TOPIC.value, Tag.Kind.ASSET.value)


@dataclass(frozen=True)
class Topic:
    """A topic or asset as it is listed."""

    id: int
    kind: str
    name: str
    followers: int
    authors_day: int
    authors_week: int
    follows: bool  # whether the viewer does

    def __str__(self) -> str:
        return f"{'$' if self.kind == Tag.Kind.ASSET else '#'}{self.name}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/{self.kind}/{quote(self.name)}/"


def topics(text: str, *, viewer_id: UUID | None, size: int = PAGE_SIZE, kinds: Collection[str] = KINDS) -> list[Topic]:
    """Topics and assets one of whose words begins so: exactly so, then followed ones, then the most talked about."""
    name = "".join(text.split()).lstrip("#$＃＄")
    if not name:
        return []
    values = {"text": name, "viewer": viewer_id, "most": MOST, "size": size, "kinds": list(kinds)}
    return [Topic(*row) for row in fetch(sql.TOPICS, values)]


def trending(*, viewer_id: UUID | None, size: int = 8) -> list[Topic]:
    """What is talked about more than usual."""
    return [Topic(*row) for row in fetch(sql.TRENDING, {"viewer": viewer_id, "size": size})]


def followed(*, viewer: User, after: str | None = None) -> Page[Topic]:
    """The topics that somebody follows, the latest followed first."""
    before = decode_cursor(after, TopicFollow, "id")[0] if after else None
    values: dict[str, Any] = {"viewer": viewer.pk, "before": before, "size": PAGE_SIZE + 1}
    found = fetch(sql.FOLLOWED, values)
    page, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return Page([Topic(*row[:-1]) for row in page], encode_cursor(page[-1][-1]) if more else None)
