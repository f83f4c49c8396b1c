"""One browser tab as the hub sees it, and the two ways to write to it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from planet.realtime import wire
from planet.realtime.limits import Allowance

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Close:
    """The close codes of our own; browsers come back after each of them."""

    BAD_MESSAGE = 4400
    REVOKED = 4403
    SLOW = 4408
    BUSY = 4429
    TRY_AGAIN = 1013


class Outlet(Protocol):
    """Where the frames of one socket go.

    `write` sends whole frames; it never blocks and may only be called while `is_closing()` is False.
    """

    @property
    def write(self) -> Callable[[bytes], object]:
        """Sends."""

    @property
    def is_closing(self) -> Callable[[], bool]:
        """Says whether nothing may be written any more."""

    def end(self, code: int) -> None:
        """Close the socket; later calls do nothing."""


class Socket:
    """One tab. Slots, because there are thousands."""

    __slots__ = (
        "address",
        "allowance",
        "checked_at",
        "end",
        "is_closing",
        "revision",
        "session_key",
        "topics",
        "user_id",
        "write",
    )

    def __init__(
        self, outlet: Outlet, *, user_id: UUID | None, session_key: str, address: str, work_burst: float, now: float
    ) -> None:
        # Bound once: the fan-out loop calls them a million times a second.
        self.write = outlet.write
        self.is_closing = outlet.is_closing
        self.end = outlet.end
        self.user_id = user_id
        self.session_key = session_key
        self.address = address
        self.topics: set[str] = set()
        self.revision = 0  # counts revocations: an answer from before one is void
        self.allowance = Allowance(work_burst)
        self.checked_at = now

    def tell(self, kind: str, **fields: str) -> None:
        """Send one of the socket's own messages."""
        if not self.is_closing():
            self.write(wire.frame(wire.notice(kind, **fields)))


class AsgiOutlet:
    """Writes through ASGI: for servers that do not show us their transport, such as Channels' communicator."""

    WAITING = 256  # messages; a reader that leaves more unread is slow

    def __init__(self, send: Send, dropped: Callable[[], None]) -> None:
        self._send = send
        self._dropped = dropped
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(self.WAITING)
        self._closing = False
        self._task = asyncio.create_task(self._run())

    def write(self, data: bytes, /) -> None:
        """Queue the messages in `data`; a full queue drops the reader."""
        try:
            for text in wire.unframe(data):
                self._queue.put_nowait({"type": "websocket.send", "text": text})
        except asyncio.QueueFull:
            asyncio.get_running_loop().call_soon(self._dropped)  # the hub is in the middle of its loop over sockets
            self.end(Close.SLOW)

    def is_closing(self) -> bool:
        """Whether it was ended."""
        return self._closing

    def end(self, code: int) -> None:
        """Close after what is queued; what does not fit is left out."""
        if self._closing:
            return
        self._closing = True
        while True:
            try:
                self._queue.put_nowait({"type": "websocket.close", "code": code})
            except asyncio.QueueFull:
                self._queue.get_nowait()
            else:
                return

    def stop(self) -> None:
        """Stop writing: the socket is gone."""
        self._closing = True
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            message = await self._queue.get()
            try:
                await self._send(message)
            except (OSError, RuntimeError):  # it closed meanwhile; what ASGI servers raise differs
                self._closing = True
                return
            if message["type"] == "websocket.close":
                return
