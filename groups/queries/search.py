"""Search inside a group: words of any script, "phrases", from:handle, and -what must not be there.

A word may stand in half of all messages or in three. So the newest messages of the group are walked first, which finds
a common word at once; only when that found too little is the index of words asked, and then the word is rare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import regex

from groups.access import Standing
from groups.models import Channel, Message
from planet.accounts.models import User
from planet.web.prepared import fetch

LENGTH: Final = 100
PIECES: Final = 12
SIZE: Final = 20
LOOKS: Final = 3000
_PIECE = regex.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_FROM = regex.compile(r"from:@?([A-Za-z0-9_]{3,20})", regex.IGNORECASE)
_QUOTES: Final = str.maketrans("“”„«»「」『』＂", '""""""""""')

# The query comes out of a materialised row: parsed once, and unknown to the planner, which therefore takes the index.
_FOUND: Final = """
WITH hidden AS MATERIALIZED (
    SELECT target_id AS id FROM accounts_block WHERE owner_id = %(user)s
     UNION ALL SELECT owner_id FROM accounts_block WHERE target_id = %(user)s
     UNION ALL SELECT target_id FROM accounts_mute WHERE owner_id = %(user)s),
said AS MATERIALIZED (
    SELECT string_agg('(' || phrase || ')', ' & ') AS query FROM (
        SELECT words_phrase(piece) FROM unnest(%(wanted)s::text[]) piece
         UNION ALL SELECT '!(' || words_phrase(piece) || ')' FROM unnest(%(unwanted)s::text[]) piece) p (phrase)),
asked AS MATERIALIZED (
    SELECT (coalesce(query || ' & ', '') || %(marks)s)::tsquery AS query FROM said),
walked AS MATERIALIZED (
    SELECT w.message_id FROM (
        SELECT w.message_id, w.words FROM groups_messagewords w
         WHERE w.group_id = %(group)s AND w.message_id < %(before)s
         ORDER BY w.message_id DESC LIMIT %(looks)s) w
     WHERE w.words @@ (SELECT query FROM asked) ORDER BY w.message_id DESC LIMIT %(size)s),
found AS MATERIALIZED (
    SELECT w.message_id FROM groups_messagewords w
     WHERE (SELECT count(*) < %(size)s FROM walked) AND w.words @@ (SELECT query FROM asked)
       AND w.message_id < %(before)s)
SELECT f.message_id FROM (
    SELECT message_id FROM walked UNION SELECT message_id FROM found) f
  JOIN groups_message m ON m.id = f.message_id
 WHERE m.author_id NOT IN (SELECT id FROM hidden)
 ORDER BY f.message_id DESC LIMIT %(size)s
"""
_LAST: Final = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Query:
    """What somebody typed."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    handle: str = ""

    def __bool__(self) -> bool:
        return bool(self.wanted or self.handle)


@dataclass(frozen=True)
class Found:
    """Messages with authors and channels, the newest first; `before` is where the next page begins, if there is one."""

    messages: Sequence[Message]
    before: UUID | None


def parse(text: str) -> Query:
    """The query in a text of any kind. Never raises."""
    wanted: list[str] = []
    unwanted: list[str] = []
    handle = ""
    for piece in list(_PIECE.finditer(text.replace("\x00", " ")[:LENGTH].translate(_QUOTES)))[:PIECES]:
        said = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        if (author := _FROM.fullmatch(said)) and not piece["minus"]:
            handle = author[1].lower()
        elif regex.search(r"[\p{L}\p{N}]", said):
            (unwanted if piece["minus"] else wanted).append(said)
    return Query(tuple(wanted), tuple(unwanted), handle)


def find(who: Standing, query: Query, *, channel: Channel | None = None, before: UUID | None = None) -> Found:
    """The messages of the member's group (or of one channel) that a query finds. At most three queries."""
    author = User.objects.filter(handle=query.handle).first() if query.handle else None
    if not query or (query.handle and author is None):
        return Found((), None)
    marks = [f"'g:{who.group.pk}'"]
    marks += [f"'by:{author.pk}'"] if author else []
    marks += [f"'in:{channel.pk}'"] if channel else []
    values: dict[str, Any] = {
        "user": who.user_id,
        "group": who.group.pk,
        "wanted": list(query.wanted),
        "unwanted": list(query.unwanted),
        "marks": " & ".join(marks),
        "before": before or _LAST,
        "looks": LOOKS,
        "size": SIZE + 1,
    }
    ids = [row[0] for row in fetch(_FOUND, values)]
    rows = Message.objects.filter(pk__in=ids[:SIZE], deleted_at=None).select_related("author", "channel__group")
    messages = sorted(rows, key=lambda row: row.pk, reverse=True)
    return Found(messages, ids[SIZE - 1] if len(ids) > SIZE else None)
