"""Signed impressions: the server's word that it showed these things to this visitor at this time. No Django, no I/O.

A token covers the list of a page. It is `header ‖ items ‖ tag` in base64: the header names a version, the
place, the second, a random page id and the viewer (zeros: a guest); an item is the ids of a content and its creator;
the tag is HMAC-SHA256, cut to 128 bits, of all of it and of the visitor's cookie. The cookie itself is not in the
token: whoever copies a token to another browser has nothing, and the beacon needs neither session nor database to
know that it comes from the browser that the page was made for.
"""

import os
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest, digest
from struct import Struct
from typing import Final
from uuid import UUID

VERSION: Final = 1
MOST_ITEMS: Final = 30  # a token; the bits of an int in Redis' Lua
HEADER: Final = Struct(">BBIQ16s")
ITEM: Final = 32
TAG: Final = 16
LONGEST: Final = (HEADER.size + MOST_ITEMS * ITEM + TAG + 2) // 3 * 4
NOBODY: Final = bytes(16)
_DAY: Final = 86_400


class Forged(Exception):
    """Not a token of ours, or not this visitor's."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a token says. `items` are the bytes of content and creator, 32 an item."""

    place: int
    served: int  # Unix seconds
    id: int
    viewer: bytes
    is_guest: bool
    items: bytes

    def __len__(self) -> int:
        """How many items it covers."""
        return len(self.items) // ITEM


def sign(
    items: Sequence[tuple[UUID, UUID]], *, key: bytes, holder: bytes, viewer: UUID | None, place: int, served: int
) -> str:
    """A token for these (content, creator) pairs, at most MOST_ITEMS, shown to whoever has the cookie `holder`."""
    page = int.from_bytes(os.urandom(8)) >> 1  # fits a signed column
    said = HEADER.pack(VERSION, place, served, page, viewer.bytes if viewer else NOBODY)
    said += b"".join([part.bytes for pair in items for part in pair])
    return b2a_base64(said + digest(key, said + holder, "sha256")[:TAG], newline=False).decode()


def read(token: str, *, key: bytes, person: bytes, guest: bytes) -> Page:
    """What the token says, if it was made for this visitor: `person` is the session cookie, `guest` the CSRF cookie.

    A guest is known by a pseudonym of that day: nothing links a guest's days. Raises Forged.
    """
    try:
        raw = a2b_base64(token, strict_mode=True)
    except (NotBase64, ValueError):
        raise Forged from None
    said, tag = raw[:-TAG], raw[-TAG:]
    count, rest = divmod(len(said) - HEADER.size, ITEM)
    if rest or not 0 < count <= MOST_ITEMS:
        raise Forged
    version, place, served, page, viewer = HEADER.unpack_from(said)
    is_guest = viewer == NOBODY
    holder = guest if is_guest else person
    if version != VERSION or not holder or not compare_digest(digest(key, said + holder, "sha256")[:TAG], tag):
        raise Forged
    if is_guest:
        viewer = pseudonym(guest, key=key, day=served // _DAY)
    return Page(place, served, page, viewer, is_guest, said[HEADER.size :])


def pseudonym(guest: bytes, *, key: bytes, day: int) -> bytes:
    """Sixteen bytes that stand for a guest's browser on one day (days since 1970), and lead back to nobody."""
    return blake2b(guest + day.to_bytes(4), key=key[:64], digest_size=16).digest()
