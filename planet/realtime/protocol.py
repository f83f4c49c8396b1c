"""uvicorn's WebSocket protocol, with its transport shown to the hub.

The hub writes ready-made frames to the transport: a message through ASGI costs five times as much (docs/adr). Server
frames carry no state, so bytes that bypass uvicorn's own encoder do not disturb it; closing does, and goes through it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from planet.realtime.socket import Close

SCOPE_KEY = "planet.protocol"


def _nobody_minds() -> None:
    """Before the hub knows a socket nothing is written to it that could pile up."""


class Mailbox:
    """What uvicorn needs of an asyncio.Queue, for one reader, in a fifteenth of the memory."""

    __slots__ = ("_items", "_waiting")

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._waiting: asyncio.Future[None] | None = None

    def put_nowait(self, item: Any) -> None:
        """Put a message in."""
        self._items.append(item)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def get(self) -> Any:
        """Take the oldest message out, waiting for one."""
        while not self._items:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        return self._items.pop(0)

    def empty(self) -> bool:
        """Whether nothing waits to be taken."""
        return not self._items


class SocketProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    LINGER = 2.0  # seconds that a peer has to answer our close

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.queue = Mailbox()  # type: ignore[assignment]
        self.slow: Callable[[], None] = _nobody_minds
        self.write: Callable[[bytes], object]
        self.is_closing: Callable[[], bool]

    async def run_asgi(self) -> None:
        """Run the application with this protocol in its scope's extensions."""
        self.scope["extensions"][SCOPE_KEY] = self  # type: ignore[assignment]
        await super().run_asgi()

    def admit(self, unread_bytes: int, slow: Callable[[], None]) -> None:
        """After the handshake: call `slow()` once more than `unread_bytes` wait, and let go of what it took."""
        self.transport.set_write_buffer_limits(high=unread_bytes)
        self.slow = slow
        # The hub calls these a million times a second: uvloop's own, with nothing of ours in between. It forgets a
        # socket before it ends it, and whoever else closes one closes the transport.
        self.write, self.is_closing = self.transport.write, self.transport.is_closing
        # The headers of the handshake: a fifth of an idle socket. The parser of websockets holds on to the request.
        self.request.headers.clear()
        del self.request, self.response
        self.scope["headers"] = []

    def pause_writing(self) -> None:
        """The peer does not read: the transport holds more than it may."""
        super().pause_writing()
        # Later, because this is called from within a write, in the middle of the hub's loop over sockets.
        self.loop.call_soon(self.slow)

    def end(self, code: int) -> None:
        """Send a close frame; abort when the peer does not answer it soon. Never waits for a slow peer."""
        if self.close_sent or self.transport.is_closing():
            return
        self.stop_keepalive()
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        try:
            self.conn.send_close(code)
        except InvalidState:
            self.transport.abort()
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_timer = self.loop.call_later(0.5 if code == Close.SLOW else self.LINGER, self.transport.abort)
        if self.read_paused:  # or the peer's answer is never read
            self.read_paused = False
            self.transport.resume_reading()
