"""What travels over the socket.

Client to server: `{"op": "sub", "topics": […], "since": {topic: event id}}`, `{"op": "unsub", "topics": […]}` and
`{"op": "ping"}`. Server to client: an event `{"i": id, "t": topic, "k": kind, "d": {…}, "h": html}`, and the socket's
own kinds: `hello` (`e`: the epoch; another one than before means that replay is off), `sub` (granted; `i`: the position
to resume from), `denied`, `gap` (events may be missing: catch up by HTTP and go on from `i`; topic `*`: all of them)
and `pong` (`i`: everything up to here was delivered).
"""

from typing import Any, Literal

import msgspec

MAX_MESSAGE = 4096  # bytes from a client
MAX_EVENT = 64 * 1024  # bytes to a client; what is bigger becomes a gap
EVERYTHING = "*"
RESERVED_KINDS = frozenset({"hello", "sub", "denied", "gap", "pong"})


class ClientMessage(msgspec.Struct, forbid_unknown_fields=True):
    """What a browser may say."""

    op: Literal["sub", "unsub", "ping"]
    topics: list[str] = []
    since: dict[str, str] = {}


_decoder = msgspec.json.Decoder(ClientMessage)


def _plain(value: object) -> str:
    """Lazy translations, ids, and rendered HTML, which is a subclass of str that `str` would hand back as it is."""
    return str.__str__(str(value))


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def decode(text: str) -> ClientMessage:
    """A client's message; raises ValueError for anything else than one."""
    return _decoder.decode(text)


def encode(topic: str, kind: str, data: dict[str, Any] | None = None, html: str | None = None) -> bytes:
    """An event without its id, which Redis gives."""
    body: dict[str, Any] = {"t": topic, "k": kind}
    if data:
        body["d"] = data
    if html is not None:
        body["h"] = html
    return _encoder.encode(body)


def with_id(event_id: bytes, body: bytes) -> bytes:
    """The event with its id in front."""
    return b'{"i":"%b",%b' % (event_id, body[1:])


def notice(kind: str, **fields: str) -> bytes:
    """One of the socket's own messages."""
    return _encoder.encode({"k": kind, **fields})


def frame(payload: bytes) -> bytes:
    """A whole, final WebSocket text frame as a server sends it (RFC 6455 §5.2): made once, written to every socket."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 65536:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), payload)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), payload)


def unframe(data: bytes) -> list[str]:
    """The texts in a run of frames made by `frame`."""
    texts: list[str] = []
    at = 0
    while at < len(data):
        size, at = data[at + 1], at + 2
        if size == 126:
            size, at = int.from_bytes(data[at : at + 2], "big"), at + 2
        elif size == 127:
            size, at = int.from_bytes(data[at : at + 8], "big"), at + 8
        texts.append(data[at : at + size].decode())
        at += size
    return texts
