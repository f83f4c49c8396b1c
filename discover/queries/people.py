"""Finding people by the beginning of a handle or of a word of their name."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.http import Http404

from discover.queries import sql
from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor
from planet.web.prepared import fetch

MOST: Final = 300  # people that one search brings, however many begin so
SUGGESTED_FROM: Final = 100  # and of how many the first few are suggested


def people(text: str, *, viewer: User | None, after: str | None = None) -> Page[User]:
    """Whoever is called so: exactly so, then whom the viewer follows, then by how many follow them."""
    ids = _ids(text, viewer=viewer, size=MOST)
    if after:
        last = decode_cursor(after, User, "id")[0]
        if last not in ids:
            raise Http404
        ids = ids[ids.index(last) + 1 :]
    page, more = ids[:PAGE_SIZE], len(ids) > PAGE_SIZE
    return Page(_load(page), encode_cursor(page[-1]) if more else None)


def to_suggest(text: str, *, viewer: User | None, size: int, to_mention: bool = False) -> list[User]:
    """The first of them; `to_mention`: only those whom a mention by the viewer would reach."""
    return _load(_ids(text, viewer=viewer, size=size, to_mention=to_mention))


def _ids(text: str, *, viewer: User | None, size: int, to_mention: bool = False) -> list[UUID]:
    # The longest word leads: the fewest names begin with it.
    words = sorted(text.removeprefix("@").split(), key=len, reverse=True)[:4]
    if not words:
        return []
    values = {
        "viewer": viewer.pk if viewer else None,
        "text": words[0],
        "others": words[1:],
        "to_mention": to_mention,
    }
    return [row[0] for row in fetch(sql.people(most=max(size, SUGGESTED_FROM), size=size), values)]


def _load(ids: Sequence[UUID]) -> list[User]:
    found = {user.pk: user for user in User.objects.select_related("creator").filter(pk__in=ids)} if ids else {}
    return [found[pk] for pk in ids if pk in found]
