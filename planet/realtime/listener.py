"""The hub's ear: one Redis connection that hears every event and every revocation.

Not redis-py's PubSub, which reconnects without a word: whoever has not heard Redis for a moment has missed events, and
the browsers must learn of it.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import redis
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection

logger = logging.getLogger(__name__)

QUIET_SECONDS = 15.0  # silence before we ask whether Redis is there, and how long we wait for its answer
FIRST_RETRY, LAST_RETRY = 0.05, 2.0


class Listener:
    """Keeps the subscription alive until it is stopped."""

    def __init__(
        self,
        client: "Redis",
        handlers: Mapping[str, Callable[[bytes], None]],
        *,
        up: Callable[[], Awaitable[None]],
        down: Callable[[], None],
    ) -> None:
        """`handlers` by channel; `up()` once it is subscribed, `down()` once it is not."""
        self._client = client
        self._handlers = {channel.encode(): handler for channel, handler in handlers.items()}
        self._up = up
        self._down = down

    async def run(self) -> None:
        """Listen, for ever."""
        failures = 0
        while True:
            connection: AbstractConnection = self._client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                await self._subscribe(connection)
                await self._up()
                failures = 0
                await self._listen(connection)
            except (redis.RedisError, OSError) as error:
                logger.warning("the hub does not hear Redis: %s", error)
            finally:
                self._down()
                await connection.disconnect(nowait=True)
            delay = min(LAST_RETRY, FIRST_RETRY * 2**failures)
            failures += 1
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))

    async def _subscribe(self, connection: AbstractConnection) -> None:
        await connection.connect()  # type: ignore[no-untyped-call]
        await connection.send_command("SUBSCRIBE", *self._handlers, check_health=False)
        for _ in self._handlers:
            if await connection.read_response(disable_decoding=True, timeout=QUIET_SECONDS) is None:
                raise redis.TimeoutError("no answer to SUBSCRIBE")

    async def _listen(self, connection: AbstractConnection) -> None:
        asked = False
        while True:
            message: Any = await connection.read_response(disable_decoding=True, timeout=QUIET_SECONDS)
            if message is None:
                if asked:
                    raise redis.TimeoutError("Redis has gone silent")
                asked = True
                await connection.send_command("PING", check_health=False)
                continue
            asked = False
            if message[0] == b"message":
                self._handle(message[1], message[2])

    def _handle(self, channel: bytes, payload: bytes) -> None:
        try:
            self._handlers[channel](payload)
        except Exception:
            # A message that this version does not understand must not cost everybody their events.
            logger.exception("a message on %r could not be handled", channel)
