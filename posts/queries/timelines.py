"""Timelines: which posts, in which order, a page at a time."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import Http404

from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor
from planet.web.prepared import fetch
from posts.models import Bookmark, List, Post, Tag
from posts.queries import sql
from posts.queries.rows import Row, rows
from posts.text import Kind, symbol, topic_name

LATE_MS: Final = 5000  # how long a transaction that publishes may take, and then some
# How many pages with nothing but posts of suspended people are stepped over: with what one may publish in a day.
LOOKS: Final = 20
MANY_FOLLOWS: Final = 200  # from here on a walk over everyone's newest posts is worth a try


def following(*, viewer: User, after: str | None = None) -> Page[Row]:
    """What the people whom the viewer follows posted and reposted, and the viewer too; strictly in time."""
    return _page(_following(viewer), viewer.pk, _post_id(after))


def of_list(*, of: List, after: str | None = None) -> Page[Row]:
    """What the people on a list posted and reposted, for its owner; strictly in time."""
    return _page(sql.OF_LIST, of.owner_id, _post_id(after), list=of.pk)


def cursor_at(item_id: UUID) -> str:
    """The cursor of a feed in time whose first item is this one, or the next older one when it is gone."""
    return encode_cursor(UUID(int=min(item_id.int + 1, 2**128 - 1)))


def _following(viewer: User) -> str:
    """The faster of two statements with one result."""
    return sql.FOLLOWING_MANY if viewer.following_count >= MANY_FOLLOWS else sql.FOLLOWING


def latest(*, viewer_id: UUID | None, after: str | None = None) -> Page[Row]:
    """Everyone's posts, newest first; no reposts."""
    return _page(sql.LATEST, viewer_id, _post_id(after))


def by_creator(*, creator_id: UUID, viewer_id: UUID | None, after: str | None = None) -> Page[Row]:
    """What one creator posted and reposted."""
    return _page(sql.BY_CREATOR, viewer_id, _post_id(after), creator=creator_id)


def tagged(*, tag: Tag, viewer_id: UUID | None, after: str | None = None) -> Page[Row]:
    """Posts with this tag, newest first."""
    return _page(sql.TAGGED, viewer_id, _post_id(after), tag=tag.pk)


def bookmarked(*, viewer_id: UUID, after: str | None = None) -> Page[Row]:
    """What the viewer keeps, the latest kept first."""
    before = decode_cursor(after, Bookmark, "id")[0] if after else None
    found = fetch(sql.BOOKMARKED, {"viewer": viewer_id, "before": before})
    page, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return Page(
        rows([post_id for post_id, _ in page], viewer_id=viewer_id), encode_cursor(page[-1][1]) if more else None
    )


def newer(
    *, viewer: User | None, since: UUID, is_following: bool = False, of: List | None = None
) -> tuple[list[Row], bool]:
    """What came after the item `since` in Following, a list or Latest, newest first; and whether it is over a page.

    Ids are made before they are committed, so an item may appear below `since` after `since` was read: the last
    seconds before it come along, and who shows them leaves out what is shown already.
    """
    viewer_id = viewer.pk if viewer else None
    if of:
        ids = _ids(sql.OF_LIST, viewer_id, None, list=of.pk)
    else:
        ids = _ids(_following(viewer) if viewer and is_following else sql.LATEST, viewer_id, None)
    if len(ids) > PAGE_SIZE and ids[-1] > since:
        return [], True
    ids = [i for i in ids if i > _before(since)]
    return _without_repeats(rows(ids[:PAGE_SIZE], viewer_id=viewer_id)), False


def find_tag(*, kind: Kind, name: str) -> Tag | None:
    """The tag with this exact name; None when nobody has used it."""
    return Tag.objects.filter(kind=kind.value, name=name).first()


def tag_name(*, kind: Kind, raw: str) -> str:
    """The one spelling of a topic's or asset's name. Raises Http404 when it cannot be one."""
    name = topic_name(raw) if kind is Kind.TOPIC else symbol(raw)
    if name is None:
        raise Http404
    return name


def _page(statement: str, viewer_id: UUID | None, before: UUID | None, **params: Any) -> Page[Row]:
    for _look in range(LOOKS):
        ids = _ids(statement, viewer_id, before, **params)
        shown, more = ids[:PAGE_SIZE], len(ids) > PAGE_SIZE
        found = rows(shown, viewer_id=viewer_id)
        if found or not more:
            break
        before = shown[-1]
    return Page(_without_repeats(found), encode_cursor(shown[-1]) if more else None)


def _ids(statement: str, viewer_id: UUID | None, before: UUID | None, **params: Any) -> list[UUID]:
    """One more id than a page has, to know whether another page follows."""
    values: Mapping[str, Any] = {"viewer": viewer_id, "before": before, **params}
    return [row[0] for row in fetch(statement, values)]


def _without_repeats(items: list[Row]) -> list[Row]:
    """Each post once a page, where it came first: an original and five reposts of it are one card."""
    unique: dict[UUID, Row] = {}
    for item in items:
        unique.setdefault(item.post.id, item)
    return list(unique.values())


def _before(since: UUID) -> UUID:
    """The smallest UUIDv7 of LATE_MS before `since`."""
    return UUID(int=max(0, (since.int >> 80) - LATE_MS) << 80)


def _post_id(cursor: str | None) -> UUID | None:
    if not cursor:
        return None
    found: UUID = decode_cursor(cursor, Post, "id")[0]
    return found
