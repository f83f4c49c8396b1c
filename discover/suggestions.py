"""What somebody may be about to type: people after @, topics after #, assets after $, all of them in the search box."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from discover.queries.people import to_suggest
from discover.queries.topics import Topic, topics
from planet.accounts.models import User
from planet.markets import queries as markets
from planet.markets.instruments import Instrument
from planet.web.text import clean_line
from posts.models import Tag

SHOWN: Final = 8
IN_SEARCH: Final = 4  # of each kind
MAX_LENGTH: Final = 40
_SIGNS: Final = {"@": "@", "＠": "@", "#": "#", "＃": "#", "$": "$", "＄": "$"}


@dataclass(frozen=True)
class Suggestions:
    """People, instruments, and topics and assets, the best first; `text` is what they begin with."""

    text: str = ""
    people: Sequence[User] = ()
    instruments: Sequence[Instrument] = ()
    topics: Sequence[Topic] = ()

    def __len__(self) -> int:
        return len(self.people) + len(self.instruments) + len(self.topics)


def suggest(raw: str, *, viewer: User | None) -> Suggestions:
    """What begins like `raw`: with a sign, as in a text, only of that kind; without one, for the search box, of all."""
    typed = raw[: MAX_LENGTH + 1].replace("\ufffd", "")
    sign, text = _SIGNS.get(typed[:1], ""), typed.lstrip("".join(_SIGNS))
    text = clean_line("".join(c for c in text if not "\ud800" <= c <= "\udfff"))
    if not text:
        return Suggestions(text)
    viewer_id = viewer.pk if viewer else None
    if sign == "@":
        return Suggestions(text, to_suggest(text, viewer=viewer, size=SHOWN, to_mention=True))
    if sign == "#":
        return Suggestions(text, topics=topics(text, viewer_id=viewer_id, size=SHOWN, kinds=[Tag.Kind.TOPIC.value]))
    if sign == "$":
        return _assets(text, viewer_id, SHOWN)
    found = _assets(text, viewer_id, IN_SEARCH)
    named = topics(text, viewer_id=viewer_id, size=IN_SEARCH, kinds=[Tag.Kind.TOPIC.value])
    return Suggestions(
        text, to_suggest(text, viewer=viewer, size=IN_SEARCH), found.instruments, [*named, *found.topics][:IN_SEARCH]
    )


def _assets(text: str, viewer_id: UUID | None, size: int) -> Suggestions:
    """What the market knows, then what people wrote about beside that."""
    instruments = markets.search(text)[:size]
    known = {instrument.symbol for instrument in instruments}
    named = topics(text, viewer_id=viewer_id, size=size, kinds=[Tag.Kind.ASSET.value])
    others = [topic for topic in named if topic.name not in known]
    return Suggestions(text, (), instruments, others[: size - len(instruments)])
