"""One socket from handshake to end: an ASGI application behind Channels' router."""

import logging
import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.cookie import parse_cookie

from planet.realtime import metrics, origin, topics
from planet.realtime.database import Unavailable
from planet.realtime.hub import Hub
from planet.realtime.joining import join
from planet.realtime.protocol import SCOPE_KEY, SocketProtocol
from planet.realtime.sessions import whose
from planet.realtime.socket import AsgiOutlet, Close, Send, Socket
from planet.realtime.wire import ClientMessage, decode

logger = logging.getLogger(__name__)


class Consumer:
    """The application: `hub` is the one of this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Serve one socket."""
        self.hub.start()
        await receive()  # websocket.connect
        if not origin.welcome(scope["headers"]):
            await _refuse(scope, send, 403, "origin")
            return
        address = origin.guest(scope["headers"], (scope.get("client") or ("",))[0])
        if not self.hub.door.admits(address):
            await _refuse(scope, send, 429, "busy")
            return
        session_key = parse_cookie(origin.header(scope["headers"], b"cookie")).get(settings.SESSION_COOKIE_NAME, "")
        try:
            user_id = await self._identify(session_key)
        except Unavailable:
            await _refuse(scope, send, 503, "unavailable")
            return
        if not self._has_room(user_id):
            await _refuse(scope, send, 429, "full")
            return
        await send({"type": "websocket.accept"})
        await self._serve(scope, receive, send, (user_id, session_key, address))

    async def _identify(self, session_key: str) -> UUID | None:
        """Who it is; asked again if they were cut off while we asked."""
        while True:
            mark = self.hub.revocations()
            user_id = await self.hub.database.run(whose, session_key) if session_key else None
            if user_id is None or not self.hub.revoked_since(mark, user_id):
                return user_id

    def _has_room(self, user_id: UUID | None) -> bool:
        limits = self.hub.limits
        if len(self.hub.sockets) >= limits.sockets:
            return False
        return user_id is None or len(self.hub.sockets_of(user_id)) < limits.sockets_a_user

    async def _serve(self, scope: dict[str, Any], receive: Any, send: Send, who: tuple[UUID | None, str, str]) -> None:
        user_id, session_key, address = who
        protocol = scope.get("extensions", {}).get(SCOPE_KEY)
        outlet: SocketProtocol | AsgiOutlet = protocol or AsgiOutlet(send, lambda: self._slow(socket))
        if isinstance(outlet, SocketProtocol):
            outlet.admit(self.hub.limits.unread_bytes, lambda: self._slow(socket))
        socket = Socket(
            outlet,
            user_id=user_id,
            session_key=session_key,
            address=address,
            work_burst=self.hub.limits.work_burst,
            now=time.monotonic(),
        )
        scope.clear()  # its headers are most of what an idle socket would hold
        self.hub.add(socket)
        try:
            socket.tell("hello", e=self.hub.epoch)
            await self._listen(socket, receive)
        finally:
            self.hub.remove(socket)
            if isinstance(outlet, AsgiOutlet):
                outlet.stop()

    def _slow(self, socket: Socket) -> None:
        self.hub.drop(socket, Close.SLOW, "slow")

    async def _listen(self, socket: Socket, receive: Any) -> None:
        limits = self.hub.limits
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            try:
                message = decode(event.get("text") or "")
            except ValueError:
                self.hub.drop(socket, Close.BAD_MESSAGE, "bad message")
                continue
            cost = 1 + len(message.topics)
            if not socket.allowance.take(cost, limits.work_burst, limits.work_a_second):
                self.hub.drop(socket, Close.BUSY, "busy")
                continue
            try:
                await self._obey(socket, message)
            except Unavailable as error:
                logger.warning("closing a socket: the database is away: %s", error)
                self.hub.drop(socket, Close.TRY_AGAIN, "unavailable")

    async def _obey(self, socket: Socket, message: ClientMessage) -> None:
        if socket not in self.hub.sockets:  # dropped; what was already on its way counts no more
            return
        if message.op == "ping":
            socket.tell("pong", i=self.hub.position)
        elif message.op == "unsub":
            for topic in message.topics:
                self.hub.take_topic(socket, topic)
        else:
            await self._subscribe(socket, message)

    async def _subscribe(self, socket: Socket, message: ClientMessage) -> None:
        wanted = list(dict.fromkeys(topic for topic in message.topics if topic not in socket.topics))
        room = self.hub.limits.topics_a_socket - len(socket.topics)
        granted = await self._authorise(socket, wanted[:room])
        for topic in wanted:
            if topic not in granted:
                socket.tell("denied", t=topic)
        if socket not in self.hub.sockets:
            return
        socket.topics.update(granted)
        await join(self.hub, socket, granted, message.since)

    async def _authorise(self, socket: Socket, wanted: list[str]) -> set[str]:
        """The granted ones; asked again if something was revoked while we asked."""
        while True:
            revision = socket.revision
            granted = await self.hub.database.run(topics.allowed, socket.user_id, wanted) if wanted else set()
            if revision == socket.revision:
                return granted


async def _refuse(scope: dict[str, Any], send: Send, status: int, reason: str) -> None:
    """Answer the handshake with an HTTP status; browsers see a failed connection and back off."""
    metrics.REFUSED.labels(reason).inc()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close"})
