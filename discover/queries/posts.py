"""Finding posts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from discover.models import Heat
from discover.parser import Kind, Query, Term
from discover.queries import sql
from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE, decode_cursor, encode_cursor
from planet.web.prepared import fetch
from posts.models import Post
from posts.queries import Row, rows

LOOKS: Final = {"latest": 3000, "top": 2500}  # posts that the walk looks at
CANDIDATES: Final = 400  # that are put in order for Top
FEW: Final = 25  # found by the walk: then the word is rare enough for the index of words
# A text's rank is below 1, mostly around 0.1: as much as it weighs against heat, where 1 is a doubling of engagement
# or a week of age.
TEXT_WEIGHT: Final = 10.0
_PHRASES: Final = """
SELECT piece, discover_phrase(piece) FROM unnest(%(pieces)s::text[]) AS asked (piece)
"""


class Order(StrEnum):
    """What comes first."""

    TOP = "top"
    LATEST = "latest"


@dataclass(frozen=True)
class Results:
    """A page of posts, and the cursor after which the next begins (None: there is none)."""

    items: Sequence[Row] = ()
    after: str | None = None


def search(
    query: Query, *, viewer: User | None, order: Order, after: str | None = None, articles: bool = False
) -> Results:
    """The posts that a query asks for and the viewer may see; at most four queries. Raises Http404 for the cursor."""
    found = _Compiled.of(query, viewer)
    if not found.asks:
        return Results()
    if articles:
        found.require("'has:article'")
    viewer_id = viewer.pk if viewer else None
    values = {
        "viewer": viewer_id,
        "query": found.query,
        "words": found.words,
        "anchored": articles or query.is_anchored,
        "before": _first_of(query.before) if query.before else None,
        "since": _first_of(query.after) if query.after else None,
        "size": PAGE_SIZE + 1,
        "looks": LOOKS[order],
    }
    ids, cursor = (_latest if order is Order.LATEST else _top)(values, after)
    return Results(rows(ids, viewer_id=viewer_id), cursor)


def _latest(values: dict[str, Any], after: str | None) -> tuple[list[UUID], str | None]:
    if after:
        last = decode_cursor(after, Post, "id")[0]
        values["before"] = min(last, values["before"] or last)
    ids = [row[0] for row in fetch(sql.LATEST, values)]
    return ids[:PAGE_SIZE], encode_cursor(ids[PAGE_SIZE - 1]) if len(ids) > PAGE_SIZE else None


def _top(values: dict[str, Any], after: str | None) -> tuple[list[UUID], str | None]:
    score, last = decode_cursor(after, Heat, "heat", "post") if after else (None, None)
    more: Mapping[str, Any] = {
        "candidates": CANDIDATES,
        "few": FEW,
        "weight": TEXT_WEIGHT,
        "score": score,
        "last": last,
    }
    found = fetch(sql.TOP, {**values, **more})
    page = found[:PAGE_SIZE]
    cursor = encode_cursor(page[-1][1], page[-1][0]) if len(found) > PAGE_SIZE else None
    return [row[0] for row in page], cursor


def _first_of(day: dt.date) -> UUID:
    """The smallest UUIDv7 of a day (UTC)."""
    milliseconds = int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000)
    return UUID(int=max(0, milliseconds) << 80)


@dataclass
class _Compiled:
    """A query as the texts of two tsqueries: what must match, and the words that are ranked by."""

    query: str | None = None
    words: str | None = None
    asks: bool = False

    @classmethod
    def of(cls, query: Query, viewer: User | None) -> "_Compiled":
        phrases = _phrases([term.value for term in query.terms if term.kind is Kind.WORD])
        authors = _authors([term.value for term in query.terms if term.kind is Kind.AUTHOR], viewer)
        clauses, ranked = [], []
        for clause in query.clauses:
            texts = [(term, text) for term in clause if (text := _text(term, phrases, authors))]
            if texts:
                clauses.append(" | ".join(f"!({text})" if term.negated else f"({text})" for term, text in texts))
            ranked += [f"({text})" for term, text in texts if term.kind is Kind.WORD and not term.negated]
        return cls(
            query=" & ".join(f"({clause})" for clause in clauses) or None,
            words=" | ".join(ranked) or None,
            # Nothing but signs that no word is made of asks for nothing, not for everything.
            asks=bool(clauses) or (not query.clauses and bool(query)),
        )

    def require(self, mark: str) -> None:
        """Only what has this mark as well."""
        self.query = f"({self.query}) & {mark}" if self.query else mark


def _text(term: Term, phrases: Mapping[str, str | None], authors: Mapping[str, UUID]) -> str | None:
    """A term as the text of a tsquery; None when there is nothing in it to search for."""
    if term.kind is Kind.WORD:
        return phrases[term.value]
    if term.kind is Kind.AUTHOR:
        return _quoted(f"by:{authors.get(term.value, '')}")
    signs = {Kind.ASSET: "$", Kind.TOPIC: "#", Kind.HAS: "has:", Kind.LANGUAGE: "lang:"}
    return _quoted(signs[term.kind] + term.value)


def _quoted(mark: str) -> str:
    return "'" + mark.replace("\\", "\\\\").replace("'", "''") + "'"


def _phrases(pieces: list[str]) -> dict[str, str | None]:
    """Pieces of text as the database cuts them, for the index and here alike."""
    return dict(fetch(_PHRASES, {"pieces": pieces})) if pieces else {}


def _authors(handles: list[str], viewer: User | None) -> dict[str, UUID]:
    """The people with these handles; `me` is the viewer."""
    if not handles:
        return {}
    found = dict(User.objects.filter(handle__in=handles).values_list("handle", "pk"))
    return {"me": viewer.pk, **found} if viewer else found
