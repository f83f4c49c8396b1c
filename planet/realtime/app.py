"""The ASGI application of the realtime process: sockets, and two pages for whoever operates it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path, re_path
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from planet.realtime.consumer import Consumer
from planet.realtime.hub import Hub
from planet.realtime.limits import Limits
from planet.realtime.socket import Send

App = Callable[[dict[str, Any], Callable[[], Awaitable[dict[str, Any]]], Send], Awaitable[None]]


def build(limits: Limits | None = None) -> "ProtocolTypeRouter":
    """A fresh application with a hub of its own."""
    hub = Hub(limits or Limits())
    routes = [path("socket/", Consumer(hub)), re_path(r"", _nowhere)]  # type: ignore[arg-type]  # URLRouter takes ASGI applications
    return ProtocolTypeRouter({"websocket": URLRouter(routes), "http": _pages(hub), "lifespan": _lifespan(hub)})


async def _nowhere(_scope: dict[str, Any], receive: Any, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close"})


def _pages(hub: Hub) -> App:
    async def pages(scope: dict[str, Any], _receive: Any, send: Send) -> None:
        if scope["path"] == "/healthz":
            # This process is well also while Redis is not: it recovers by itself, a restart would only add a storm.
            state = {"status": "ok", "redis": bool(hub.epoch), "sockets": len(hub.sockets)}
            await _respond(send, 200, "application/json", msgspec.json.encode(state))
        elif scope["path"] == "/metrics":
            await _respond(send, 200, CONTENT_TYPE_LATEST, generate_latest())
        else:
            await _respond(send, 404, "text/plain", b"Sockets only.\n")

    return pages


async def _respond(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _lifespan(hub: Hub) -> App:
    async def lifespan(_scope: dict[str, Any], receive: Any, send: Send) -> None:
        await receive()
        hub.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        try:
            await asyncio.wait_for(hub.stop(), 10)
        finally:
            await send({"type": "lifespan.shutdown.complete"})

    return lifespan
