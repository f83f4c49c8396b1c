"""What browsers report: read, checked, and appended to the stream. A beacon is never answered with a reason.

The body is JSON, a list of pages: `[[token, sequence, [[item, milliseconds], …]], …]`. Times are what came on top since
the page's last report, so that each is counted once wherever it is added.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from planet.engagement import stream, tokens

MOST_BYTES: Final = 16_384
MOST_PAGES: Final = 8
OLDEST: Final = 12 * 3600  # seconds that a page may report
SKEW: Final = 5  # seconds that our own clocks may differ
MOST_MS: Final = 60_000  # of one item in one report; browsers report every ten seconds
A_MINUTE: Final = 120  # beacons of one person
A_MINUTE_FROM: Final = 1200  # beacons of all the guests of one address

_Token = Annotated[str, msgspec.Meta(max_length=tokens.LONGEST)]
_Sequence = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
_Index = Annotated[int, msgspec.Meta(ge=0, lt=tokens.MOST_ITEMS)]
_Visible = Annotated[int, msgspec.Meta(ge=0, le=MOST_MS)]
_Seen = Annotated[list[tuple[_Index, _Visible]], msgspec.Meta(min_length=1, max_length=tokens.MOST_ITEMS)]
_Body = Annotated[list[tuple[_Token, _Sequence, _Seen]], msgspec.Meta(min_length=1, max_length=MOST_PAGES)]
_decoder = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a beacon comes from: the cookies that came with it, and the address (asked for guests alone)."""

    person: bytes
    guest: bytes
    address: Callable[[], str]


def receive(body: bytes, *, visitor: Visitor, key: bytes, now: float) -> Counter[str]:
    """Take what is new and true. Returns how many pages were `taken`, and how many refused for what.

    Refused: `malformed`, `forged` (not our token, or another visitor's), `old`, `early` (from a clock that jumped),
    `replay`, `clock` (more time than has passed), `rate`. Raises RedisError.
    """
    outcomes: Counter[str] = Counter()
    try:
        pages = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Counter(malformed=1)
    now_ms = int(now * 1000)
    reports: dict[int, stream.Report] = {}
    who = ""
    for token, seq, seen in pages:
        try:
            page = tokens.read(token, key=key, person=visitor.person, guest=visitor.guest)
        except tokens.Forged:
            outcomes["forged"] += 1
            continue
        refusal = _refusal(page, seen, now)
        if refusal or page.id in reports:
            outcomes[refusal or "malformed"] += 1
            continue
        who = who or (f"guest:{visitor.address()}" if page.is_guest else page.viewer.hex())
        reports[page.id] = _report(page, seq, seen, now_ms)
    if reports:
        most = A_MINUTE_FROM if who.startswith("guest:") else A_MINUTE
        outcomes.update(stream.append(list(reports.values()), who=who, most_a_minute=most, now_ms=now_ms))
    return outcomes


def _refusal(page: tokens.Page, seen: list[tuple[int, int]], now: float) -> str:
    if page.served > now + SKEW:
        return "early"
    if page.served < now - OLDEST:
        return "old"
    items = {item for item, _ in seen}
    return "malformed" if len(items) < len(seen) or max(items) >= len(page) else ""


def _report(page: tokens.Page, seq: int, seen: list[tuple[int, int]], now_ms: int) -> stream.Report:
    head = stream.HEADER.pack(now_ms, page.id, page.viewer, page.place, page.is_guest, len(seen))
    mask = 0
    for item, _ in seen:
        mask |= 1 << item
    return stream.Report(
        page=page.id,
        seq=seq,
        longest=max(visible for _, visible in seen),
        mask=mask,
        served_ms=page.served * 1000,
        keep_ms=(page.served + OLDEST) * 1000 - now_ms + 60_000,
        entry=head + b"".join(_rows(page, seen)),
    )


def _rows(page: tokens.Page, seen: list[tuple[int, int]]) -> Iterator[bytes]:
    pack, size, items = stream.REPORT.pack, tokens.ITEM, page.items
    for item, visible in seen:
        yield pack(item, visible, items[item * size : item * size + size])
